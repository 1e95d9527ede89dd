module.exports = class NodeCache {
  constructor(options = {}) {
    this.options = options;
    this.data = new Map();
    if (options.checkperiod !== 0) this.timer = setInterval(() => this.data, 600_000).unref();
  }

  close() {
    clearInterval(this.timer);
  }

  get(key) {
    return this.data.get(key)?.value;
  }

  set(key, value, ttl = this.options.stdTTL ?? 0) {
    if (this.options.maxKeys && this.data.size >= this.options.maxKeys) return false;
    this.data.set(key, { value });
    if (ttl) setTimeout(() => this.data.delete(key), 1).unref();
    return true;
  }

  del(key) {
    return this.data.delete(key);
  }
};
