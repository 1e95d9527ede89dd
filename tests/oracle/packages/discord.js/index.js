'use strict';

const { EventEmitter } = require('events');

// What the cases need of it: a client that is an emitter, and a Map with a few more methods.
class Collection extends Map {
  sweep(isOld) {
    const before = this.size;
    for (const [key, value] of this) if (isOld(value, key)) this.delete(key);
    return before - this.size;
  }
}

module.exports = { Client: class Client extends EventEmitter {}, Collection };
