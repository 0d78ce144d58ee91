import { type Any, type Bench, restart, startBench, week } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { E } from '@endo/far';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { pedersen, schnorr } from '@pocas/vat-runtime/ristretto';
import {
  attest,
  challengeOf,
  checkAttestation,
  checkPresentation,
  present,
  purposeOf,
} from '#src/actors/attestation.js';

let bench: Bench;
before(async () => {
  bench = await startBench({ issuer: 'attesting', actor: 'attesting', other: 'attesting' });
});
after(() => bench.node.stop());

const bytes = (name: string): string => createHash('sha512').update(name).digest('base64url');
const key = (name: string): string => pedersen.scalar(bytes(name));
const secretOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');
let count = 0;
const next = (): string => `request ${(count += 1)}`;
const fresh = (): { secret: string; holder: string } => {
  const secret = key(`holder ${(count += 1)}`);
  return { secret, holder: schnorr.publicKey(secret) };
};
const refused = (code: string) => ({ ok: false, code });

const issuer = key('issuer');
const facts = { kind: 'care shifts', count: 12n };
const issued = (until = 5n, more: object = facts) => {
  const { secret, holder } = fresh();
  return {
    secret,
    attestation: attest(issuer, more as typeof facts, until, holder, bytes(`sign ${count}`)),
  };
};
const issuers = [schnorr.publicKey(issuer)];

test('a statement holds until its last epoch, and for those who ask for its issuer', () => {
  const { attestation } = issued();
  assert.deepEqual(checkAttestation(attestation, { issuers, epoch: 5n }), { ok: true });
  assert.deepEqual(checkAttestation(attestation, { issuers, epoch: 6n }), refused('expired'));
  const others = [schnorr.publicKey(key('another'))];
  assert.deepEqual(
    checkAttestation(attestation, { issuers: others, epoch: 5n }),
    refused('invalid'),
  );
  assert.deepEqual(checkAttestation(attestation, { issuers: [], epoch: 5n }), refused('invalid'));
});

test('nothing of a statement can be another', () => {
  const { attestation } = issued();
  const other = issued().attestation;
  const altered: object[] = [
    { ...attestation, until: 6n },
    { ...attestation, facts: { ...facts, count: 13n } },
    { ...attestation, facts: { kind: 'care shifts' } },
    { ...attestation, facts: { ...facts, words: '' } },
    { ...attestation, facts: { ...facts, kind: 'care shift' } },
    { ...attestation, holder: other.holder },
    { ...attestation, signature: other.signature },
    { ...attestation, signature: '' },
    { ...attestation, holder: 'no key' },
    { ...attestation, more: 1n },
    { ...attestation, until: 5 },
    { ...attestation, signature: undefined },
  ];
  for (const one of altered)
    assert.deepEqual(checkAttestation(one, { issuers, epoch: 1n }), refused('invalid'));
  for (const none of [undefined, null, 7n, 'text', [], {}])
    assert.deepEqual(checkAttestation(none, { issuers, epoch: 1n }), refused('invalid'));
  assert.throws(() => attest(issuer, facts, 5n, issuers[0]!, bytes('x')), /is the issuer/);
  assert.throws(() => attest(issuer, facts, 5n, 'no key', bytes('x')));
});

test('a presentation is of the holder, for one challenge', () => {
  const { secret, attestation } = issued();
  const challenge = challengeOf('the workshop', 1n, 'nonce');
  const shown = present(secret, attestation, challenge, bytes('p'));
  const wanted = { issuers, epoch: 1n };
  assert.deepEqual(checkPresentation(shown, { ...wanted, challenge }), { ok: true });
  for (const another of [
    challengeOf('the till', 1n, 'nonce'),
    challengeOf('the workshop', 1n, 'x'),
  ]) {
    assert.deepEqual(
      checkPresentation(shown, { ...wanted, challenge: another }),
      refused('invalid'),
    );
    const moved = { ...shown, challenge: another };
    assert.deepEqual(
      checkPresentation(moved, { ...wanted, challenge: another }),
      refused('invalid'),
    );
  }
  // Another attestation of the same issuer, with the signature of this holder.
  const other = issued();
  const mixed = { ...shown, attestation: other.attestation };
  assert.deepEqual(checkPresentation(mixed, { ...wanted, challenge }), refused('invalid'));
  assert.throws(
    () => present(other.secret, attestation, challenge, bytes('q')),
    /another attestation/,
  );
  assert.equal(purposeOf(challenge), 'the workshop');
  for (const none of ['', 'x', '[]', '["a","b"]', '["a","b",3]', '{"0":"a"}', '['.repeat(2_000)])
    assert.equal(purposeOf(none), undefined);
});

