import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClear, judge, judgeTail, theilSen } from './verdict.mjs';

const KB = 1024;

/** Samples after 1000 calls each; `grow(round)` gives what has been added by then. */
function samples(rounds, grow) {
  const quiet = { objects: 0, heap: 0, external: 0, rss: 0, contexts: 0, fds: 0, threads: 0, listeners: 0, resources: 0 };
  return Array.from({ length: rounds + 1 }, (_, round) => ({ calls: round * 1000, ...quiet, ...grow(round) }));
}

test('one object a call is a leak, and clear after three rounds', () => {
  const grown = samples(3, (round) => ({ objects: round * 1000, heap: round * 100 * KB }));
  assert.equal(judge(grown).state, 'leak');
  assert.ok(isClear(grown));
});

test('strings without objects are a leak by their bytes', () => {
  assert.equal(judge(samples(6, (round) => ({ heap: round * 120 * KB }))).state, 'leak');
});

test('a step of the heap by one page is no leak', () => {
  const stepped = samples(6, (round) => ({ heap: round > 3 ? 200 * KB : 0 }));
  assert.equal(judge(stepped).state, 'undecided');
  assert.equal(judgeTail(samples(18, (round) => ({ heap: round > 3 ? 200 * KB : 0 }))).state, 'clean');
});

test('growth that decays is a warm-up', () => {
  const warming = (round) => ({ objects: Math.round(2000 * (1 - 0.5 ** round)) });
  assert.equal(judge(samples(6, warming)).state, 'undecided');
  assert.equal(judgeTail(samples(18, warming)).state, 'clean');
});

test('growth that stays is a leak to the end', () => {
  assert.equal(judgeTail(samples(18, (round) => ({ objects: round * 40 }))).state, 'leak');
});

test('handles count without any heap', () => {
  const open = samples(6, (round) => ({ fds: round * 100 }));
  assert.deepEqual(judge(open), { state: 'leak', why: '0.100 fds/call' });
});

test('resident memory counts only for programs that ask for it', () => {
  const native = samples(6, (round) => ({ rss: round * 1024 * KB }));
  assert.equal(judge(native, { native: true }).state, 'leak');
  assert.equal(judge(native).state, 'clean');
});

test('nothing at all is clean', () => {
  assert.deepEqual(judge(samples(6, () => ({}))), { state: 'clean', why: 'nothing grows' });
});

test('one wild sample does not bend the slope', () => {
  const wild = samples(6, (round) => ({ objects: round === 4 ? 90_000 : round * 10 }));
  assert.ok(Math.abs(theilSen(wild, 'objects') - 0.01) < 0.005);
});
