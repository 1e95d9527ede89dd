// A pool keeps every connection that is out until it is released.
class Pool {
  constructor() {
    this.out = new Set();
  }

  connect(done) {
    const client = { query: async (text) => ({ rows: [{ text }] }), release: () => this.out.delete(client) };
    this.out.add(client);
    return done ? done(null, client, client.release) : Promise.resolve(client);
  }

  async end() {}
}

module.exports = { Pool };
