// Decorators that leave what they decorate as it is.
const mark = () => () => {};

class ParseEnumPipe {}

module.exports = { Controller: mark, Injectable: mark, Get: mark, Post: mark, Param: mark, Query: mark, Body: mark, ParseEnumPipe };
