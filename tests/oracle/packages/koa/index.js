// An application that runs what it is given for each context; a context inherits from `app.context`.

module.exports = class Koa {
  context = {};
  handlers = [];

  use(handler) {
    this.handlers.push(handler);
    return this;
  }

  async handle(request) {
    const ctx = Object.assign(Object.create(this.context), { app: this }, request);
    for (const handler of this.handlers) await handler(ctx, async () => {});
    return ctx;
  }
};
