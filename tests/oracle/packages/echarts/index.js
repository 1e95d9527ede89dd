// The library has a table of its charts.
const charts = new Set();

exports.init = (element) => {
  const chart = { element, setOption() {}, dispose: () => charts.delete(chart) };
  charts.add(chart);
  return chart;
};
exports.default = exports;
