// A transaction has a connection of the pool until it is ended.
const out = new Set();

class Sequelize {
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
