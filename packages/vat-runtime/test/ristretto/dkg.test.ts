import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ristretto255 as ristretto, ristretto255_FROST as frost } from '@noble/curves/ed25519.js';
import {
  type Dealing,
  type GroupKey,
  type KeyShare,
  type Run,
  dkg,
  schnorr,
  sealedTo,
  threshold,
} from '@pocas/vat-runtime/ristretto';
import { statementOf } from '#src/ristretto/dealing.js';
import { readRun } from '#src/ristretto/run.js';
import { dealIn, finish, holdersOf, made, ownOf, runOf, takeShare } from './holders.ts';
import { flipped, identity, keyPairOf, noElements, randomOf } from './support.ts';

const run = runOf('vault 1, run 1', 3, [1, 2, 3, 5, 8]);
const dealings = run.members.map(({ index }) => dealIn(run, index));
const secretOf = (index: bigint) => ownOf(index).secretKey;

/** Whether these holders open together what was sealed to the key. */
const opens = (key: GroupKey, shares: readonly KeyShare[]): boolean => {
  const sealed = threshold.encapsulate(key.groupKey, 'segment 1', randomOf('seal'));
  const partials = shares.map((share) =>
    threshold.open(share, sealed.encapsulation, 'segment 1', 'request', randomOf('open')),
  );
  for (const partial of partials) {
    const known = key.verificationKeys.find(({ index }) => index === partial.index)!.key;
    assert.ok(threshold.verifyPartial(known, partial, sealed.encapsulation, 'request'));
  }
  return (
    threshold.combine(partials, sealed.encapsulation, key.groupKey, 'segment 1') === sealed.key
  );
};

/** The dealing with something changed and signed again by its dealer: what a dealer can write, no stranger. */
const resigned = (of: Run, dealing: Dealing, changed: Partial<Dealing>): Dealing => {
  const lie = { ...dealing, ...changed };
  return {
    ...lie,
    signature: schnorr.sign(secretOf(lie.dealer), statementOf(readRun(of), lie), randomOf('lie')),
  };
};

test('any t of the members open together, and no t − 1; nobody but they did anything', () => {
  const { key, shares } = finish(run, dealings);
  assert.deepEqual(
    key.verificationKeys,
    shares.map((share) => ({ index: share.index, key: schnorr.publicKey(share.secret) })),
  );
  fc.assert(
    fc.property(fc.shuffledSubarray([...shares], { minLength: 2, maxLength: 5 }), (chosen) => {
      assert.equal(opens(key, chosen), chosen.length >= 3);
    }),
    { numRuns: 8 },
  );
});

test('what was made together is a key of FROST: its holders sign with another implementation', () => {
  const { key, shares } = finish(run, dealings);
  const inBytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  const idOf = (index: bigint) => frost.Identifier.fromNumber(Number(index));
  const signers = { min: 3, max: 5 };
  // Of the commitments only the first is used for signing, which is the key.
  const commitments = [key.groupKey, ...dealings[0]!.commitments.slice(1)].map(inBytes);
  const verifyingShares = Object.fromEntries(
    key.verificationKeys.map((holder) => [idOf(holder.index), inBytes(holder.key)]),
  );
  const known = { signers, commitments, verifyingShares };
  const chosen = [shares[4]!, shares[0]!, shares[2]!].map(({ index, secret }) => {
    const own = { identifier: idOf(index), signingShare: inBytes(secret) };
    return { own, ...frost.commit(own) };
  });
  const said = chosen.map((one) => one.commitments);
  const message = new Uint8Array(Buffer.from('we all agree'));
  const parts = chosen.map(({ own, nonces }) => [
    own.identifier,
    frost.signShare(own, known, nonces, said, message),
  ]);
  const signature = frost.aggregate(known, said, message, Object.fromEntries(parts));
  const text = Buffer.from(signature).toString('base64url');
  assert.equal(schnorr.verify(key.groupKey, 'we all agree', text), true);
  assert.equal(schnorr.verify(key.groupKey, 'we do not', text), false);
});

test('sets of all sizes: the smallest, all needed, and who did not deal is left out', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      fc.nat(),
      fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 5, maxLength: 6 }),
      (t, salt, drawn) => {
        const indices = drawn.toSorted((a, b) => a - b);
        const of = runOf(`run ${salt}`, t, indices);
        const dealers = of.members.slice(0, t);
        const { key, shares } = finish(
          of,
          dealers.map(({ index }) => dealIn(of, index)),
        );
        assert.equal(opens(key, shares.slice(-t)), true);
        if (t > 2) assert.equal(opens(key, shares.slice(0, t - 1)), false);
      },
    ),
    { numRuns: 3 },
  );
  assert.throws(() => dkg.keyOf(run, dealings.slice(0, 2)), /3 dealings are needed/);
});

