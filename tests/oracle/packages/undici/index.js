// A response keeps its socket until its body is read or let go; an answer to HEAD has none.
const waiting = new Set();

exports.request = async (url, options = {}) => {
  const body = { text: async () => (waiting.delete(body), ''), dump: async () => { waiting.delete(body); } };
  if (options.method !== 'HEAD') waiting.add(body);
  return { statusCode: 200, headers: {}, body };
};
