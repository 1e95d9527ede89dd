module.exports = function memoize(compute, resolver) {
  const memoized = function (...args) {
    const key = resolver ? resolver.apply(this, args) : args[0];
    if (!memoized.cache.has(key)) memoized.cache.set(key, compute.apply(this, args));
    return memoized.cache.get(key);
  };
  memoized.cache = new Map();
  return memoized;
};
