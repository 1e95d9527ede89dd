// `mount` runs a component once, and gives what runs its effects again and what ends it. What callbacks return is ignored.

let current = null;

function createEffect(run) {
  const effect = { run, ends: [] };
  current.effects.push(effect);
}

function start(effect) {
  effect.ends.splice(0).forEach((end) => end());
  const outer = current;
  current = effect;
  effect.run();
  current = outer;
}

function mount(component, props = {}) {
  const me = { effects: [], ends: [] };
  current = me;
  component(props);
  current = null;
  me.effects.forEach(start);
  const all = () => [me, ...me.effects];
  return { change: () => me.effects.forEach(start), unmount: () => all().forEach((one) => one.ends.splice(0).forEach((end) => end())) };
}

function createSignal(value) {
  return [() => value, (next) => { value = next; }];
}

module.exports = { mount, createSignal, createEffect, onMount: createEffect, onCleanup: (end) => current.ends.push(end) };