test('every part of a dealing that is altered by another makes it count nothing', () => {
  const [dealing] = dealings as [Dealing];
  assert.equal(dkg.isSound(run, dealing), true);
  const other = dealings[1]!;
  const swap = <T>(list: readonly T[], at: number, value: T) => list.toSpliced(at, 1, value);
  const { commitments, sealed } = dealing;
  for (const changed of [
    ...[{ dealer: 2n }, { dealer: 4n }, { dealer: 1 }, { signature: other.signature }],
    ...[{ proof: other.proof }, { proof: flipped(dealing.proof, 3) }, { proof: '' }],
    ...[0, 1, 2].map((at) => ({ commitments: swap(commitments, at, other.commitments[at]!) })),
    ...[{ commitments: commitments.toReversed() }, { sealed: sealed.toReversed() }],
    ...[0, 4].map((at) => ({ sealed: swap(sealed, at, other.sealed[at]!) })),
    ...[0, 40, 100, 170].map((at) => ({ sealed: swap(sealed, 2, flipped(sealed[2]!, at)) })),
    ...[{ signature: flipped(dealing.signature, 1) }, { signature: undefined }],
  ] as Partial<Dealing>[]) {
    const lie = { ...dealing, ...changed };
    assert.equal(dkg.isSound(run, lie), false, JSON.stringify(Object.keys(changed)));
    assert.throws(
      () => dkg.receive(run, 2n, secretOf(2n), lie, randomOf('r')),
      /Cannot receive: the dealing is not sound/,
    );
    assert.throws(() => dkg.keyOf(run, [lie, ...dealings.slice(1)]));
  }
  for (const none of [undefined, null, {}, 'dealing', { dealer: 1n }]) {
    assert.equal(dkg.isSound(run, none as Dealing), false);
  }
});

test('what was sound once is not when it was changed, or in another run', () => {
  const changing = structuredClone(dealings[0]!) as { -readonly [K in keyof Dealing]: Dealing[K] };
  assert.equal(dkg.isSound(run, changing), true);
  changing.commitments = dealings[1]!.commitments;
  assert.equal(dkg.isSound(run, changing), false);
  const inside = { ...dealings[0]!, sealed: [...dealings[0]!.sealed] };
  Object.freeze(inside);
  assert.equal(dkg.isSound(run, inside), true);
  inside.sealed.reverse();
  assert.equal(dkg.isSound(run, inside), false);
  assert.equal(dkg.isSound(run, dealings[0]!), true);
  assert.equal(dkg.isSound({ ...run, id: 'another' }, dealings[0]!), false);
});

test('a dealer that signs what it should not is not sound: degree, identity, no elements, wrong lists', () => {
  const [dealing] = dealings as [Dealing];
  const { commitments, sealed } = dealing;
  for (const changed of [
    // A polynomial of a higher degree would need more to open; of a lower, fewer.
    { commitments: [...commitments, dealings[1]!.commitments[0]!] },
    ...[{ commitments: commitments.slice(0, 2) }, { commitments: [] }, { commitments: 'abc' }],
    { commitments: commitments.with(2, identity) },
    ...noElements
      .filter((element) => typeof element === 'string')
      .map((element) => ({ commitments: commitments.with(1, element as string) })),
    ...[{ sealed: sealed.slice(1) }, { sealed: [...sealed, sealed[0]!] }],
    ...[{ sealed: sealed.with(0, 'AAAA') }, { sealed: sealed.with(0, `${sealed[0]}AAAA`) }],
    { commitments: commitments.with(0, dealings[1]!.commitments[0]!) },
  ] as Partial<Dealing>[]) {
    let lie: Dealing;
    try {
      lie = resigned(run, dealing, changed);
    } catch {
      // What has no statement cannot be signed.
      lie = { ...dealing, ...changed };
    }
    assert.equal(dkg.isSound(run, lie), false, JSON.stringify(changed));
    assert.equal(dkg.isGuilty(run, lie, 2n, ''), true);
  }
});

test('a rogue key, chosen so that the others cancel, lacks the proof; a copied one is of another dealer', () => {
  // C0' = X − Σ C0: the sum would be X, of which the liar knows the logarithm.
  const { Point } = ristretto;
  const decode = (text: string) => Point.fromBytes(new Uint8Array(Buffer.from(text, 'base64url')));
  const others = dealings.slice(1).map(({ commitments }) => decode(commitments[0]!));
  const rogue = others.reduce((rest, point) => rest.subtract(point), Point.BASE.multiply(77n));
  const [dealing] = dealings as [Dealing];
  const text = Buffer.from(rogue.toBytes()).toString('base64url');
  const lies = [
    resigned(run, dealing, { commitments: dealing.commitments.with(0, text) }),
    resigned(run, dealing, {
      commitments: dealings[1]!.commitments,
      proof: dealings[1]!.proof,
    }),
  ];
  for (const lie of lies) assert.equal(dkg.isSound(run, lie), false);
});

