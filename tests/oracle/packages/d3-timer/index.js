// A timer runs until it is stopped.
const timers = new Set();

exports.timer = (callback) => {
  const one = { callback, stop: () => timers.delete(one) };
  timers.add(one);
  return one;
};
