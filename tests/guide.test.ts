/**
 * The guide for authors of actors, read as a newcomer reads it: its files are written step by step,
 * compiled as those of `examples` are, and run. What it says that is printed has to be printed.
 */
import { makeTestNode } from '@pocas/vat-runtime/testing';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { E } from '@endo/far';
import { read } from './architecture/repository.ts';
import { type Block, blocksOf, headingOf, merge, withBlock } from './guide/document.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { patienceMillis } from './support/until.ts';

const guide = 'docs/actors.md';
const cleanup = makeCleanup(after);
const blocks = blocksOf(read(guide));
const where = ({ line }: Block) => `${guide}:${line}`;

// ---- what there is ----

const mistakeHeading = /^\/\/ a mistake in ([a-z-]+\.ts)(?:, in place of (\w+))?\n/;

type Step = {
  readonly folder: string;
  readonly files: Map<string, string>;
  readonly changed: Set<string>;
};
type Mistake = {
  readonly block: Block;
  readonly folder: string;
  readonly text: string;
  readonly expected: Block;
};

const accounted = new Set<Block>();
const files = new Map<string, string>();
const steps: Step[] = [];
const mistakes: Mistake[] = [];

/** The shelf with a mistake: methods where the comment says so, or in place of a method or a definition. */
const withMistake = (block: Block): string => {
  const [heading, file, replaced] = mistakeHeading.exec(block.text)!;
  const shelf = files.get(file!);
  assert.ok(shelf !== undefined, `${where(block)}: "${file}" is there`);
  const body = block.text.slice(heading.length);
  if (replaced === undefined) {
    assert.match(shelf, /^ *\/\/ A mistake goes here\.$/m);
    return shelf.replace(/^ *\/\/ A mistake goes here\.$/m, () => body);
  }
  if (body.startsWith('const ')) return merge(shelf, body);
  const method = new RegExp(`^ {6}(?:async )?${replaced}\\(.*?^ {6}\\},$`, 'ms');
  assert.match(shelf, method);
  return shelf.replace(method, () => body);
};

const readBlock = (block: Block, next: Block | undefined) => {
  const { language, text, section } = block;
  if (language === 'ts' && mistakeHeading.test(text)) {
    assert.equal(next?.language, 'text', `${where(block)}: its message follows`);
    mistakes.push({
      block,
      folder: `mistake-${mistakes.length + 1}`,
      text: withMistake(block),
      expected: next!,
    });
    accounted.add(block).add(next!);
  } else if (language === 'ts' && headingOf(text) !== undefined) {
    const { file } = headingOf(text)!;
    files.set(file, withBlock(files.get(file), text));
    const number = Number.parseInt(section, 10);
    const folder = `step-${number}`;
    if (steps.at(-1)?.folder !== folder) {
      steps.push({ folder, files: new Map(files), changed: new Set() });
    }
    const step = steps.at(-1)!;
    for (const [name, source] of files) step.files.set(name, source);
    step.changed.add(file);
    accounted.add(block);
  } else if (language === '') {
    // A picture, and no code whose language was forgotten.
    assert.match(text, /[─│┌└▼▲►]/, where(block));
    accounted.add(block);
  }
};

// What is wrong is told by a test: an error here would only say that this file failed.
const faults = blocks.flatMap((block, index) => {
  try {
    readBlock(block, blocks[index + 1]);
    return [];
  } catch (error) {
    return [`${where(block)}: ${(error as Error).message}`];
  }
});

// ---- on the disk, where the packages of the workspace are found ----

const folder = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), 'guide-'));
cleanup(() => rmSync(folder, { recursive: true, force: true }));

const place = (name: string, sources: Iterable<readonly [string, string]>) => {
  mkdirSync(join(folder, name));
  for (const [file, text] of sources) writeFileSync(join(folder, name, file), text);
};
for (const step of steps) place(step.folder, step.files);
for (const { folder: name, text } of mistakes) place(name, [['shelf.ts', text]]);
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    // The settings under which the files of the reader are compiled.
    extends: fileURLToPath(new URL('../../examples/tsconfig.json', import.meta.url)),
    compilerOptions: { composite: false, declaration: false, rootDir: '.', outDir: 'dist' },
    include: ['*/*.ts'],
    references: [],
  }),
);