test('nothing of one run counts in another: not of another id, threshold, member or key', () => {
  const [dealing] = dealings as [Dealing];
  const others: Run[] = [
    { ...run, id: 'vault 1, run 2' },
    runOf(run.id, 2, [1, 2, 3, 5, 8]),
    runOf(run.id, 3, [1, 2, 3, 5, 9]),
    { ...run, members: run.members.with(4, { index: 8n, key: keyPairOf('stranger').publicKey }) },
  ];
  assert.equal(new Set([run, ...others].map((of) => readRun(of).print)).size, 5);
  for (const other of others) {
    assert.equal(dkg.isSound(other, dealing), false);
    assert.equal(dkg.isSound(other, resigned(other, dealing, {})), false, 'proof of possession');
  }
});

test('whoever deals a wrong share is named by anybody; the share of another, too', () => {
  const [dealing] = dealings as [Dealing];
  const context = `pocas-share-v1 ${readRun(run).print} 1 3`;
  const toThird = (share: string, where = context, key = run.members[2]!.key) =>
    sealedTo.seal(key, share, where, randomOf('lie'));
  const honest = dkg.receive(run, 2n, secretOf(2n), dealing, randomOf('r'));
  assert.ok(honest.ok);
  const lies = {
    'another scalar': toThird(keyPairOf('x').secretKey),
    'the share of member 2': toThird(honest.share),
    'no scalar': toThird('f'.repeat(43)),
    'of another context': toThird(honest.share, 'elsewhere'),
    'sealed to another': toThird(honest.share, context, run.members[3]!.key),
    'the text of member 2': dealing.sealed[1]!,
    'no point': identity + dealing.sealed[2]!.slice(43),
    'the point of another': dealings[1]!.sealed[2]!.slice(0, 42) + dealing.sealed[2]!.slice(42),
    'one bit of the mac': flipped(dealing.sealed[2]!, 170),
  };
  for (const [what, text] of Object.entries(lies)) {
    if (text.length !== dealing.sealed[2]!.length) assert.fail(what);
    const lie = resigned(run, dealing, { sealed: dealing.sealed.with(2, text) });
    assert.equal(dkg.isSound(run, lie), true, what);
    const received = dkg.receive(run, 3n, secretOf(3n), lie, randomOf('complain'));
    assert.ok(!received.ok, what);
    assert.equal(dkg.isGuilty(run, lie, 3n, received.complaint), true, what);
    // The others have theirs, and the complaint is about this run, dealing and member alone.
    assert.ok(dkg.receive(run, 5n, secretOf(5n), lie, randomOf('r')).ok, what);
    assert.equal(dkg.isGuilty(run, dealing, 3n, received.complaint), false, what);
    assert.equal(dkg.isGuilty(run, lie, 5n, received.complaint), false, what);
    // Without the liar the key is made by the rest.
    const rest = dealings.slice(1);
    assert.doesNotThrow(() => takeShare(run, 3n, rest), what);
  }
});

test('whoever complains without reason is named, whatever it shows', () => {
  const [dealing] = dealings as [Dealing];
  const context = `pocas-share-v1 ${readRun(run).print} 1 3`;
  const true3 = sealedTo.disclose(secretOf(3n), dealing.sealed[2]!, context, randomOf('d'))!;
  const by5 = sealedTo.disclose(secretOf(5n), dealing.sealed[2]!, context, randomOf('d'));
  assert.equal(by5, undefined, 'the proof says for whom it was sealed');
  for (const complaint of [
    ...['', 'A', true3, flipped(`${true3.slice(0, 43)}`, 2) + true3.slice(43)],
    ...[`${true3}A`, identity + true3.slice(43), true3.slice(43) + true3.slice(0, 43)],
  ]) {
    assert.equal(dkg.isGuilty(run, dealing, 3n, complaint), false);
  }
  assert.throws(() => dkg.isGuilty(run, dealing, 4n, true3), /there is no holder of this index/);
});

test('a liar cannot have the share of somebody else opened by a complaint', () => {
  // It puts the sealed text of dealer 2 in its own dealing: the receiver would show the shared point.
  const [dealing, honest] = dealings as [Dealing, Dealing];
  const lie = resigned(run, dealing, { sealed: dealing.sealed.with(2, honest.sealed[2]!) });
  const received = dkg.receive(run, 3n, secretOf(3n), lie, randomOf('complain'));
  assert.deepEqual(received, { ok: false, complaint: '' });
  assert.equal(dkg.isGuilty(run, lie, 3n, ''), true);
});

