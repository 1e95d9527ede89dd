const scheduledJobs = {};

exports.scheduledJobs = scheduledJobs;
exports.scheduleJob = (name, rule, run) => {
  const job = { name, rule, run, cancel: () => delete scheduledJobs[name] };
  scheduledJobs[name] = job;
  return job;
};
exports.cancelJob = (name) => scheduledJobs[name].cancel();
