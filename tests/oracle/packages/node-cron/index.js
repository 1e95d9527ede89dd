// A task is kept by its timer until it is stopped.
const scheduled = new Set();

exports.schedule = (expression, run) => {
  const task = { expression, run, stop: () => scheduled.delete(task) };
  scheduled.add(task);
  return task;
};
