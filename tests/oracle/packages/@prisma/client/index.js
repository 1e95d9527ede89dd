// A client keeps the functions that its queries run through, and its pool is open until it is disconnected.
const open = new Set();

exports.PrismaClient = class PrismaClient {
  #middlewares = [];
  user = { findMany: async () => [] };

  constructor() {
    open.add(this);
  }

  $use(middleware) {
    this.#middlewares.push(middleware);
  }

  async $disconnect() {
    open.delete(this);
  }
};
