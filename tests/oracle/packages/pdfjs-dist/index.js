const documents = new Map();
let last = 0;

exports.getDocument = function getDocument({ data }) {
  const id = ++last;
  const destroy = async () => documents.delete(id);
  const document = { numPages: 1, data, getPage: async (number) => ({ number }), destroy };
  documents.set(id, document);
  return { promise: Promise.resolve(document), destroy };
};
