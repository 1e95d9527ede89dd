// `mount` runs the script of a component, and gives what ends it.

let current = null;

function mount(script) {
  const me = { starts: [], ends: [] };
  current = me;
  script();
  current = null;
  for (const start of me.starts) {
    const end = start();
    if (typeof end === 'function') me.ends.push(end);
  }
  return { unmount: () => me.ends.forEach((end) => end()) };
}

const onMount = (start) => current.starts.push(start);
const onDestroy = (end) => current.ends.push(end);

module.exports = { mount, onMount, onDestroy };
