/**
 * What was signed, sealed and dealt by this version. Whoever changes one of these texts makes what lies in vaults
 * unreadable, or what was agreed on mean nothing: then the names of proofs and keys need another number.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { dkg, schnorr, sealedTo, threshold } from '@pocas/vat-runtime/ristretto';
import { keyPairOf, randomOf } from './support.ts';

const { secretKey, publicKey } = keyPairOf('golden');
const random = randomOf('r');

test('a signature and a sealed text are what they were', () => {
  const signature =
    '1vAO_8D17OIDGhWo3fybmUJl1WyNRRFjoPIUcc2DNU4KzBcNctWpo4g0l5yj0_3PjQWSlVqDbHwl7XwXm-ooAw';
  assert.equal(schnorr.sign(secretKey, 'segment 3', random), signature);
  const sealed =
    'vDFIU-NGDZIRFTUt6YTb3V62OeUiGvBX3Fe35EdtUgmu9acbFHKDXA3O3qIlW2Ci7_x7mOGgg4z48djl9HeFBeWWeGlv' +
    'SKGXYpHNIK_PirFCQgS5qUY1o9RTLAHL1rwEuYc8yrrwU7R1pMPmWZ213s4Jh-_QKnMj54F_3ORn8GszXhV1DPzG2A';
  assert.equal(sealedTo.seal(publicKey, 'größer', 'context', random), sealed);
  assert.equal(sealedTo.open(secretKey, sealed, 'context'), 'größer');
});

test('an encapsulation, its key and a partial opening are what they were', () => {
  const made = {
    encapsulation: {
      point: 'LhtIfesIoPkA4TJ5yYr4Tb5iPGD_rQufm39lpfqFyh8',
      proof:
        'qxE4Vb6nL-YZxZY4t334BOz-bOgXug9y5WHuD7AMoQZdNo3Co87yYYWm5xcuRQzSEaDUN9Mf3oMSc8btgvSyAg',
    },
    key: 'DRmKTyc-0cDncOUbPuD1Dmlg36wZhTvqORpl-e_Fuls',
  };
  assert.deepEqual(threshold.encapsulate(publicKey, 'segment 3', random), made);
  const partial = {
    index: 1n,
    value: 'cqTdRoeOPnj9BhEEtmuF57I9l75PSp4rEcxdfGBAkkw',
    proof: 'PZvqw5aM8lUSS5HgggYX1GW6EAMAq4CNIGWiQc3tswgR7tWVG855WCBmZvnUeuzpAkimqiBMGs3jRpqbLh33Ag',
  };
  const share = { index: 1n, secret: secretKey };
  const { encapsulation, key } = made;
  assert.deepEqual(threshold.open(share, encapsulation, 'segment 3', 'request 1', random), partial);
  assert.equal(threshold.combine([partial], encapsulation, publicKey, 'segment 3'), key);
});

test('a dealing is what it was', () => {
  const holders = [keyPairOf('a'), keyPairOf('b')];
  const members = holders.map((holder, at) => ({ index: BigInt(at + 1), key: holder.publicKey }));
  const run = { id: 'golden', threshold: 2n, members };
  const dealing = dkg.deal(run, 1n, { secretKey: holders[0]!.secretKey }, random);
  // It covers all the rest.
  assert.equal(
    dealing.signature,
    'WLyGcmTCxycVmfWm2vr9118NXHzWfscsrDPd3Ra66k5vOwRJ9kUO5yGEvwDCO8of6eWNJCXZ-jqMn6JAuEO0Dg',
  );
  assert.equal(dealing.commitments[0], 'XmzVQ8Y_rC2DE6U4vm1S-RS_iZUD4IuDzh2anoYr3Tc');
});
