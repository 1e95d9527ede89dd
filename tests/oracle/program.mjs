// Writes the files of one case to a folder of its own, so that Node can run them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { flipped } from './fences.mjs';

const IS_MODULE = /^\s*(?:import\s+[\w*{'"]|export\s)/m;
const COMPILED = { '.ts': '.js', '.tsx': '.js', '.jsx': '.js', '.mts': '.mjs', '.cts': '.cjs' };

let esbuild;

/** The path of the program's entry and the options of its exercise. `flip` chooses the second run. */
export async function writeProgram(folder, project, { flip }) {
  const entry = project.files.findLast((file) => file.exercise) ?? project.files.at(-1);
  const isModule = project.files.some((file) => extname(file.name) === '.js' && IS_MODULE.test(file.code));
  write(folder, 'package.json', JSON.stringify({ name: 'case', private: true, type: isModule ? 'module' : 'commonjs' }));
  let start;
  for (const file of project.files) {
    let { code, exercise } = flip ? flipped(file) : file;
    if (file === entry) code += `\n${exercise?.code ?? ''}\n;globalThis.exercise = typeof exercise === 'function' ? exercise : undefined;\n`;
    const path = write(folder, ...(await compile(file.name, code, isModule)));
    if (file === entry) start = path;
  }
  return { start, options: entry.exercise?.options ?? {} };
}

/** The name and text under which Node runs a file: types, JSX and decorators are compiled away. */
async function compile(name, code, isModule) {
  const extension = extname(name);
  const target = COMPILED[extension];
  if (!target) return [name, code];
  esbuild ??= await import('esbuild');
  const format = extension === '.mts' || (isModule && extension !== '.cts') ? 'esm' : 'cjs';
  const loader = extension.includes('x') ? extension.slice(1) : 'ts';
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } };
  const built = await esbuild.transform(code, { format, loader, target: 'node20', tsconfigRaw, logLevel: 'silent' });
  return [name.slice(0, -extension.length) + target, built.code];
}

function write(folder, name, text) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
