// The editor keeps listeners, and what it shows, until they are disposed of.
const kept = new Set();
const commands = new Map();

class Disposable {
  constructor(end) {
    this.end = end;
  }

  static from(...all) {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }

  dispose() {
    this.end();
  }
}

const keep = (thing) => {
  const one = Object.assign(new Disposable(() => kept.delete(one)), thing);
  kept.add(one);
  return one;
};

const event = (name) => (handler, self, owner) => {
  const listener = keep({ name, handler });
  if (owner) owner.push(listener);
  return listener;
};

exports.Disposable = Disposable;
exports.fire = (name, ...args) => [...kept].filter((one) => one.name === name).forEach((one) => one.handler(...args));
exports.commands = {
  registerCommand: (name, run) => (commands.set(name, run), new Disposable(() => commands.delete(name))),
  executeCommand: async (name, ...args) => commands.get(name)?.(...args),
};
exports.workspace = {
  onDidSaveTextDocument: event('onDidSaveTextDocument'),
  onDidChangeConfiguration: event('onDidChangeConfiguration'),
  createFileSystemWatcher: () => keep({}),
};
exports.window = {
  onDidChangeActiveTextEditor: event('onDidChangeActiveTextEditor'),
  createOutputChannel: () => keep({ show() {} }),
  createTextEditorDecorationType: () => keep({}),
};
exports.ExtensionContext = exports.OutputChannel = undefined;
