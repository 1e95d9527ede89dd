// Reads the cases of a rule page: fences with a verdict, marks and an exercise. The format is described in docs/cases.md.

const CODE = new Set(['js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'jsx', 'tsx']);
const VERDICTS = new Set(['leak', 'clean', 'alive', 'policy', 'unproved']);
const CHANGES = /^(drop|with|add)(?:\s+(.*))?$/;
const EXERCISE = /\n?\/\*\s*@oracle\b([\s\S]*?)\*\/\s*$/;

/**
 * The cases of one page. A case is a list of files with one verdict: a lone fence, or all fences with `file=` under one heading.
 * What is wrong with a fence is reported in `errors`, with its line.
 */
export function parsePage(path, text) {
  const errors = [];
  const cases = [];
  const projects = new Map();
  for (const fence of fences(text)) {
    const fail = (message) => errors.push(`${path}:${fence.line}: ${message}`);
    const info = parseInfo(fence.info);
    const isCode = CODE.has(info.language);
    if (!isCode && !info.attributes.file) continue;
    if (!fence.heading) fail('a case stands under a heading');
    if (isCode && !VERDICTS.has(info.verdict)) {
      fail(`unknown verdict \`${info.verdict ?? ''}\``);
      continue;
    }
    const file = parseFile(fence, info, fail);
    if (!info.attributes.file) {
      cases.push({ path, heading: fence.heading, line: fence.line, verdict: info.verdict, why: info.attributes.why, files: [file] });
      continue;
    }
    addToProject({ path, fence, info, file, isCode }, projects, cases, fail);
  }
  return { cases: cases.filter((one) => one.verdict), errors };
}

function addToProject({ path, fence, info, file, isCode }, projects, cases, fail) {
  let project = projects.get(fence.headingLine);
  if (!project) {
    project = { path, heading: fence.heading, line: fence.line, verdict: undefined, why: undefined, files: [] };
    projects.set(fence.headingLine, project);
    cases.push(project);
  }
  if (project.files.some((other) => other.name === file.name)) fail(`\`${file.name}\` stands twice under this heading`);
  project.files.push(file);
  if (!isCode) return;
  if (project.verdict && project.verdict !== info.verdict) fail('the files of one project have one verdict');
  project.verdict = info.verdict;
  project.why ??= info.attributes.why;
}

/** Every fenced block with the heading above it; lines count from 1 and name the line of the opening fence. */
function* fences(text) {
  let heading = '';
  let headingLine = 0;
  let open;
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (open) {
      if (line.trim().startsWith(open.ticks) && /^`+$/.test(line.trim())) {
        yield { info: open.info, line: open.line, heading, headingLine, lines: open.lines };
        open = undefined;
      } else {
        open.lines.push(line);
      }
      continue;
    }
    const title = /^#{1,6}\s+(.*)$/.exec(line);
    if (title) [heading, headingLine] = [title[1].trim(), index + 1];
    const fence = /^(`{3,})\s*(.*)$/.exec(line);
    if (fence) open = { ticks: fence[1], info: fence[2], line: index + 1, lines: [] };
  }
}

function parseInfo(info) {
  const attributes = {};
  const rest = info.replace(/([\w-]+)=(?:"([^"]*)"|(\S+))/g, (_, key, quoted, plain) => {
    attributes[key] = quoted ?? plain;
    return '';
  });
  const [language = '', verdict] = rest.trim().split(/\s+/);
  return { language, verdict, attributes };
}

function parseFile(fence, info, fail) {
  const lines = [];
  const changes = [];
  for (const [index, line] of fence.lines.entries()) {
    const at = line.indexOf('//~ ');
    lines.push(at < 0 ? line : line.slice(0, at).trimEnd());
    if (at < 0) continue;
    for (const mark of line.slice(at).split('//~ ').map((part) => part.trim()).filter(Boolean)) {
      const change = CHANGES.exec(mark);
      if (change) changes.push({ line: index, kind: change[1], code: change[2] ?? '' });
    }
  }
  return { name: info.attributes.file ?? `src/module.${info.language}`, line: fence.line, lines, changes, ...split(lines, fail) };
}

/** The code that is linted, and the exercise in the comment behind it. */
function split(lines, fail) {
  const source = lines.join('\n') + '\n';
  const found = EXERCISE.exec(source);
  if (!found) return { code: source, exercise: undefined };
  return { code: source.slice(0, found.index) + '\n', exercise: parseExercise(found[1], fail) };
}

function parseExercise(body, fail) {
  const at = body.indexOf('\n');
  const head = (at < 0 ? body : body.slice(0, at)).trim();
  let options = {};
  if (head) {
    try {
      options = JSON.parse(head);
    } catch (error) {
      fail(`the options of the exercise are not JSON: ${error.message}`);
    }
  }
  return { options, code: at < 0 ? '' : body.slice(at + 1) };
}

/** The code and exercise of a file as they are run the second time: with the suspect or the clean-up taken out or put in. */
export function flipped(file) {
  const lines = [...file.lines];
  for (const { line, kind, code } of file.changes) {
    if (kind === 'drop') lines[line] = '';
    else if (kind === 'with') lines[line] = code;
    else lines[line] += `\n${code}`;
  }
  return split(lines, () => {});
}
