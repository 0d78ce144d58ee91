import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { startInlineHost } from '@pocas/vat-runtime/node';
import {
  dkg,
  hmac,
  maxBatch,
  pedersen,
  poprf,
  schnorr,
  sealedTo,
  threshold,
} from '@pocas/vat-runtime/ristretto';
import { startVatProcess } from '#src/hosts/process.js';
import { fixture } from '../node/nodes.ts';

const bytes = (length: number, fill: number) => Buffer.alloc(length, fill).toString('base64url');

const sizes = { heapMebibytes: 128, maxReportBytes: 1 << 21 };

for (const [kind, owner] of [
  ['of the node', {}],
  ['of a guest, in its process,', { owner: 'guest' }],
] as const) {
  test(`a vat ${kind} reckons the same as a program, and leaves nothing for another`, async () => {
    const storage = makeMemoryStorage();
    const node = await makeTestNode({
      storage,
      startHost: (place, events, read) =>
        place.kind === 'shared'
          ? startInlineHost(storage, events)
          : startVatProcess(sizes, events, read),
    });
    const root: any = await node.makeVat({ module: fixture('groups'), label: 'groups', ...owner });
    const { secretKey, publicKey } = poprf.keyPair(bytes(32, 1), 'key');
    const input = bytes(32, 2);
    const { tweakedKey, ...made } = poprf.blind(input, 'tag', publicKey, bytes(64, 3));
    const evaluation = await E(root).evaluate(secretKey, 'tag', [made.blinded], bytes(32, 4));
    assert.deepEqual(
      evaluation,
      poprf.evaluate(secretKey, 'tag', [made.blinded], hmac(bytes(32, 4), 'proof')),
    );
    assert.deepEqual(poprf.finalize([{ input, ...made }], evaluation, 'tag', tweakedKey), [
      poprf.output(secretKey, 'tag', input),
    ]);
    const blinding = pedersen.scalar(hmac(bytes(32, 5), 'blinding'));
    assert.equal(await E(root).commit(-3n, bytes(32, 5)), pedersen.commit(-3n, blinding));
    const text = 'grüße \ufeff';
    const random = (name: string) => hmac(bytes(32, 6), name);
    const key = schnorr.publicKey(secretKey);
    assert.deepEqual(await E(root).seal(secretKey, text, bytes(32, 6)), {
      signature: schnorr.sign(secretKey, text, random('sign')),
      sealed: sealedTo.seal(key, text, 'context', random('seal')),
      made: threshold.encapsulate(key, 'context', random('encapsulate')),
    });
    const { run, dealing, received } = await E(root).deal(secretKey, bytes(32, 6));
    assert.equal(received.ok, true);
    assert.equal(dkg.isSound(run, dealing), true);
    assert.deepEqual(dealing, dkg.deal(run, 1n, { secretKey }, random('deal')));
    assert.deepEqual(await E(root).tamper(), []);
    // The largest batch is one turn, and a refusal comes with its words.
    const many = Array(maxBatch).fill(made.blinded);
    await E(root).evaluate(secretKey, 'tag', many, bytes(32, 4));
    await assert.rejects(
      E(root).evaluate(secretKey, 'tag', [...many, made.blinded], bytes(32, 4)),
      /a list of 1 to 64 is needed/,
    );
    await assert.rejects(
      E(root).evaluate(secretKey, 'tag', ['swiss'], bytes(32, 4)),
      /Cannot use blinded element: it is not in its canonical form/,
    );
    await node.stop();
  });
}
