const charts = new Map();
let last = 0;

exports.init = function init(element) {
  const id = ++last;
  const chart = { element, options: {}, setOption: (options) => Object.assign(chart.options, options), dispose: () => charts.delete(id) };
  charts.set(id, chart);
  return chart;
};
exports.default = exports;
