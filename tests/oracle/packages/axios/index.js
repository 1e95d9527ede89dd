// An instance keeps what it is given to run for each request, until that is ejected by its number.
class Interceptors {
  handlers = [];
  use(fulfilled, rejected) {
    return this.handlers.push({ fulfilled, rejected }) - 1;
  }
  eject(id) {
    if (id === this.handlers.length - 1) this.handlers.pop();
    else this.handlers[id] = null;
  }
}

const create = () => ({
  defaults: {},
  interceptors: { request: new Interceptors(), response: new Interceptors() },
  get: async () => ({ data: 'answered' }),
});

module.exports = { ...create(), create };
module.exports.default = module.exports;
