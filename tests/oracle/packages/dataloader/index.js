module.exports = class DataLoader {
  constructor(batch, options = {}) {
    this.batch = batch;
    this.known = options.cache === false ? null : (options.cacheMap ?? new Map());
  }

  load(key) {
    const known = this.known?.get(key);
    if (known) return known;
    const loading = Promise.resolve(this.batch([key])).then((values) => values[0]);
    this.known?.set(key, loading);
    return loading;
  }

  clearAll() {
    this.known?.clear();
  }
};
