// A pool keeps every connection that is out until it is released.
exports.createPool = () => {
  const out = new Set();
  return {
    getConnection(done) {
      const connection = {
        query: (text, answer) => answer(text === 'bad' ? new Error(text) : null, [{ text }]),
        release: () => out.delete(connection),
        destroy: () => out.delete(connection),
      };
      out.add(connection);
      done(null, connection);
    },
  };
};
