// A client keeps itself alive by its timer until it is ended.
const { EventEmitter } = require('node:events');

const running = new Set();

exports.connect = () => {
  const client = new EventEmitter();
  client.publish = () => client;
  client.end = () => running.delete(client);
  running.add(client);
  return client;
};