const run = async (command: string, args: readonly string[]) => {
  // Whether a test runs under another runner is told by the environment, and then it prints for that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  try {
    const options = { cwd: folder, env, timeout: patienceMillis };
    const { stdout, stderr } = await promisify(execFile)(command, args, options);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

// The workspace's own compiler, with which everything is built.
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const compiled = run(process.execPath, [tsc, '-p', folder]);

/** Whether each line of `expected` is printed, in this order. `…` stands for anything within a line. */
const assertPrinted = (printed: string, { text, line }: Block) => {
  const lines = printed.split('\n');
  let from = 0;
  for (const wanted of text.trimEnd().split('\n')) {
    const pattern = wanted.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    const found = lines.findIndex(
      (one, i) => i >= from && new RegExp(`^${pattern.join('.+')}$`).test(one),
    );
    assert.ok(found >= 0, `${guide}:${line} says "${wanted}", and this is printed:\n${printed}`);
    from = found + 1;
  }
};

// ---- the tests ----

test('each block of code fits those before it', () => {
  assert.deepEqual(faults, []);
});

test('each file of the guide compiles as it stands at the end of each step', async () => {
  const { code, stdout } = await compiled;
  assert.equal(code, 0, stdout);
  assert.ok(steps.length >= 10);
});

const printed = new Map<string, string>();
for (const step of steps) {
  const tests = [...step.changed].filter((name) => name.endsWith('.test.ts'));
  if (tests.length === 0) continue;
  test(`the tests of ${step.folder} pass`, async () => {
    await compiled;
    // Those of the steps before as well: they stand in the same file.
    const paths = tests.map((name) => join(folder, 'dist', step.folder, name.replace(/ts$/, 'js')));
    const { code, stdout } = await run(process.execPath, [
      '--test',
      '--test-reporter=spec',
      ...paths,
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ℹ pass [1-9]/m);
    printed.set(step.folder, stdout);
  });
}

test('what changes in a step is tried in it', () => {
  for (const { folder: name, changed } of steps) {
    const isTried = [...changed].some((file) => /\.test\.ts$|^main\.ts$/.test(file));
    assert.ok(isTried || changed.has('shelf.ts'), name);
  }
});

for (const { block, folder: name, text, expected } of mistakes) {
  test(`the mistake of line ${block.line} is answered with the message below it`, async () => {
    await compiled;
    const lines: string[] = [];
    const node = await makeTestNode({ print: (line) => void lines.push(line) });
    // The method that the mistake adds or changes; where the definition fails it is never called.
    const method = /^(?:async )?(\w+)\(/.exec(block.text.replace(/^\/\/.*\n/, ''))?.[1] ?? 'count';
    assert.ok(text.includes(method));
    const module = join(folder, 'dist', name, 'shelf.js');
    const attempt = async () => {
      const shelf = (await node.makeVat({ module, label: 'shelf' })) as {
        [method: string]: () => unknown;
      };
      await E(shelf)[method]!();
    };
    const error = await attempt().then(
      () => assert.fail('nothing was refused'),
      (reason: Error) => reason,
    );
    // Why a vat cannot be loaded is for the operator, and for whoever runs a test.
    assert.equal(lines.length > 0 ? lines.join('\n') : error.message, expected.text.trimEnd());
    await node.stop();
  });
}

/** Starts the program of the guide, waits for its last line, does something and ends it with Ctrl-C. */
const runMain = async (data: string, meanwhile: (stdout: string) => Promise<void>) => {
  const main = join(
    folder,
    'dist',
    steps.find(({ changed }) => changed.has('main.ts'))!.folder,
    'main.js',
  );
  const child = spawn(process.execPath, [main, data], { timeout: patienceMillis });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => void (stderr += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const said = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (/^Look at .*\n/m.test(stdout)) resolve();
    });
  });
  await Promise.race([said, ended]);
  try {
    await meanwhile(stdout);
  } finally {
    child.kill('SIGINT');
  }
  assert.equal(await ended, 0, stderr);
  assert.equal(stderr, '');
  return stdout;
};

test('the program of the guide opens the library once, and its address shows the drill', async () => {
  await compiled;
  const data = makeFolder(cleanup);
  const show = async (stdout: string) => {
    const [address] = /http:\S+/.exec(stdout) ?? assert.fail(stdout);
    const { origin, hash } = new URL(address);
    // As the landing page does with the secret of its address: one form, sent from a page of the node.
    const landing = await fetch(origin);
    const cookies = new Map<string, string>();
    const keep = ({ headers }: Response) => {
      for (const line of headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        cookies.set(pair.slice(0, pair.indexOf('=')), pair);
      }
    };
    keep(landing);
    const token = /name="token" value="([^"]+)"/.exec(await landing.text())?.[1] ?? '';
    const cookie = () => [...cookies.values()].join('; ');
    const entered = await fetch(`${origin}/enter`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin, cookie: cookie() },
      body: new URLSearchParams({ token, secret: hash.slice(1) }),
    });
    keep(entered);
    const page = await fetch(new URL(entered.headers.get('location') ?? '/', origin), {
      headers: { cookie: cookie() },
    });
    assert.match(await page.text(), /drill/);
  };
  const first = await runMain(data, show);
  printed.set('main.ts', first);
  const second = await runMain(data, show);
  assert.equal(second, first.replace('The library is open.\n', ''));
});

/** What checks each command that the guide tells its reader to type. */
const commands: { [line: string]: (answer: Block | undefined, section: string) => void } = {
  'npm ci': () => {},
  'mkdir examples/library': () => {},
  'npm run --silent build': () => assert.ok('build' in JSON.parse(read('package.json')).scripts),
  'node --test examples/dist/library/library.test.js': (answer, section) =>
    assertPrinted(printed.get(`step-${Number.parseInt(section, 10)}`) ?? '', answer!),
  'node examples/dist/library/main.js': (answer) =>
    assertPrinted(printed.get('main.ts') ?? '', answer!),
};

test('commands are those that were tried here, and print what stands below them', () => {
  for (const [index, block] of blocks.entries()) {
    if (block.language !== 'sh') continue;
    const next = blocks[index + 1];
    const answer = next?.language === 'text' ? next : undefined;
    for (const command of block.text.trimEnd().split('\n')) {
      assert.ok(Object.hasOwn(commands, command), `${where(block)}: "${command}" is tried`);
      commands[command]!(answer, block.section);
    }
    accounted.add(block);
    if (answer !== undefined) accounted.add(answer);
  }
});

test('no block of the guide is left out', () => {
  assert.deepEqual(blocks.filter((block) => !accounted.has(block)).map(where), []);
});
