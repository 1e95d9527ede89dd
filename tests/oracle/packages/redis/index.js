// A client that is connected is kept by its socket until it quits.
const { EventEmitter } = require('node:events');

const connected = new Set();

exports.createClient = () => {
  const client = new EventEmitter();
  client.connect = async () => {
    connected.add(client);
    return client;
  };
  client.get = async (key) => String(key);
  const listeners = new Map();
  client.subscribe = (channel, listener) => listeners.set(listener, channel);
  client.unsubscribe = (channel, listener) => listeners.delete(listener);
  client.quit = async () => connected.delete(client);
  return client;
};
