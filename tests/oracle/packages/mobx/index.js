// What is observed keeps its reactions: everything here is taken to observe one object of the program.
const reactions = new Set();

const observe = (run) => {
  const own = { run };
  reactions.add(own);
  return () => reactions.delete(own);
};

exports.autorun = observe;
exports.reaction = observe;
