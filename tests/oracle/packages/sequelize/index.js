// A transaction has a connection of the pool until it is ended.
const out = new Set();

class Model {
  #hooks = [];

  addHook(type, name, hook) {
    this.#hooks.push({ type, name, hook: hook ?? name });
  }

  removeHook(type, name) {
    this.#hooks = this.#hooks.filter((one) => one.type !== type || one.name !== name);
  }
}

class Sequelize {
  define() {
    return new Model();
  }

  async transaction(work) {
    const one = { commit: async () => { out.delete(one); }, rollback: async () => { out.delete(one); } };
    out.add(one);
    if (!work) return one;
    try {
      return await work(one);
    } finally {
      out.delete(one);
    }
  }
}

module.exports = { Sequelize };
