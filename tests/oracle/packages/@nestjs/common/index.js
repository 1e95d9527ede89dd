// Decorators that leave what they decorate as it is.
const mark = () => () => {};

module.exports = { Controller: mark, Injectable: mark, Get: mark, Post: mark };
