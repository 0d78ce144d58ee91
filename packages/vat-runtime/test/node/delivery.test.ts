import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import { deliveryOf } from '@pocas/vat-runtime/node';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import { fatedError, noteFate } from '#src/switchboard/delivery.js';
import { errorData } from '#src/switchboard/wire.js';
import { connectClient, fixture, spawnNode, start, withFolder } from './nodes.ts';

type Any = any;

const module = fixture('counter');
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'fulfilled',
    (error: unknown) => error,
  );

test('who calls learns whether a call was delivered when the other node ends: program, vat and client alike', async () => {
  await withFolder(async (folder) => {
    const far = await spawnNode(join(folder, 'far'));
    const near = await start(join(folder, 'near'));
    const client = await connectClient(far.sturdyRef);
    const object = (await E(near.enlivener).enliven(far.sturdyRef)) as Any;
    const vat = (await near.makeVat({ module, label: 'vat', params: { start: 0n } })) as Any;
    const version = await E(object).next(undefined);
    const open = [
      failureOf(E(object).next(version)),
      failureOf(E((await client.object) as Any).next(version)),
    ];
    const ofVat = E(vat).fate(object, 'next', version);
    // All three are there.
    await E(object).get();
    await E(vat).fate(object, 'get', '');
    await E((await client.object) as Any).get();
    await far.kill();
    assert.deepEqual((await Promise.all(open)).map(deliveryOf), ['unknown', 'unknown']);
    assert.equal(await ofVat, 'unknown');
    assert.equal(deliveryOf(await failureOf(E(object).get())), 'no');
    assert.equal(await E(vat).fate(object, 'get', ''), 'no');
    assert.equal(deliveryOf(await failureOf(E((await client.object) as Any).get())), 'no');
    await near.stop();
  });
});

test('no object can make an error of its own look like one of a node', async () => {
  const node = await makeTestNode({ print: () => {} });
  const [liar, caller] = (await Promise.all(
    ['liar', 'caller'].map((label) => node.makeVat({ module, label, params: { start: 0n } })),
  )) as [Any, Any];
  for (const fate of ['no', 'unknown', 'failed']) {
    const text = `Cannot deliver call: the party is gone (delivered: ${fate})`;
    const failure = await failureOf(E(liar).pretend(text));
    assert.equal((failure as Error).message, text);
    assert.equal(deliveryOf(failure), undefined);
    assert.equal(await E(caller).fate(liar, 'pretend', text), 'not said');
  }
  await node.stop();
});

test('an error that was caught and passed on says nothing of the call of whoever it was passed on to', async () => {
  await withFolder(async (folder) => {
    const far = await spawnNode(join(folder, 'far'));
    const near = await start(join(folder, 'near'));
    const object = (await E(near.enlivener).enliven(far.sturdyRef)) as Any;
    const vat = (await near.makeVat({ module, label: 'vat', params: { start: 0n } })) as Any;
    await far.kill();
    const passedOn = await failureOf(E(vat).fate(object, 'get', 'pass on'));
    // It was: the vat carried it out.
    assert.match((passedOn as Error).message, /\(delivered: (?:no|unknown)\)$/);
    assert.equal(deliveryOf(passedOn), undefined);
    await near.stop();
  });
});

test('only what a node writes counts, whole', () => {
  const text = 'Cannot deliver call: it rests (delivered: no)';
  const read = (body: string, slots: string[] = [], error: unknown = Error(text)) => {
    noteFate(error, { body, slots });
    return deliveryOf(error);
  };
  const { body } = errorData(text);
  assert.equal(read(body), 'no');
  assert.equal(read(`${body} `), undefined);
  assert.equal(read(body, ['o+1']), undefined);
  assert.equal(read(JSON.stringify({ ...JSON.parse(body), errorId: 'error:vat#0' })), undefined);
  assert.equal(read(errorData(`${text}.`).body, [], Error(`${text}.`)), undefined);
  assert.equal(read(body, [], { message: text }), undefined);
  for (const none of [undefined, null, 'no', Error(text), {}]) {
    assert.equal(deliveryOf(none), undefined);
  }
  assert.equal(deliveryOf(fatedError('Cannot answer call: stopped (delivered: failed)')), 'failed');
  assert.equal(deliveryOf(fatedError('(delivered: no) or not')), undefined);
});
