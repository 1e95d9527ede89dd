// A map that evicts the least recently used entry beyond `max`.

class LRUCache {
  #entries = new Map();
  #max;
  constructor({ max = Infinity } = {}) {
    this.#max = max;
  }
  has(key) {
    return this.#entries.has(key);
  }
  get(key) {
    if (!this.#entries.has(key)) return undefined;
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }
  set(key, value) {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value);
    return this;
  }
  delete(key) {
    return this.#entries.delete(key);
  }
  reset() {
    this.#entries.clear();
  }
  clear() {
    this.#entries.clear();
  }
}

// Up to version 6 the module is the class. Node finds the name for `import` by this form.
module.exports = LRUCache;
module.exports.LRUCache = LRUCache;
