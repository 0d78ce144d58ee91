import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startInlineHost } from '@pocas/vat-runtime/node';
import type { HostEnd, HostHandle } from '#src/hosts/host-handle.js';
import { startVatProcess } from '#src/hosts/process.js';
import type { HostReport } from '#src/vat/host.js';
import { fixture } from '../node/nodes.ts';

const program = fileURLToPath(new URL('./rogue.js', import.meta.url));
const options = { heapMebibytes: 128, maxReportBytes: 1 << 21, program };

type Run = {
  readonly handle: HostHandle;
  readonly reports: HostReport[];
  readonly ended: Promise<HostEnd>;
};

/** A rogue with vat 1, told to do something. */
const start = (order: string, onReport: (report: HostReport) => void = () => {}): Run => {
  const reports: HostReport[] = [];
  let end = (_end: HostEnd) => {};
  const ended = new Promise<HostEnd>((resolve) => {
    end = resolve;
  });
  const events = {
    onReady: () => {},
    onReport(report: HostReport) {
      reports.push(report);
      onReport(report);
    },
    onCarriedOut: () => {},
    onEnd: end,
  };
  const handle = startVatProcess(options, events, () => 'a row');
  handle.command({ type: 'load', vat: '1', load: 1, module: 'm', incarnation: '1' });
  handle.command({ type: 'module', module: order, text: '' });
  return { handle, reports, ended };
};

const source = readFileSync(
  fileURLToPath(new URL('../../../test/hosts/rogue.ts', import.meta.url)),
  'utf8',
);
const [told, onlyNode] = source.split('// Those that only the node can tell.') as [string, string];
const liesIn = (text: string) =>
  [...text.matchAll(/^ {2}'([^']+)': \(\) =>/gm)].map(([, name]) => name!);

test('whatever form a guest’s process gives to a report, it is ended and nothing is taken of it', async () => {
  const all = liesIn(told);
  assert.ok(all.length > 30);
  for (const lie of all) {
    const { reports, ended } = start(lie);
    const { reason, isFault } = await ended;
    assert.match(reason, /^it broke the protocol \(Cannot take report: /, lie);
    assert.ok(isFault, lie);
    // What nobody asked for is taken as long as it could be honest.
    if (!lie.endsWith('for ever')) assert.deepEqual(reports, [], lie);
    assert.ok(reports.length < 5000, lie);
  }
});

/** A node on which a rogue is told to do something while its vat is made. */
const makeRogue = async (lie: string) => {
  const storage = makeMemoryStorage();
  const lines: string[] = [];
  const node = await makeTestNode({
    storage,
    print: (line) => void lines.push(line),
    hosts: { guestTurnMilliseconds: 1000 },
    startHost: (place, events, read) =>
      place.kind === 'shared'
        ? startInlineHost(storage, events)
        : startVatProcess(options, events, read),
  });
  const made = node.makeVat({
    module: fixture('counter'),
    label: 'rogue',
    owner: 'rogue',
    params: lie,
  });
  return { storage, lines, node, made };
};

test('a guest’s process that does not let go of a vat is ended, and whoever called that is told so', async () => {
  const { lines, node, made } = await makeRogue('STAY');
  const late = setTimeout(() => void node.stop(), 20_000);
  await assert.rejects(made, /its session was ended \(delivered: unknown\)/);
  clearTimeout(late);
  assert.match(lines.join('\n'), /because of vat 1 \(strike 1\): what it was doing took too long/);
  assert.match(await node.metrics(), /pocas_calls_in_flight\{party="control"\} 0/);
  await node.stop();
});

test('a guest’s process that names what its vat was never given is ended, and nothing of that is staged', async () => {
  const all = liesIn(onlyNode);
  assert.equal(all.length, 3);
  for (const lie of all) {
    const { storage, lines, node, made } = await makeRogue(lie);
    await assert.rejects(made, /delivered: failed/, lie);
    assert.match(lines.join('\n'), /because of vat 1 \(strike 1\): it broke the protocol/, lie);
    await node.rest();
    const rows = await storage.list('v/1/');
    assert.deepEqual(
      rows.map(([key]) => key),
      ['v/1/head'],
      lie,
    );
    assert.deepEqual(await storage.list('in/'), []);
    await node.stop();
  }
});

test('a guest’s process has no environment, no descriptor but its own, no files, and starts nothing', () => {
  const parent = fileURLToPath(new URL('./guest-parent.js', import.meta.url));
  // A careless parent leaves this open for all that it starts. Node closes only low ones by itself.
  const open = openSync(parent, 'r');
  const stdio = [...Array<'ignore'>(41).fill('ignore'), open] as ('ignore' | 'pipe' | number)[];
  stdio[1] = 'pipe';
  const { stdout } = spawnSync(process.execPath, [parent], { stdio, encoding: 'utf8' });
  closeSync(open);
  const { found, environment, descriptors, mine } = JSON.parse(stdout) as {
    found: Record<string, unknown>;
    environment: string;
    descriptors: string[];
    mine: string[];
  };
  assert.ok(mine.includes(`41 ${parent}`), 'nothing was inherited by its parent');
  assert.equal(environment, '');
  assert.deepEqual(found, {
    environment: {},
    folder: '/',
    file: 'ERR_ACCESS_DENIED',
    spawn: 'ERR_ACCESS_DENIED',
    thread: 'ERR_ACCESS_DENIED',
  });
  const own = /^(?:[01] \/dev\/null|[234] socket:.*|[0-9]+ anon_inode:.*|[0-9]+ pipe:.*)$/;
  const others = descriptors.filter((one) => !own.test(one));
  // Node has one of its own to begin with, in the place of a standard stream that is missing.
  assert.deepEqual(
    others.filter((one) => !/^[0-9]+ \/dev\/null$/.test(one)),
    [],
  );
  // Pipes by which it wakes its own threads, and none that its parent has too.
  const pipesOf = (all: string[]) =>
    all.map((one) => one.split(' ')[1]!).filter((to) => /^pipe/.test(to));
  const shared = pipesOf(descriptors).filter((pipe) => pipesOf(mine).includes(pipe));
  assert.deepEqual(shared, []);
});