const world = async () => {
  const attestor: Any = await E(bench.roots['issuer']).attestor(secretOf(3));
  const publicKey: string = await E(attestor).publicKey();
  const terms = {
    purpose: 'keys of the workshop',
    wants: [
      { kind: 'care shifts', count: 10n, issuers: [publicKey] },
      { kind: 'first aid', issuers: [publicKey] },
    ],
  };
  const gate: Any = await E(bench.roots['actor']).gate(terms, secretOf(4));
  const epoch = 0n;
  const take = async (more: object, until = epoch + 3n, copies = 2n) => {
    const keys = Array.from({ length: Number(copies) }, fresh);
    const grant: Any = await E(attestor).grant(more, until, copies);
    const answer = await E(grant).take(
      keys.map(({ holder }) => holder),
      next(),
    );
    assert.equal(answer.ok, true);
    return keys.map(({ secret }, at) => ({ secret, attestation: answer.attestations[at] }));
  };
  const show = (all: readonly { secret: string; attestation: Any }[], challenge: string) =>
    all.map(({ secret, attestation }) =>
      present(secret, attestation, challenge, bytes(`show ${(count += 1)}`)),
    );
  const ask = async (of = gate): Promise<string> => (await E(of).challenge()).challenge;
  return { attestor, terms, gate, take, show, ask };
};

test('a right is opened by what is asked for, and by each key once', async () => {
  const { gate, take, show, ask } = await world();
  const [shifts, spare] = await take({ kind: 'care shifts', count: 12n });
  const [aid, spareAid] = await take({ kind: 'first aid' });
  const challenge = await ask();
  const presentations = show([shifts!, aid!], challenge);
  const request = next();
  const opened = await E(gate).open(presentations, request);
  assert.equal(opened.ok, true);
  assert.deepEqual(await E(opened.facet).facts(), [
    { kind: 'care shifts', count: 12n },
    { kind: 'first aid' },
  ]);
  // The answer was lost.
  assert.equal((await E(gate).open(presentations, request)).facet, opened.facet);
  // Somebody else saw it, or the holder tries twice.
  assert.deepEqual(await E(gate).open(presentations, next()), refused('claimed'));
  const again = show([shifts!, spareAid!], await ask());
  assert.deepEqual(await E(gate).open(again, next()), refused('claimed'));
  assert.deepEqual(await E(gate).open(again, request), refused('claimed'));
  const other = await E(gate).open(show([spare!, spareAid!], await ask()), next());
  assert.equal(other.ok, true);
  assert.notEqual(other.facet, opened.facet);
});

