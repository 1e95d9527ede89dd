// A logger keeps its transports until they are removed, and a file is open until its transport is closed.
const open = new Set();

class File {
  constructor() {
    open.add(this);
  }
  close() {
    open.delete(this);
  }
}

exports.createLogger = (options = {}) => {
  const transports = new Set(options.transports);
  const logger = {
    add: (transport) => (transports.add(transport), logger),
    remove(transport) {
      transports.delete(transport);
      transport.close?.();
      return logger;
    },
    close() {
      for (const transport of transports) logger.remove(transport);
    },
    child: () => ({ info: () => logger }),
    info: () => logger,
  };
  return logger;
};
exports.transports = { File, Console: class Console {} };

const named = new Map();
exports.loggers = {
  add(id, options) {
    if (!named.has(id)) named.set(id, exports.createLogger(options));
    return named.get(id);
  },
  close: (id) => named.delete(id),
};
