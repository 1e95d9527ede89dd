// Decorators that leave what they decorate as it is.
const mark = () => () => {};

module.exports = { WebSocketGateway: mark, SubscribeMessage: mark };
