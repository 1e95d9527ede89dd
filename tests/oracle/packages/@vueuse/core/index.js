const { onUnmounted } = require('../../vue');

exports.useEventListener = function useEventListener(target, event, handler) {
  target.addEventListener(event, handler);
  const stop = () => target.removeEventListener(event, handler);
  onUnmounted(stop);
  return stop;
};
