// A client keeps the functions that its queries run through.

exports.PrismaClient = class PrismaClient {
  #middlewares = [];

  $use(middleware) {
    this.#middlewares.push(middleware);
  }
};
