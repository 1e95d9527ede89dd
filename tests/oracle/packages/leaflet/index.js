// A map listens to the window until it is removed.
exports.map = (element) => {
  const one = { element, setView: () => one, remove: () => window.removeEventListener('resize', one.draw), draw: () => one };
  window.addEventListener('resize', one.draw);
  return one;
};
exports.tileLayer = (url) => ({ url, addTo() { return this; } });
