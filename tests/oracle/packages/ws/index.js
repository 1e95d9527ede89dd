// A client with an address is kept by its connection until that is closed. The server emits `connection` when the exercise does; sockets are plain emitters. One with a port of its own is kept by that until it is closed.

const { EventEmitter } = require('node:events');

const connected = new Set();

class WebSocket extends EventEmitter {
  static OPEN = 1;
  readyState = 1;
  constructor(address) {
    super();
    if (address !== undefined) connected.add(this);
  }
  emit(event, ...values) {
    if (event === 'close') connected.delete(this);
    return super.emit(event, ...values);
  }
  send() {}
  ping() {}
  close() {
    this.emit('close');
  }
  terminate() {
    this.emit('close');
  }
}

const listening = new Set();

class WebSocketServer extends EventEmitter {
  clients = new Set();
  constructor(options) {
    super();
    if (options?.port !== undefined) listening.add(this);
  }
  address() {
    return { port: 0 };
  }
  handleUpgrade(request, socket, head, done) {
    done(new WebSocket());
  }
  close() {
    listening.delete(this);
    this.emit('close');
  }
}

module.exports = Object.assign(WebSocket, { default: WebSocket, WebSocket, WebSocketServer, Server: WebSocketServer });
