const triggers = new Set();

exports.ScrollTrigger = {
  create(settings) {
    const one = { settings, kill: () => triggers.delete(one) };
    triggers.add(one);
    return one;
  },
};