test('twice the same dealer is not two, and a member cannot take the parts of other dealings', () => {
  assert.throws(() => dkg.keyOf(run, [...dealings, dealings[0]!]), /each dealer deals once/);
  const key = dkg.keyOf(run, dealings);
  const parts = dealings.map((dealing) => {
    const received = dkg.receive(run, 2n, secretOf(2n), dealing, randomOf('r'));
    assert.ok(received.ok);
    return { dealer: dealing.dealer, share: received.share };
  });
  assert.equal(dkg.shareOf(run, 2n, key, parts.toReversed()).index, 2n);
  assert.throws(() => dkg.shareOf(run, 2n, key, parts.slice(1)), /it is not that of this key/);
  assert.throws(() => dkg.shareOf(run, 3n, key, parts), /it is not that of this key/);
  assert.throws(() => dkg.shareOf(run, 2n, key, [...parts.slice(1), parts[1]!]), /deals once/);
});

test('a board that shows other dealings to some is found: their words are not of the same', () => {
  const other = dkg.deal(run, 1n, ownOf(1n), randomOf('a second dealing of the same dealer'));
  const split = [other, ...dealings.slice(1)];
  const word = (index: bigint, of: readonly Dealing[]) => ({
    index,
    confirmation: dkg.confirm(run, of, index, secretOf(index), randomOf('c')),
  });
  const words = [word(1n, dealings), word(2n, dealings.toReversed()), word(3n, split)];
  assert.deepEqual(dkg.confirmedBy(run, dealings, words), [1n, 2n]);
  assert.deepEqual(dkg.confirmedBy(run, split, words), [3n]);
  assert.deepEqual(dkg.confirmedBy(run, dealings.slice(1), words), []);
  const altered = { ...dealings[0]!, signature: dealings[1]!.signature };
  assert.throws(() => word(1n, [altered, ...dealings.slice(1)]), /a dealing is not sound/);
  const again = { ...run, id: 'vault 1, run 2' };
  const anew = again.members.map(({ index }) => dealIn(again, index));
  assert.deepEqual(dkg.confirmedBy(again, anew, words), []);
  // Nobody speaks for another, nor twice.
  const taken = { index: 5n, confirmation: words[0]!.confirmation };
  const stranger = { index: 4n, confirmation: words[0]!.confirmation };
  const given = [words[0]!, words[0]!, taken, stranger];
  assert.deepEqual(dkg.confirmedBy(run, dealings, given), [1n]);
});

test('the same random bytes in another run are another polynomial', () => {
  const again = { ...run, id: 'vault 1, run 2' };
  const same = randomOf('same');
  const [one, two] = [run, again].map((of) => dkg.deal(of, 1n, ownOf(1n), same)) as [
    Dealing,
    Dealing,
  ];
  assert.equal(new Set([...one.commitments, ...two.commitments]).size, 6);
});

test('a run has bounds: its id, its members in order with keys of their own, its threshold', () => {
  const members = run.members;
  const [first, second] = members as [(typeof members)[0], (typeof members)[0]];
  const many = holdersOf(Array.from({ length: 64 }, (_, at) => at + 1));
  assert.equal(readRun({ ...run, members: many, threshold: 64n }).members.length, 64);
  for (const wrong of [
    ...[{ id: '' }, { id: 'x'.repeat(257) }, { id: 7 }, { id: '\ud800' }],
    ...[0n, 1n, 6n, 3, undefined].map((t) => ({ threshold: t })),
    ...[{ members: [] }, { members: [second, first, ...members.slice(2)] }, { members: 'all' }],
    ...[{ members: [first, first] }, { members: [first, { index: 2n, key: first.key }, second] }],
    { members: [...many, { index: 65n, key: first.key }] },
    ...[0n, 65n, 2].map((index) => ({ members: [{ index, key: first.key }, second] })),
    { members: [{ index: 1n, key: 'swiss' }, second] },
  ]) {
    assert.throws(() => dkg.isSound({ ...run, ...wrong } as Run, dealings[0]!), TypeError);
  }
  assert.throws(() => dkg.deal(run, 4n, ownOf(4n), randomOf('d')), /no holder of this index/);
  assert.throws(() => dkg.deal(run, 1n, ownOf(2n), randomOf('d')), /not that of this dealer/);
  assert.throws(
    () => dkg.receive(run, 1n, secretOf(2n), dealings[0]!, randomOf('d')),
    /not that of this member/,
  );
  assert.equal(made(runOf('two of two', 2, [1, 2])).shares.length, 2);
});
