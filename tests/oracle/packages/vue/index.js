// `mount` runs the options or the setup of a component, and gives what unmounts it. What its hooks return is ignored, as by the real one.

let current = null;
/** Without a component at hand, the real one warns and forgets the callback. */
const hook = (name) => (callback) => { if (current) (current[name] ??= []).push(callback); };

function watch(source, callback, options = {}) {
  const watcher = { run: () => callback(typeof source === 'function' ? source() : source.value, undefined, (end) => { watcher.end = end; }) };
  current.watchers.push(watcher);
  if (options.immediate) watcher.run();
}

/** `shared`: what plugins give to all components, such as `$root`. */
function mount(component, shared = {}) {
  const me = { watchers: [] };
  const one = { ...shared };
  for (const [name, method] of Object.entries(component.methods ?? {})) one[name] = method.bind(one);
  Object.assign(one, component.data?.call(one));
  one.$nextTick = (callback) => callback.call(one);
  current = me;
  component.setup?.({}, {});
  current = null;
  for (const name of ['created', 'mounted']) component[name]?.call(one);
  for (const callback of me.beforeMount ?? []) callback();
  for (const callback of me.mounted ?? []) {
    current = me;
    callback();
    current = null;
  }
  return {
    change() {
      for (const watcher of me.watchers) {
        watcher.end?.();
        watcher.run();
      }
    },
    unmount() {
      for (const name of ['beforeUnmount', 'unmounted']) component[name]?.call(one);
      for (const watcher of me.watchers) watcher.end?.();
      for (const callback of me.unmounted ?? []) callback();
    },
  };
}

module.exports = {
  mount, watch, watchEffect: (run) => watch(() => 0, (now, before, onCleanup) => run(onCleanup), { immediate: true }),
  onBeforeMount: hook('beforeMount'), onMounted: hook('mounted'), onUnmounted: hook('unmounted'), onBeforeUnmount: hook('unmounted'), ref: (value) => ({ value }), computed: (get) => ({ get value() { return get(); } }), defineComponent: (component) => component,
};
