// Models and providers are kept in tables of the library until they are disposed.
const kept = new Set();

const keep = (one) => {
  kept.add(one);
  return Object.assign(one, { dispose: () => kept.delete(one) });
};

exports.editor = { createModel: (text) => keep({ text }) };
exports.languages = { registerHoverProvider: (language, provider) => keep({ language, provider }) };