test('too few, in another order, one for two, or of another challenge, opens nothing', async () => {
  const { gate, terms, take, show, ask } = await world();
  const [few, few2] = await take({ kind: 'care shifts', count: 9n });
  const [shifts, shifts2] = await take({ kind: 'care shifts', count: 10n });
  const [aid] = await take({ kind: 'first aid' });
  const challenge = await ask();
  const invalid = refused('invalid');
  assert.deepEqual(await E(gate).open(show([few!, aid!], challenge), next()), invalid);
  assert.deepEqual(await E(gate).open(show([aid!, shifts!], challenge), next()), invalid);
  assert.deepEqual(await E(gate).open(show([shifts!, shifts2!], challenge), next()), invalid);
  assert.deepEqual(await E(gate).open(show([shifts!], challenge), next()), invalid);
  assert.deepEqual(await E(gate).open([], next()), invalid);
  // Another actor's challenge, passed on to the holder by one in between.
  const elsewhere = await E(bench.roots['other']).gate(terms, secretOf(5));
  const foreign = show([shifts!, aid!], await ask(elsewhere));
  assert.deepEqual(await E(gate).open(foreign, next()), invalid);
  // One that nobody asked, though it has the form.
  const made = show([shifts!, aid!], challengeOf('keys of the workshop', 0n, '0 x'));
  assert.deepEqual(await E(gate).open(made, next()), invalid);
  // Two challenges in one presentation.
  const [one] = show([shifts!, aid!], challenge);
  const [, two] = show([shifts!, aid!], await ask());
  assert.deepEqual(await E(gate).open([one, two], next()), invalid);
  // None of that used anything up.
  const good = await E(gate).open(show([shifts!, aid!], await ask()), next());
  assert.equal(good.ok, true);
  assert.equal((await E(gate).open(show([few2!, aid!], await ask()), next())).ok, false);
});

test('a grant is taken once, by fresh keys', async () => {
  const { attestor } = await world();
  const grant: Any = await E(attestor).grant({ kind: 'first aid' }, 9n, 2n);
  const [a, b, c] = [fresh(), fresh(), fresh()];
  const invalid = refused('invalid');
  assert.deepEqual(await E(grant).take([a.holder], next()), invalid);
  assert.deepEqual(await E(grant).take([a.holder, a.holder], next()), invalid);
  assert.deepEqual(await E(grant).take([a.holder, 'no key'], next()), invalid);
  const request = next();
  const taken = await E(grant).take([a.holder, b.holder], request);
  assert.equal(taken.ok, true);
  assert.deepEqual(await E(grant).take([a.holder, b.holder], request), taken);
  assert.deepEqual(await E(grant).take([a.holder, c.holder], next()), refused('claimed'));
  const signatures = new Set(
    taken.attestations.map(({ signature }: Any) => signature.slice(0, 40)),
  );
  assert.equal(signatures.size, 2, 'no nonce is used twice');
});

test('what is over is refused, and what is remembered of it is forgotten', async () => {
  bench = await restart(bench);
  const { attestor, gate, take, show, ask } = await world();
  const grant: Any = await E(attestor).grant({ kind: 'first aid' }, 0n, 1n);
  const [shifts, shifts2] = await take({ kind: 'care shifts', count: 10n }, 1n);
  const [aid, aid2] = await take({ kind: 'first aid' }, 9n);
  const old = show([shifts!, aid!], await ask());
  bench.time.pass(week);
  await bench.node.rest();
  // A challenge is good in the epoch after it.
  const request = next();
  const opened = await E(gate).open(old, request);
  assert.equal(opened.ok, true);
  const early = await ask();
  bench.time.pass(week);
  await bench.node.rest();
  assert.deepEqual(await E(grant).take([fresh().holder], next()), refused('expired'));
  const late = show([shifts2!, aid2!], await ask());
  assert.deepEqual(await E(gate).open(late, next()), refused('expired'));
  const [newer, newer2] = await take({ kind: 'care shifts', count: 10n }, 9n);
  bench.time.pass(week);
  await bench.node.rest();
  const stale = show([newer!, aid2!], early);
  assert.deepEqual(await E(gate).open(stale, next()), refused('expired'));
  assert.equal((await E(gate).open(show([newer!, aid2!], await ask()), next())).ok, true);
  // The key that is not over yet is still known.
  assert.deepEqual(
    await E(gate).open(show([newer2!, aid!], await ask()), next()),
    refused('claimed'),
  );
});

test('all of it describes itself in both languages', async () => {
  const { attestor, gate } = await world();
  // Not everything is counted.
  assert.deepEqual(await descriptionFaults(gate), ['wants.count is shown and not there']);
  const grant: Any = await E(attestor).grant({ kind: 'x' }, 9n, 1n);
  assert.deepEqual(await descriptionFaults(grant), []);
  assert.deepEqual(await E(grant).view(), { kind: 'x', until: 9n, copies: 1n, taken: false });
});
