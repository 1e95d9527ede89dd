// A server runs its extension points for each request that is put in, and has one emitter for its own events.
const { EventEmitter } = require('events');

exports.server = () => {
  const points = { onRequest: [] };
  return {
    events: new EventEmitter().setMaxListeners(0),
    ext: (point, run) => (points[point] ??= []).push(run),
    inject: (request) => points.onRequest.forEach((run) => run(request, { continue: Symbol.for('continue') })),
  };
};
