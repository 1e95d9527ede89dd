// What exercises may use beside the case's own code: a request and a response that hold on to nothing.

import { EventEmitter } from 'node:events';

globalThis.fakeReq = (props = {}) =>
  Object.assign(new EventEmitter(), { method: 'GET', url: '/', headers: {}, params: {}, query: {}, body: {}, socket: new EventEmitter() }, props);

globalThis.fakeRes = (props = {}) => {
  const res = Object.assign(new EventEmitter(), { statusCode: 200, setHeader() {}, writeHead: () => res, write: () => true });
  const finish = () => {
    res.emit('finish');
    res.emit('close');
    return res;
  };
  res.status = (code) => Object.assign(res, { statusCode: code });
  for (const verb of ['end', 'send', 'json', 'redirect', 'render']) res[verb] = finish;
  return Object.assign(res, props);
};

// A page: what outlives each of its components.
globalThis.HTMLElement ??= class extends EventTarget {};
globalThis.fakePage = () => {
  globalThis.window = new EventTarget();
  globalThis.document = new EventTarget();
};
