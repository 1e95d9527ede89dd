// The server emits `connection` when the exercise does; sockets are plain emitters.

const { EventEmitter } = require('node:events');

class WebSocket extends EventEmitter {
  static OPEN = 1;
  readyState = 1;
  send() {}
  ping() {}
  close() {
    this.emit('close');
  }
  terminate() {
    this.emit('close');
  }
}

class WebSocketServer extends EventEmitter {
  clients = new Set();
  close() {
    this.emit('close');
  }
}

module.exports = Object.assign(WebSocket, { default: WebSocket, WebSocket, WebSocketServer, Server: WebSocketServer });
