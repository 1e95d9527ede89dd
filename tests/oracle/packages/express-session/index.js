// A session for each visitor without a cookie, kept until the store takes it out; the default one never does.
let made = 0;

module.exports = (options) => {
  const store = options.store ?? new Map();
  return (req, res, next) => {
    req.session = {};
    store.set(String(made++), JSON.stringify({ cookie: options.cookie }));
    next();
  };
};

module.exports.MemoryStore = Map;
