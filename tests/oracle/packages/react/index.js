// Components by themselves: hooks are cells in their order, and effects run after a render. `mount` draws a component and gives what redraws and unmounts it.

let current = null;

function cell(make) {
  const at = current.at++;
  current.cells[at] ??= make();
  return current.cells[at];
}

const changed = (before, now) => !before || !now || before.length !== now.length || now.some((value, at) => !Object.is(value, before[at]));

function useEffect(effect, deps) {
  const own = cell(() => ({}));
  if (!changed(own.deps, deps)) return;
  current.queue.push(() => {
    own.end?.();
    own.deps = deps;
    const end = effect();
    own.end = typeof end === 'function' ? end : undefined;
  });
}

function useState(initial) {
  const own = cell(() => ({ value: typeof initial === 'function' ? initial() : initial }));
  own.set ??= (value) => { own.value = typeof value === 'function' ? value(own.value) : value; };
  return [own.value, own.set];
}

function useMemo(make, deps) {
  const own = cell(() => ({}));
  if (changed(own.deps, deps)) Object.assign(own, { deps, value: make() });
  return own.value;
}

class Component {
  constructor(props) { this.props = props; this.state = {}; }
  setState(state) { Object.assign(this.state, state); }
}

function mountClass(Class, props) {
  const one = new Class(props);
  one.componentDidMount?.();
  return { update: (next) => { one.props = next; one.componentDidUpdate?.(); }, unmount: () => one.componentWillUnmount?.() };
}

function mount(Type, props = {}) {
  if (Type.prototype instanceof Component) return mountClass(Type, props);
  const me = { cells: [] };
  const update = (next) => {
    Object.assign(me, { at: 0, queue: [] });
    current = me;
    Type(next);
    current = null;
    for (const run of me.queue) run();
  };
  update(props);
  return { update, unmount: () => me.cells.forEach((own) => own.end?.()) };
}

module.exports = {
  mount, useEffect, useLayoutEffect: useEffect, useState, useMemo, useCallback: (f, deps) => useMemo(() => f, deps),
  useRef: (value) => cell(() => ({ current: value })), Component, createElement: () => null,
};
module.exports.default = module.exports;
