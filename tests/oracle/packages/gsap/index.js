// What is on the timeline, and what the ticker runs, stays until it is taken out.
const running = new Set();
const callbacks = new Set();

const tween = (target, settings) => {
  const one = { target, settings, kill: () => running.delete(one) };
  if (settings.repeat === -1 || settings.scrollTrigger) running.add(one);
  return one;
};

const gsap = {
  to: tween,
  ticker: { add: (callback) => callbacks.add(callback), remove: (callback) => callbacks.delete(callback) },
};

module.exports = { ...gsap, gsap };
