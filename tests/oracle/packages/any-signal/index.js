exports.anySignal = function anySignal(signals) {
  const controller = new globalThis.AbortController();
  const onAbort = () => {
    controller.abort();
    clear();
  };
  const clear = () => {
    for (const signal of signals) signal?.removeEventListener('abort', onAbort);
  };
  for (const signal of signals) signal?.addEventListener('abort', onAbort);
  return Object.assign(controller.signal, { clear });
};
