// npm test: compiles, checks the formatting, and runs every test.
// npm test -- <text>: compiles, and runs the test files whose path contains the text.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './ensure-chromium.mjs';
import { ensureStrace } from './ensure-strace.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv[2];

const fail = (message) => {
  console.error(`\n${message}`);
  process.exit(1);
};

const node = (args, env = {}) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status;

const filesUnder = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        if (entry.name === 'node_modules' || entry.name === 'dist') return [];
        const path = `${folder}/${entry.name}`;
        return entry.isDirectory() ? filesUnder(path) : [path];
      })
    : [];

/**
 * The compiled files of all tests. The list is made from the sources, so that a test which the
 * compiler was not told about is missed here, loudly, and not in silence.
 */
const collect = () => {
  const testFile = /\.test\.tsx?$/;
  const compiled = [];
  const add = (sources, folder, output) => {
    for (const source of sources) {
      compiled.push(source.replace(folder, output).replace(testFile, '.test.js'));
    }
  };
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = `packages/${name}/test`;
    if (!existsSync(join(root, folder))) continue;
    const sources = filesUnder(folder).filter((path) => testFile.test(path));
    if (sources.length === 0) fail(`${folder} has no test file`);
    add(sources, folder, `packages/${name}/dist/test`);
  }
  for (const folder of ['tests', 'examples']) {
    const sources = filesUnder(folder).filter((path) => testFile.test(path));
    add(sources, folder, `${folder}/dist`);
  }
  for (const path of compiled) {
    if (!existsSync(join(root, path)))
      fail(`${path} was not compiled: which tsconfig includes it?`);
  }
  return compiled;
};

if (node(['scripts/build.mjs', ...(wanted === undefined ? ['--clean'] : [])]) !== 0) {
  fail('The sources do not compile');
}

if (wanted === undefined) {
  const prettier = fileURLToPath(
    new URL('bin/prettier.cjs', import.meta.resolve('prettier/package.json')),
  );
  if (node([prettier, '--check', '--log-level', 'warn', '.']) !== 0) {
    fail('Some files are not formatted. Run: npm run format');
  }
}

const files = collect().filter((path) => wanted === undefined || path.includes(wanted));
if (files.length === 0) fail(`No test file has "${wanted}" in its path`);

let chromium;
let strace;
try {
  chromium = ensureChromium();
  strace = ensureStrace();
} catch (error) {
  fail(error.message);
}

const scratch = mkdtempSync(join(tmpdir(), 'pocas-test-'));
const report = join(scratch, 'report.tap');
const status = node(
  [
    // For the tests of collection.
    '--expose-gc',
    '--test',
    '--test-concurrency=2',
    // Longer than any test may take; without it one that hangs would hang the run.
    '--test-timeout=600000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report}`,
    ...files,
  ],
  { CHROMIUM_PATH: chromium, STRACE_PATH: strace },
);
const tap = existsSync(report) ? readFileSync(report, 'utf8') : '';
rmSync(scratch, { recursive: true, force: true });

const count = (name) => Number(tap.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1] ?? Number.NaN);
const summary = ['tests', 'pass', 'fail', 'cancelled', 'skipped', 'todo'];
for (const name of summary) console.log(`# ${name} ${count(name)}`);

// A file in which nothing is tested is reported as one test with the file's name.
const empty = files.filter((path) => tap.includes(`\n# Subtest: ${join(root, path)}\n`));
if (status !== 0) fail('Some tests failed');
if (!(count('pass') > 0 && count('pass') === count('tests'))) {
  fail('Not every test passed: a skipped or postponed test counts as a failure here');
}
if (empty.length > 0) fail(`No test in: ${empty.join(', ')}`);
