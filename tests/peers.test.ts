/** `pocas peer` and `pocas reconcile`, with nodes as processes and data directories that are copied. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { freePort } from './support/port.ts';
import { type StartedNode, runProgram, startAgain, startNode } from './support/program.ts';

const cleanup = makeCleanup(after);

type Peer = {
  readonly designator: string;
  readonly label?: string;
  readonly linked: boolean;
  readonly quarantine?: { readonly reason: string; readonly agreed: boolean };
};

const run = ({ data }: { data: string }, ...args: string[]) =>
  runProgram([...args, '--data', data]);

const locatorOf = async (node: StartedNode): Promise<string> =>
  (JSON.parse((await run(node, 'status', '--json')).stdout) as { locator: string }).locator;

const peersOf = async (node: StartedNode): Promise<Peer[]> =>
  (await run(node, 'peer', 'list', '--json')).stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Peer);

/** Looks at the list of peers until it is as it should be. */
const untilPeer = async (node: StartedNode, isSo: (peer: Peer) => boolean): Promise<Peer> => {
  for (let round = 0; round < 60; round += 1) {
    const [peer] = await peersOf(node);
    if (peer !== undefined && isSo(peer)) return peer;
  }
  throw Error(`Cannot go on: ${JSON.stringify(await peersOf(node))}`);
};
const isLinked = ({ linked }: Peer) => linked;
const isQuarantined = ({ quarantine }: Peer) => quarantine !== undefined;

const makeTwo = async () => {
  const folder = makeFolder(cleanup);
  const a = await startNode(cleanup, { data: join(folder, 'a') });
  const b = await startNode(cleanup, { data: join(folder, 'b') });
  const added = await run(a, 'peer', 'add', await locatorOf(b), '--label', 'bea');
  assert.deepEqual([added.code, added.stderr], [0, '']);
  assert.match(added.stdout, /^bea \([a-z2-7]{12}\) is known here now\.\n$/);
  await run(b, 'peer', 'add', await locatorOf(a), '--label', 'ana');
  await untilPeer(a, isLinked);
  await untilPeer(b, isLinked);
  return { folder, a, b };
};

test('peers are added, listed and removed by label, designator or the beginning of it', async () => {
  const { a, b } = await makeTwo();
  const [peer] = await peersOf(a);
  assert.deepEqual([peer!.designator, peer!.label], [b.designator, 'bea']);
  assert.match((await run(a, 'peer', 'list')).stdout, /^bea \([a-z2-7]{12}\) {2}linked\n/);

  const self = await run(a, 'peer', 'add', await locatorOf(a));
  assert.deepEqual([self.code, self.stderr], [1, 'Cannot add peer: it is this node itself\n']);
  const bad = await run(a, 'peer', 'add', 'not a locator, but a secret');
  assert.equal(bad.code, 1);
  assert.doesNotMatch(bad.stderr, /secret/);
  const nobody = await run(a, 'peer', 'remove', 'eva', '--yes');
  assert.deepEqual([nobody.code, nobody.stdout], [1, '']);
  assert.match(nobody.stderr, /^Cannot remove peer: no node is known by this/);

  const asked = await run(a, 'peer', 'remove', 'bea');
  assert.equal(asked.code, 1);
  assert.match(asked.stdout, /0 messages would be answered as failed/);
  assert.equal((await peersOf(a)).length, 1);
  assert.equal((await run(a, 'peer', 'remove', b.designator.slice(0, 8), '--yes')).code, 0);
  assert.deepEqual(await peersOf(a), []);
  assert.equal((await run(a, 'reconcile', 'bea')).code, 1);
});

test('an old copy of a data directory is found out, and goes on after both operators have agreed', async () => {
  const { folder, a, b } = await makeTwo();
  await a.end('SIGTERM');
  const copy = join(folder, 'copy');
  cpSync(a.data, copy, { recursive: true });
  const again = await startAgain(cleanup, a);
  await run(again, 'peer', 'add', await locatorOf(b));
  await untilPeer(b, isLinked);
  await again.end('SIGKILL');

  rmSync(a.data, { recursive: true });
  cpSync(copy, a.data, { recursive: true });
  const old = await startAgain(cleanup, a);
  await run(old, 'peer', 'add', await locatorOf(b));
  const found = await untilPeer(b, isQuarantined);
  assert.equal(found.quarantine!.reason, 'two copies of it run');
  await untilPeer(old, isQuarantined);
  assert.match(b.stderr(), /The relation with node [a-z2-7]+ is quarantined: two copies of it run/);
  assert.match((await run(b, 'peer', 'list')).stdout, /see "pocas reconcile"/);

  const asked = await run(b, 'reconcile', 'ana');
  assert.equal(asked.code, 1);
  assert.match(asked.stdout, /two copies of it run/);
  assert.match(asked.stderr, /^Nothing was changed\./);
  assert.equal((await run(b, 'reconcile', 'ana', '--yes')).code, 0);
  assert.equal((await untilPeer(b, isQuarantined)).quarantine!.agreed, true);
  assert.equal((await run(old, 'reconcile', 'bea', '--yes')).code, 0);
  await untilPeer(b, isLinked);
  await untilPeer(old, isLinked);
  assert.match((await run(b, 'reconcile', 'ana')).stderr, /^Nothing to reconcile/);
});

test('two copies that run at once are found out as soon as a node has heard both', async () => {
  const { folder, a, b } = await makeTwo();
  await a.end('SIGTERM');
  const copy = join(folder, 'copy');
  cpSync(a.data, copy, { recursive: true });
  const one = await startAgain(cleanup, a);
  const two = await startNode(cleanup, { data: copy, args: ['--port', await freePort()] });
  assert.equal(one.designator, two.designator);
  const locator = await locatorOf(b);
  await run(one, 'peer', 'add', locator);
  await untilPeer(b, isLinked);
  await run(two, 'peer', 'add', locator);
  assert.equal((await untilPeer(b, isQuarantined)).quarantine!.reason, 'two copies of it run');
  await untilPeer(two, isQuarantined);
});
