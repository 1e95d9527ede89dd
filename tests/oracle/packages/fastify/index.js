// Hooks and routes run when the exercise calls `inject`.

module.exports = () => {
  const hooks = { onRequest: [], onResponse: [], onClose: [] };
  const routes = new Map();
  const app = {
    decorate(name, value) {
      app[name] = value;
    },
    addHook(name, hook) {
      hooks[name].push(hook);
    },
    get(path, handler) {
      routes.set(path, handler);
    },
    async inject(request) {
      for (const hook of hooks.onRequest) await hook(request);
      const result = await routes.get(request.path)(request);
      for (const hook of hooks.onResponse) await hook(request);
      return result;
    },
  };
  return app;
};
