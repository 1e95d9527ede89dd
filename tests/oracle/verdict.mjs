// Decides from the samples of one run whether the program leaks. Pure: no process, no clock.

const KB = 1024;
const MB = 1024 * KB;
/** Counters that a leak raises with nearly every call, and what they are called in a report. */
export const COUNTERS = ['contexts', 'fds', 'threads', 'listeners', 'resources'];

/**
 * `samples` are the states after the warm-up and after each round: `{ calls, objects, heap, external, rss, contexts, fds, threads, listeners, resources }`.
 * The answer is `{ state: 'leak' | 'clean' | 'undecided', why }`.
 */
export function judge(samples, { native = false } = {}) {
  const found = evidence(samples, native);
  if (found.length > 0) {
    const steady = found.filter((one) => one.tail >= one.head / 2);
    if (steady.length > 0) return { state: 'leak', why: describe(steady) };
    return { state: 'undecided', why: `decays: ${describe(found)}` };
  }
  return isQuiet(samples, native) ? { state: 'clean', why: 'nothing grows' } : { state: 'undecided', why: 'weak' };
}

/** The last word after all rounds: only what still grows in the second half counts. */
export function judgeTail(samples, { native = false } = {}) {
  const half = samples.slice(Math.floor(samples.length / 2) - (samples.length > 12 ? 0 : 1));
  const whole = new Map(evidence(samples, native).map((one) => [one.what, one]));
  const kept = evidence(half, native, 0.5).filter((one) => {
    const before = whole.get(one.what);
    return !before || one.perCall >= before.head / 4;
  });
  return kept.length > 0 ? { state: 'leak', why: describe(kept) } : { state: 'clean', why: 'nothing grows in the last rounds' };
}

/** A run that need not go on: plain and steady growth, or none at all over many calls. */
export function isClear(samples, options) {
  if (samples.length < 4) return false;
  const grown = samples.at(-1).heap - samples[0].heap;
  if (grown > 8 * MB && rises(samples, 'heap') === samples.length - 1) return true;
  const verdict = judge(samples, options);
  const calls = samples.at(-1).calls - samples[0].calls;
  if (verdict.state === 'leak') return samples.length >= 5 || calls >= 1000;
  return verdict.state === 'clean' && calls >= 8000 && grown < 64 * KB;
}

function evidence(samples, native, scale = 1) {
  const rounds = samples.length - 1;
  const found = [];
  const add = (what, key) => found.push({ what, perCall: theilSen(samples, key), ...halves(samples, key) });
  const total = (key) => samples.at(-1)[key] - samples[0][key];
  const perCall = (key) => total(key) / (samples.at(-1).calls - samples[0].calls);
  const steady = (key) => rises(samples, key) >= rounds / 2;

  const objects = Math.min(theilSen(samples, 'objects'), perCall('objects'));
  const many = objects >= 0.5 ? total('objects') >= 20 : objects >= 0.02 && total('objects') >= 300 * scale;
  if (many && steady('objects')) add('objects', 'objects');
  if (perCall('heap') >= 2 && total('heap') > 512 * KB * scale && theilSen(samples, 'heap') >= 1) add('heap bytes', 'heap');
  if (total('external') > 64 * KB * scale && perCall('external') >= 1 && steady('external')) add('external bytes', 'external');
  for (const key of COUNTERS) {
    if (total(key) >= 3 && perCall(key) > 0.05 && steady(key)) add(key, key);
  }
  if (native && total('rss') > 2 * MB * scale && perCall('rss') >= 16 && rises(samples, 'rss') >= (2 * rounds) / 3) add('resident bytes', 'rss');
  return found;
}

/** Growth so small over so many calls that more rounds would add nothing. */
function isQuiet(samples, native) {
  const span = samples.at(-1).calls - samples[0].calls;
  const objects = Math.abs(samples.at(-1).objects - samples[0].objects);
  const heap = samples.at(-1).heap - samples[0].heap;
  const counted = COUNTERS.every((key) => samples.at(-1)[key] - samples[0][key] < 2);
  return !native && counted && objects < Math.max(20, span * 0.01) && heap < Math.max(100 * KB, 0.5 * span);
}

function halves(samples, key) {
  const middle = Math.ceil(samples.length / 2);
  return { head: theilSen(samples.slice(0, middle), key), tail: theilSen(samples.slice(middle - 1), key) };
}

/** The median slope over all pairs of samples, per call. */
export function theilSen(samples, key) {
  const slopes = [];
  for (let i = 0; i < samples.length; i++) {
    for (let j = i + 1; j < samples.length; j++) {
      const calls = samples[j].calls - samples[i].calls;
      if (calls > 0) slopes.push((samples[j][key] - samples[i][key]) / calls);
    }
  }
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  return slopes.length % 2 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
}

function rises(samples, key) {
  return samples.slice(1).filter((sample, index) => sample[key] > samples[index][key]).length;
}

function describe(found) {
  return found.map((one) => `${one.perCall.toPrecision(3)} ${one.what}/call`).join(', ');
}
