// A client's channel is kept until the client is closed.
const channels = new Set();

class Client {
  constructor() {
    channels.add(this);
  }
  greet(message, done) {
    done(null, message);
  }
  close() {
    channels.delete(this);
  }
}

module.exports = { Client, makeGenericClientConstructor: () => class extends Client {}, credentials: { createInsecure: () => ({}) } };
