// Proves the cases of the rule pages: runs each program, and again with its suspect or its clean-up changed; the verdict must flip.
// Usage: node run.mjs [--list] [--verbose] PAGE-OR-FOLDER...      ORACLE_ONLY=text keeps the pages and headings that contain it.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePage } from './fences.mjs';
import { writeProgram } from './program.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const FLAGS = ['--expose-gc', '--no-opt', '--no-lazy-feedback-allocation', '--no-flush-bytecode', '--no-warnings'];
const AT_ONCE = 2;
const TIMEOUT_MS = 20_000;
const VERDICTS = ['leak', 'clean', 'alive', 'policy', 'unproved'];

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const roots = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const verbose = flags.includes('--verbose');
const only = process.env.ORACLE_ONLY ?? '';

const { cases, errors } = readCases();
if (flags.includes('--list')) {
  console.log(JSON.stringify({ cases: cases.map(listed), errors }));
} else {
  process.exitCode = (await proveAll()) ? 0 : 1;
}

function readCases() {
  const all = { cases: [], errors: [] };
  for (const path of roots.flatMap(pages)) {
    const page = parsePage(path, readFileSync(path, 'utf8'));
    all.cases.push(...page.cases.filter((one) => `${path} ${one.heading}`.includes(only)));
    if (path.includes(only)) all.errors.push(...page.errors);
  }
  return all;
}

function pages(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(path, name));
}

function listed({ path, heading, line, verdict, files }) {
  const described = files.map((file) => ({ name: file.name, line: file.line, code: file.code, exercise: Boolean(file.exercise) }));
  return { path, heading, line, verdict, files: described };
}

async function proveAll() {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'leaklint-oracle-'));
  symlinkSync(join(HERE, 'packages'), join(folder, 'node_modules'), 'junction');
  const failures = [...errors];
  const queue = cases.map((one, index) => ({ ...one, folder: join(folder, String(index)) }));
  const work = queue.filter((one) => !isUnproved(one, failures));
  const programs = work.length * 2;
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let one = work.shift(); one; one = work.shift()) {
      const problem = await prove(one).catch((error) => error.stack);
      if (problem) failures.push(`${one.path}:${one.line}: ${one.heading}: ${problem}`);
      rmSync(one.folder, { recursive: true, force: true });
    }
  });
  await Promise.all(workers);
  rmSync(folder, { recursive: true, force: true });
  count();
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(`${programs} programs in ${((performance.now() - started) / 1000).toFixed(1)} s, ${failures.length} failed`);
  return failures.length === 0;
}

/** `unproved` is not run, and neither is `policy` without an exercise: both say why. */
function isUnproved(one, failures) {
  const runs = one.verdict !== 'unproved' && (one.verdict !== 'policy' || one.files.some((file) => file.exercise));
  if ((one.verdict === 'unproved' || one.verdict === 'policy') && !one.why) failures.push(`${one.path}:${one.line}: ${one.heading}: says no why="..."`);
  return !runs;
}

/** What is wrong with the case's proof, or nothing. */
async function prove(one) {
  if (one.verdict !== 'alive' && !one.files.some((file) => file.exercise)) return 'has no exercise';
  if (!one.files.some((file) => file.changes.length > 0)) return 'has no `drop`, `with` or `add`: its verdict cannot flip';
  const [expected, opposite] = { clean: ['clean', 'leak'], alive: ['alive', 'exits'] }[one.verdict] ?? ['leak', 'clean'];
  return (await runAs(one, false, expected)) ?? (await runAs(one, true, opposite));
}

async function runAs(one, flip, expected) {
  let got = await run(one, flip, {});
  if (got.state !== expected && !got.error && expected !== 'alive') {
    const first = got;
    got = await run(one, flip, { slow: true });
    if (got.state === expected) console.log(`UNSTEADY ${one.path}:${one.line}: ${one.heading}: first ${first.state} (${first.why})`);
  }
  const name = flip ? 'flipped' : 'as written';
  if (verbose) console.log(`${one.path}:${one.line}: ${one.heading}: ${name}: ${got.state} (${got.why}; ${got.rounds} rounds, ${got.calls} calls, ${got.ms} ms)`);
  if (got.state !== expected) return `${name}: expected ${expected}, got ${got.state}: ${got.error ?? got.why}`;
}

async function run(one, flip, override) {
  const folder = join(one.folder, flip ? 'flipped' : 'written');
  const mode = one.verdict === 'alive' ? 'alive' : 'measure';
  const started = performance.now();
  try {
    const { start, options } = await writeProgram(folder, one, { flip });
    const result = await startChild(mode, start, { ...options, ...override });
    return { ...result, ms: Math.round(performance.now() - started) };
  } catch (error) {
    return { state: 'error', error: error.message };
  }
}

/** Measures a program, or, with `alive`, waits whether it ends by itself within a second after its work. */
function startChild(mode, entry, options) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...FLAGS, join(HERE, 'child.mjs'), mode, entry, JSON.stringify(options)], {
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      cwd: dirname(entry),
    });
    let told = '';
    let stderr = '';
    let state;
    const stop = (value) => {
      state ??= value;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop({ state: 'error', error: `did not end within ${TIMEOUT_MS / 1000} s` }), TIMEOUT_MS);
    child.stderr.on('data', (chunk) => (stderr = (stderr + chunk).slice(-4000)));
    child.stdin.on('error', () => {});
    child.stdio[3].on('data', (chunk) => {
      told += chunk;
      if (mode === 'alive' && told.includes('done')) setTimeout(() => stop({ state: 'alive', why: 'runs on after its work', rounds: 0, calls: 3 }), 1000).unref();
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (state) resolve(state);
      else if (mode === 'alive' && told.includes('done') && code === 0) resolve({ state: 'exits', why: 'ended by itself', rounds: 0, calls: 3 });
      else if (mode === 'measure' && told) resolve(JSON.parse(told));
      else resolve({ state: 'error', error: `exit code ${code}\n${stderr}` });
    });
  });
}

/** The table of verdicts. */
function count() {
  const table = new Map();
  for (const one of cases) {
    const rule = /rules\/([^/]+)\//.exec(one.path)?.[1] ?? dirname(one.path);
    for (const name of [rule, 'total']) {
      if (!table.has(name)) table.set(name, Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])));
      table.get(name)[one.verdict]++;
    }
  }
  console.log(`\n${'rule'.padEnd(28)}${VERDICTS.map((verdict) => verdict.padStart(10)).join('')}`);
  const rules = [...table].sort(([a], [b]) => (a === 'total') - (b === 'total') || a.localeCompare(b));
  for (const [name, row] of rules) {
    console.log(`${name.padEnd(28)}${VERDICTS.map((verdict) => String(row[verdict]).padStart(10)).join('')}`);
  }
}
