// Runs one program, counts what lives after each round of calls, and writes the samples to file descriptor 3.
// Usage: node FLAGS child.mjs measure|alive ENTRY OPTIONS

import { readdirSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { getHeapStatistics, queryObjects } from 'node:v8';
import './fakes.mjs';
import { isClear, judge, judgeTail } from './verdict.mjs';

const MB = 1024 * 1024;
const ROUNDS = 6;
const LONGEST_MS = 2500;
const HEAP_PER_ROUND = 48 * MB;

const [mode, entry, json] = process.argv.slice(2);
process.argv.splice(1, Infinity, entry);
const options = { maxN: 4_000, settleMs: 0, concurrency: 1, slow: false, native: false, ...JSON.parse(json) };
const roundMs = options.slow ? 390 : 130;
const memory = globalThis.gc;
let calls = 0;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const report = (value) => writeSync(3, JSON.stringify(value) + '\n');

await import(pathToFileURL(entry).href);
const { exercise } = globalThis;
if (mode === 'alive') {
  for (let i = 0; exercise && i < 3; i++) await exercise(i);
  report({ done: true });
} else {
  report(await measure());
  process.exit(0);
}

async function measure() {
  if (!exercise) throw new Error('the case has no exercise');
  const started = performance.now();
  for (const ms of [80, roundMs]) {
    await round(ms);
    await collect();
  }
  const samples = [sample()];
  while (samples.length <= ROUNDS && !isClear(samples, options)) await sampleRound(samples);
  let verdict = judge(samples, options);
  if (verdict.state === 'undecided') {
    const end = started + LONGEST_MS * (options.slow ? 2 : 1);
    while (samples.length <= 3 * ROUNDS && performance.now() < end) await sampleRound(samples);
    verdict = judgeTail(samples, options);
  }
  return { ...verdict, rounds: samples.length - 1, calls, samples };
}

async function sampleRound(samples) {
  await round(roundMs);
  await collect();
  samples.push(sample());
}

/** Calls the exercise until the round's number or time is used up; a run of cheap calls must not fill the memory either. */
async function round(ms) {
  const end = performance.now() + ms;
  const most = process.memoryUsage().heapUsed + HEAP_PER_ROUND;
  for (let n = 0; n < options.maxN; ) {
    if (options.concurrency > 1) {
      await Promise.all(Array.from({ length: options.concurrency }, () => exercise(calls++)));
      n += options.concurrency;
    } else {
      const pending = exercise(calls++);
      if (pending && typeof pending.then === 'function') await pending;
      n++;
    }
    if (n % 8 === 0 || options.slow) {
      if (performance.now() > end) break;
      if (n % 64 === 0 && process.memoryUsage().heapUsed > most) break;
    }
  }
}

async function collect() {
  for (let i = 0; i < 4; i++) await turn();
  if (options.settleMs > 0) await pause(options.settleMs);
  memory({ type: 'minor' });
  memory({ type: 'minor' });
  for (let i = 0; i < 2; i++) {
    await memory({ type: 'major', execution: 'async' });
    await turn();
  }
}

function sample() {
  const objects = queryObjects(Object, { format: 'count' });
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    calls,
    objects,
    heap: heapUsed,
    external,
    rss,
    contexts: getHeapStatistics().number_of_native_contexts,
    fds: entries('/proc/self/fd'),
    threads: entries('/proc/self/task'),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources: process.getActiveResourcesInfo().length,
  };
}

function entries(folder) {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
