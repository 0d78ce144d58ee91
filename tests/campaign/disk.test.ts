/** The model of a disk, and the reading of traces, without any process. */
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { makeDisk } from './disk.ts';
import { makeRandom, type Random } from './random.ts';
import { readTrace, type Step } from './trace.ts';

const cleanup = makeCleanup(after);
const least: Random = { ...makeRandom(1), below: () => 0 };
const most: Random = { ...makeRandom(1), below: (end) => end - 1 };

const open = (path: string, fd: number): Step => ({
  kind: 'open',
  path,
  fd,
  create: true,
  truncate: false,
  append: false,
});
const write = (fd: number, text: string, offset?: number): Step => ({
  kind: 'write',
  fd,
  offset,
  bytes: Buffer.from(text),
});
const syncing = (fd: number): Step => ({ kind: 'syncing', fd, thread: '1' });
const synced = (fd: number): Step => ({ kind: 'synced', fd, thread: '1' });

/** What is found, by name, after these steps and a cut. */
const found = (steps: (root: string) => Step[], random: Random, names: string[]) => {
  const root = makeFolder(cleanup);
  writeFileSync(join(root, 'old'), 'old');
  const disk = makeDisk(root, true);
  for (const step of steps(root)) disk.apply(step);
  const target = join(makeFolder(cleanup), 'found');
  disk.cut(target, random);
  return names.map((name) => {
    const path = join(target, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });
};

test('of a file there is what was written before its last sync, and the name that it had then', () => {
  const steps = (root: string) => [
    open(join(root, 'a'), 3),
    write(3, 'one'),
    syncing(3),
    synced(3),
    write(3, 'two'),
  ];
  assert.deepEqual(found(steps, least, ['a', 'old']), ['one', 'old']);
});

test('what is written while a sync is under way is not covered by it', () => {
  const steps = (root: string) => [
    open(join(root, 'a'), 3),
    write(3, 'one'),
    syncing(3),
    write(3, 'two'),
    synced(3),
  ];
  assert.deepEqual(found(steps, least, ['a']), ['one']);
});

test('a sync that does not end keeps nothing', () => {
  const steps = (root: string) => [open(join(root, 'a'), 3), write(3, 'one'), syncing(3)];
  assert.deepEqual(found(steps, least, ['a']), [undefined]);
  assert.deepEqual(found(steps, most, ['a']), ['']);
});

test('bytes that are written over others are there after a sync, and the others until then', () => {
  const before = (root: string) => [open(join(root, 'old'), 3), write(3, 'NE', 1)];
  assert.deepEqual(found(before, most, ['old']), ['old']);
  const later = (root: string) => [...before(root), syncing(3), synced(3), write(3, 'x', 0)];
  assert.deepEqual(found(later, least, ['old']), ['oNE']);
});

test('names change in order: a later change that is kept keeps the earlier ones', () => {
  const steps = (root: string) => [
    open(join(root, 'a'), 3),
    { kind: 'rename', from: join(root, 'a'), to: join(root, 'b') } as const,
    { kind: 'unlink', path: join(root, 'old') } as const,
    open(join(root, 'c'), 4),
    syncing(4),
    synced(4),
    open(join(root, 'd'), 5),
  ];
  const names = ['a', 'b', 'old', 'c', 'd'];
  assert.deepEqual(found(steps, least, names), [undefined, '', undefined, '', undefined]);
  assert.deepEqual(found(steps, most, names), [undefined, '', undefined, '', '']);
});

test('a sync of a folder keeps the changes of names in it', () => {
  const steps = (root: string): Step[] => [
    { kind: 'mkdir', path: join(root, 'in') },
    open(join(root, 'in', 'a'), 3),
    open(join(root, 'in'), 4),
    open(join(root, 'b'), 5),
    syncing(4),
    synced(4),
  ];
  assert.deepEqual(found(steps, least, ['in/a', 'b']), ['', undefined]);
});

const hex = (text: string) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

const traceOf = (lines: string[]) => {
  const path = join(makeFolder(cleanup), 'trace');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return readTrace(path, '/data');
};

test('a call that others interrupt counts from its end, and a sync covers what was before its begin', () => {
  const file = hex('/data/a');
  const { steps, unsure } = traceOf([
    `7 1.5 openat(AT_FDCWD<${hex('/')}>, "${file}", O_WRONLY|O_CREAT, 0666) = 3<${file}>`,
    `7 2.0 fdatasync(3<${file}> <unfinished ...>`,
    `8 2.1 write(3<${file}>, "${hex('x')}", 1) = 1`,
    `9 2.2 write(1<${hex('/dev/null')}>, "${hex('/data/a')}", 7) = 7`,
    `7 2.5 <... fdatasync resumed>) = 0`,
  ]);
  assert.deepEqual(
    steps.map(({ kind, at }) => `${kind} ${at}`),
    ['open 1500', 'syncing 2000', 'write 2100', 'synced 2500'],
  );
  assert.equal(unsure.size, 0);
});

test('a call that failed did nothing, and one that was never seen to end leaves its file unsure', () => {
  const file = hex('/data/a');
  const { steps, faults, unsure } = traceOf([
    `7 1.0 fdatasync(3<${file}>) = -1 EIO (Input/output error) (INJECTED)`,
    `7 1.1 write(3<${file}>, "${hex('x')}", 1 <unfinished ...>`,
    `7 1.2 +++ killed by SIGKILL +++`,
  ]);
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['syncing'],
  );
  assert.equal(faults, 1);
  assert.deepEqual([...unsure], ['/data/a', 'x']);
});

test('a way of changing files that the model lacks is an error', () => {
  const call = `7 1.0 fallocate(3<${hex('/data/a')}>, 0, 0, 10) = 0`;
  assert.throws(() => traceOf([call]), /Cannot follow "fallocate"/);
});
