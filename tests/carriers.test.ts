/**
 * A phone carries messages between two nodes that have no link (SPEC, S19): two processes that never
 * dial each other, and a third that visits one after the other.
 */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { E } from '@endo/far';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { modeOf } from './support/files.ts';
import { type ApartNode, carry, spawnApart } from './support/apart.ts';
import { runProgram, startNode } from './support/program.ts';
import { until } from './support/until.ts';

const cleanup = makeCleanup(after);

/** Two processes whose vats hold each other since they met once, and that cannot dial any more. */
const makeApart = async (): Promise<[ApartNode, ApartNode]> => {
  const folder = makeFolder(cleanup);
  const [a, b] = [
    await spawnApart(cleanup, join(folder, 'a'), 'meet'),
    await spawnApart(cleanup, join(folder, 'b'), 'meet'),
  ];
  await E(a.hand).meet(b.sender);
  await E(b.hand).meet(a.sender);
  await a.end();
  await b.end();
  return [
    await spawnApart(cleanup, join(folder, 'a'), 'apart'),
    await spawnApart(cleanup, join(folder, 'b'), 'apart'),
  ];
};

const saw = async ({ hand }: ApartNode, count: number): Promise<readonly string[]> => {
  let log: readonly string[] = [];
  await until(`${count} lines`, async () => {
    log = await E(hand).log();
    return log.length >= count;
  });
  return log;
};

/** Goes from one to the other, as often as it takes until the other has seen so much. */
const shuttle = (pocket: Uint8Array[], from: ApartNode, to: ApartNode, count: number) =>
  until(`${count} lines, carried`, async () => {
    await carry(pocket, from);
    await carry(pocket, to);
    return (await E(to.hand).log()).length >= count;
  });

test('a phone carries a need, an answer and a notice of a parcel between two nodes without a link', async () => {
  const [a, b] = await makeApart();
  await E(a.hand).say('a need: lentils');
  await E(b.hand).say('a parcel is at the drop-off point');
  const pocket: Uint8Array[] = [];
  await carry(pocket, a);
  assert.equal(pocket.length, 1);
  await carry(pocket, b);
  assert.deepEqual(await saw(b, 1), ['a need: lentils']);
  // What was picked up at B before its answer was there is carried too, and again with it later.
  await carry(pocket, a);
  assert.ok((await saw(a, 1)).includes('a parcel is at the drop-off point'));
  await shuttle(pocket, b, a, 2);
  await shuttle(pocket, a, b, 2);
  assert.deepEqual((await saw(a, 2)).toSorted(), [
    'a parcel is at the drop-off point',
    'fulfilled a need: lentils a need: lentils',
  ]);
  assert.deepEqual((await saw(b, 2)).toSorted(), [
    'a need: lentils',
    'fulfilled a parcel is at the drop-off point a parcel is at the drop-off point',
  ]);
  assert.equal(await E(a.hand).links(), 0n);
  assert.equal(await E(b.hand).links(), 0n);
});

test('a node that is killed after it took a bundle, and before anybody knows, takes nothing twice', async () => {
  const [a, b] = await makeApart();
  await E(a.hand).say('one');
  const pocket: Uint8Array[] = [];
  await carry(pocket, a);
  const kept = [...pocket];
  await carry(pocket, b);
  await b.kill();
  const again = await spawnApart(cleanup, b.path, 'apart');
  for (let i = 0; i < 3; i += 1) {
    pocket.splice(0, pocket.length, ...kept);
    await carry(pocket, again);
  }
  assert.deepEqual(await saw(again, 1), ['one']);
  await shuttle(pocket, again, a, 1);
  assert.deepEqual(await saw(a, 1), ['fulfilled one one']);
  assert.deepEqual(await saw(again, 1), ['one']);
});

test('pocas bundle: a file for a peer, and words for what cannot be taken', async () => {
  const folder = makeFolder(cleanup);
  const node = await startNode(cleanup, { data: join(folder, 'data') });
  const where = ['--data', node.data];
  const stranger = 'a'.repeat(52);
  const file = join(folder, 'bundle');
  const unknown = await runProgram(['bundle', 'export', stranger, file, ...where]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /does not know the node/);
  assert.equal(
    (await runProgram(['bundle', 'export', stranger, file, '--days', 'x', ...where])).code,
    2,
  );

  const peer = await startNode(cleanup, { data: join(folder, 'peer') });
  const locator = `ocapn://${peer.designator}.websocket?url=${encodeURIComponent(`ws://127.0.0.1:${peer.port}/link`)}`;
  const back = `ocapn://${node.designator}.websocket?url=${encodeURIComponent(`ws://127.0.0.1:${node.port}/link`)}`;
  assert.equal((await runProgram(['peer', 'add', locator, ...where])).code, 0);
  assert.equal((await runProgram(['peer', 'add', back, '--data', peer.data])).code, 0);
  const exported = await runProgram([
    'bundle',
    'export',
    peer.designator.slice(0, 12),
    file,
    ...where,
  ]);
  assert.equal(exported.code, 0, exported.stderr);
  assert.match(exported.stdout, /4096 bytes, good until \d{4}-\d\d-\d\d/);
  assert.equal(modeOf(file), '600');
  assert.equal(readFileSync(file).length, 4096);
  const twice = await runProgram(['bundle', 'export', peer.designator, file, ...where]);
  assert.deepEqual([twice.code, twice.stdout], [1, '']);
  assert.match(twice.stderr, /it is there already/);

  const own = await runProgram(['bundle', 'import', file, ...where]);
  assert.equal(own.code, 1);
  assert.match(own.stderr, /it is for another node/);
  const imported = await runProgram(['bundle', 'import', file, '--data', peer.data]);
  assert.deepEqual(
    [imported.code, imported.stdout],
    [0, `Taken from ${node.designator}: 0 new, 0 known before.\n`],
  );
  const bytes = readFileSync(file);
  bytes[3000]! ^= 1;
  writeFileSync(file, bytes);
  const altered = await runProgram(['bundle', 'import', file, '--data', peer.data]);
  assert.equal(altered.code, 1);
  assert.match(altered.stderr, /altered or damaged on the way/);
  writeFileSync(file, 'something else');
  assert.match(
    (await runProgram(['bundle', 'import', file, '--data', peer.data])).stderr,
    /no bundle/,
  );
  const carrier = await runProgram(['bundle', 'carrier', 'la bici', '--json', ...where]);
  assert.match(carrier.stdout, /^\{"sturdyRef":"ocapn:/);
});
