'use strict';

// As much of the package as the cases use: one series for each set of label values, kept for good.
const registered = new Map();

class Metric {
  constructor(options) {
    registered.set(options.name, this);
    this.names = options.labelNames || [];
    this.series = new Map();
  }

  add(labels, value) {
    const key = JSON.stringify(labels);
    this.series.set(key, (this.series.get(key) || 0) + value);
  }

  inc(labels = {}, value = 1) {
    this.add(labels, value);
  }

  observe(labels, value) {
    this.add(labels, value);
  }

  startTimer() {
    return (labels) => this.add(labels, 1);
  }

  labels(...values) {
    return { inc: (value = 1) => this.add(values, value), observe: (value) => this.add(values, value) };
  }
}

exports.Counter = class Counter extends Metric {};
exports.Gauge = class Gauge extends Metric {};
exports.Histogram = class Histogram extends Metric {};
exports.Summary = class Summary extends Metric {};
exports.register = { getSingleMetric: (name) => registered.get(name) };

// What watches the process is never stopped, whatever becomes of the registry.
const monitors = new Set();

exports.Registry = class Registry {
  async metrics() {
    return '';
  }
};
exports.collectDefaultMetrics = (options = {}) => monitors.add({ registry: options.register });
