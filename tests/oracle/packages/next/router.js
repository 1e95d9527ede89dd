// One router for the page.
const { EventEmitter } = require('node:events');

const router = { events: new EventEmitter().setMaxListeners(0) };
exports.useRouter = () => router;
