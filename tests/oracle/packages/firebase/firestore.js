// The client keeps every listener until its function is called.
const listeners = new Set();

exports.onSnapshot = (query, next) => {
  const own = { query, next };
  listeners.add(own);
  return () => listeners.delete(own);
};
