// Decorators that do nothing, and `mount`, which constructs a component and runs its hooks.

const decorator = () => () => {};

function mount(Class, ...injected) {
  const one = new Class(...injected);
  for (const hook of ['ngOnInit', 'ngAfterViewInit']) one[hook]?.();
  return { instance: one, unmount: () => one.ngOnDestroy?.() };
}

module.exports = { mount, Component: decorator, Directive: decorator, Injectable: decorator, NgZone: class NgZone {} };
