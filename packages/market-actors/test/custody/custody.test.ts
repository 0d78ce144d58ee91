/** A custodian believes nothing that a vault says and it cannot check: hidden requests, two logs, puppets, wrong clocks. */
import {
  type ManualTime,
  type TestNode,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Facet, GroupKey } from '@pocas/vat-runtime';
import { dkg, schnorr } from '@pocas/vat-runtime/ristretto';
import { equivocation } from '@pocas/vat-runtime/verify';
import { type Custodian, type CustodyKeeper, type Making, headText } from '@pocas/market-actors';
import { runOf } from '#src/vault/key-rules.js';
import { hasteText } from '#src/vault/texts.js';
import { ok, testSecret } from '../fixture.ts';
import { type Pair, custodyPair, day, hour, makeCustody, pair, random } from '../vault/fixture.ts';
import {
  type HostileVault,
  makeHostileVault,
  makeWith,
  membersOf,
  puppets,
  sealOf,
} from './hostile-vault.ts';

const secret = testSecret(77);
const own = custodyPair(secret).publicKey;
const terms = { waiting: BigInt(day), hastened: BigInt(hour) };
const viewer = pair();
const refused = (code: string) => ({ ok: false, code });

let time: ManualTime;
let node: TestNode;
let keeper: Facet<CustodyKeeper>;
let custodian: Facet<Custodian>;
let vault: HostileVault;
let others: Pair[];
let first: Making;
let key: GroupKey;

/** A key made with two care-takers, who are the vault's puppets. */
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  keeper = await makeCustody(node, 'Mine', secret);
  custodian = await E(keeper).custodian();
  vault = makeHostileVault(pair());
  others = puppets(3);
  const keys = others.map(({ publicKey }) => publicKey);
  const members = membersOf([...keys, own], keys.slice(0, 2));
  first = { vault: vault.vault, version: 1n, threshold: 3n, terms, members };
  vault.announce(first);
  ok(await vault.tell(custodian));
  key = await makeWith(custodian, first, others);
});
afterEach(() => node.stop());

const ask = (request: bigint, segment = 'one') => {
  const seal = sealOf(vault.vault, key.groupKey, segment);
  const entry = vault.request(request, seal, viewer.publicKey);
  return { seal, entry, question: { request, version: 1n, seal } };
};

test('a request that is hidden from it gets nothing', async () => {
  const { question } = ask(1n);
  time.pass(2 * day);
  assert.deepEqual(await E(custodian).open(question), refused('invalid'));
});

test('it waits by its own clock, from when it heard, whatever the vault says of time', async () => {
  const { question } = ask(1n);
  time.pass(2 * day);
  ok(await vault.tell(custodian, 2n));
  assert.deepEqual(await E(custodian).open(question), refused('notYet'));
  time.pass(day - 1);
  assert.deepEqual(await E(custodian).open(question), refused('notYet'));
  time.pass(1);
  const answer = ok(await E(custodian).open(question));
  assert.deepEqual(await E(custodian).open(question), answer);
  time.pass(31 * day);
  assert.deepEqual(await E(custodian).open(question), refused('expired'));
});

test('what it opens is what stands in the log: no other segment, seal or vault', async () => {
  const { question, seal } = ask(1n);
  const other = sealOf(vault.vault, key.groupKey, 'two');
  ok(await vault.tell(custodian, 2n));
  time.pass(day);
  const wrong = {
    'another segment': other,
    'its stanza under this name': { ...other, segment: 'one' },
    'another stanza': { ...seal, encapsulation: other.encapsulation },
    'another camera': { ...seal, camera: 'patio' },
    'another digest': { ...seal, ciphertextDigest: 'e' },
  };
  for (const [what, one] of Object.entries(wrong))
    assert.deepEqual(await E(custodian).open({ ...question, seal: one }), refused('invalid'), what);
  assert.deepEqual(await E(custodian).open({ ...question, request: 2n }), refused('invalid'));
  assert.deepEqual(await E(custodian).open({ ...question, version: 2n }), refused('stale'));
  ok(await E(custodian).open(question));
});

test('a stanza that was moved is not opened, though the vault logs it itself', async () => {
  const other = sealOf(vault.vault, key.groupKey, 'two');
  const moved = { ...sealOf(vault.vault, key.groupKey, 'one'), encapsulation: other.encapsulation };
  vault.request(1n, moved, viewer.publicKey);
  ok(await vault.tell(custodian, 2n));
  time.pass(day);
  const question = { request: 1n, version: 1n, seal: moved };
  assert.deepEqual(await E(custodian).open(question), refused('invalid'));
});

test('two logs are found, and the two signed heads are proof for everybody', async () => {
  ask(1n);
  const mine = vault.headOf(vault.entries().at(-1)!);
  ok(await vault.tell(custodian, 2n));
  vault.rewind(1);
  ask(1n, 'another');
  const [, theirs] = vault.entries();
  assert.deepEqual(await vault.tell(custodian, 2n), refused('conflict'));
  const proof = (await E(keeper).proof())!;
  assert.deepEqual([proof.mine.head, proof.theirs.head], [mine.head, vault.headOf(theirs!).head]);
  assert.equal(equivocation(proof.mine.head, proof.theirs.head), true);
  for (const { head, signature } of [proof.mine, proof.theirs])
    assert.equal(schnorr.verify(vault.vault, headText(head), signature), true);
});

test('a log that was written anew and goes on is not taken, though its last entry is not known', async () => {
  ask(1n);
  ok(await vault.tell(custodian, 2n));
  vault.rewind(1);
  ask(1n, 'another');
  const { question } = ask(2n);
  assert.deepEqual(await vault.tell(custodian, 2n), refused('conflict'));
  time.pass(day);
  assert.deepEqual(await E(custodian).open(question), refused('invalid'));
});

test('its holder compares what others were shown', async () => {
  const { question } = ask(1n);
  ok(await vault.tell(custodian, 2n));
  const mine = vault.headOf(vault.entries().at(-1)!);
  ok(await E(keeper).compare(mine));
  const theirs = vault.sign({ ...mine.head, hash: 'of another log' });
  // Signed by nobody of the vault it says nothing.
  const forged = {
    ...theirs,
    signature: schnorr.sign(viewer.secretKey, headText(theirs.head), random()),
  };
  assert.deepEqual(await E(keeper).compare(forged), refused('invalid'));
  assert.deepEqual(await E(keeper).compare(theirs), refused('conflict'));
  const proof = await E(keeper).proof();
  assert.equal(equivocation(proof!.mine.head, proof!.theirs.head), true);
  time.pass(day);
  assert.deepEqual(await E(custodian).open(question), refused('invalid'));
  assert.equal((await E(keeper).view()).phase, 'disputed');
});

test('a log with gaps, hidden entries, altered ones or a false head is not taken', async () => {
  const { vault: vaultKey, sign } = vault;
  ask(1n);
  const [, request] = vault.entries();
  const head = vault.headOf(request!);
  const notice = (entry: object, of = head) => E(custodian).notice([entry as never], of);
  const other = makeHostileVault(pair());
  assert.deepEqual(await notice(request!, other.sign(head.head)), refused('invalid'));
  assert.deepEqual(
    await notice(request!, { ...head, signature: other.sign(head.head).signature }),
    refused('invalid'),
  );
  // What comes later is asked for from where it left off.
  const far = { ...request!, number: 9n };
  const farHead = sign({ ...head.head, number: 9n });
  assert.deepEqual(await notice(far, farHead), { ok: true, seen: 1n });
  assert.ok(vaultKey.length > 0);
  const { number, label, hash } = request!;
  assert.deepEqual(await notice({ number, label, hash }), refused('conflict'));
});

test('care-takers of the key hasten, two of them, each with the own key', async () => {
  const { question, entry } = ask(1n);
  ok(await vault.tell(custodian, 2n));
  const text = hasteText(vault.vault, 1n, entry.hash);
  const by = ({ publicKey, secretKey }: Pair) => ({
    key: publicKey,
    signature: schnorr.sign(secretKey, text, random()),
  });
  const [one, two, three] = others as [Pair, Pair, Pair];
  const said = async (...signatures: object[]) => {
    const { number } = vault.write('hastened', { request: 1n, signatures });
    ok(await vault.tell(custodian, number));
    return E(custodian).open(question);
  };
  time.pass(hour);
  assert.deepEqual(await said(by(one)), refused('notYet'));
  assert.deepEqual(await said(by(one), by(one)), refused('notYet'), 'one, twice');
  assert.deepEqual(await said(by(one), by(three)), refused('notYet'), 'no care-taker');
  assert.deepEqual(await said(by(one), by(pair())), refused('notYet'), 'nobody');
  assert.deepEqual(
    await said(by(one), { ...by(two), signature: by(one).signature }),
    refused('notYet'),
    'signed by another',
  );
  ok(await said(by(one), by(two)));
});

test('its holder declines, and nobody opens with this share', async () => {
  const { question } = ask(1n);
  ok(await vault.tell(custodian, 2n));
  const [heard] = await E(keeper).requests();
  ok(await E(heard!.act).decline('no'));
  time.pass(day);
  assert.deepEqual(await E(custodian).open(question), refused('closed'));
  vault.write('withdrawn', { request: 1n });
  ok(await vault.tell(custodian, 3n));
  assert.deepEqual(await E(custodian).open(question), refused('closed'));
});

/** The same people and more, shared anew. */
const second = (members = first.members, change: Partial<Making> = {}): Making => ({
  ...first,
  ...{ version: 2n, members, from: { version: 1n, key, members: first.members } },
  ...change,
});
const announced = async (making: Making) => {
  const { number } = vault.announce(making);
  ok(await vault.tell(custodian, number));
  return E(custodian).deal(making);
};

test('a sharing that is not in the log, or is another than there, gets nothing', async () => {
  assert.deepEqual(await E(custodian).deal(second()), refused('notYet'));
  ok(await announced(second()));
  assert.deepEqual(
    await E(custodian).deal(second(first.members, { threshold: 4n })),
    refused('conflict'),
  );
  assert.deepEqual(await E(custodian).deal(first), refused('stale'));
  const third = second(first.members, { version: 3n });
  const { number } = vault.announce(third);
  ok(await vault.tell(custodian, number));
  const other = second(first.members, { version: 3n, threshold: 4n });
  assert.deepEqual(await E(custodian).deal(other), refused('conflict'));
  ok(await E(custodian).deal(third));
});

test('the vault cannot bring in puppets: not so many, and not before the holder had time to look', async () => {
  const keys = first.members.map((member) => member.key);
  const many = membersOf([...keys, ...puppets(3).map(({ publicKey }) => publicKey)]);
  assert.deepEqual(await announced(second(many)), refused('invalid'));
  const few = membersOf([...keys, ...puppets(2).map(({ publicKey }) => publicKey)]);
  const making = second(few, { version: 3n });
  assert.deepEqual(await announced(making), refused('notYet'));
  assert.deepEqual((await E(keeper).view()).newcomers, 'M5, M6');
  time.pass(day - 1);
  assert.deepEqual(await E(custodian).deal(making), refused('notYet'));
  time.pass(1);
  ok(await E(custodian).deal(making));
  const next = second(few, { version: 4n });
  assert.deepEqual(await announced(next), refused('notYet'));
  ok(await E(keeper).declineSharing('no'));
  time.pass(2 * day);
  assert.deepEqual(await E(custodian).deal(next), refused('closed'));
});

test('it gives no share into a key that is not the one it keeps, or by worse terms at once', async () => {
  const foreign = { ...key, groupKey: pair().publicKey };
  const from = { version: 1n, key: foreign, members: first.members };
  assert.deepEqual(await announced(second(first.members, { from })), refused('conflict'));
  const { from: _, ...alone } = second(first.members, { version: 3n });
  assert.deepEqual(await announced(alone), refused('conflict'));
  const sooner = second(first.members, { version: 4n, terms: { waiting: 0n, hastened: 0n } });
  assert.deepEqual(await announced(sooner), refused('notYet'));
  const two = second(first.members, { version: 5n, threshold: 2n });
  assert.deepEqual(await announced(two), refused('invalid'));
});

test('of one making it confirms one set of dealings, with its own among them, and keeps the old share until others did', async () => {
  const fresh = await makeCustody(node, 'Fresh', testSecret(78));
  const newcomer = await E(fresh).custodian();
  const newKey = custodyPair(testSecret(78)).publicKey;
  const board = makeHostileVault(pair());
  const with_ = puppets(4);
  const keys = [...with_.map(({ publicKey }) => publicKey), newKey];
  const making = { ...first, vault: board.vault, members: membersOf(keys) };
  board.announce(making);
  ok(await board.tell(newcomer));
  const run = runOf(making);
  const dealings = with_.map(({ secretKey }, at) =>
    dkg.deal(run, BigInt(at + 1), { secretKey }, random()),
  );
  const { dealing } = ok(await E(newcomer).deal(making));
  ok(await E(newcomer).check(making, [...dealings, dealing]));
  assert.deepEqual(await E(newcomer).confirm(1n, [1n, 2n, 3n]), refused('conflict'));
  const { confirmation } = ok(await E(newcomer).confirm(1n, [1n, 2n, 3n, 4n, 5n]));
  assert.deepEqual(await E(newcomer).confirm(1n, [1n, 2n, 3n, 5n]), refused('conflict'));
  const confirmations = [{ index: 5n, confirmation }];
  assert.deepEqual(await E(newcomer).activate(1n, confirmations, []), refused('invalid'));
  assert.equal((await E(fresh).view()).phase, 'empty');
});

test('what it is asked again it answers the same, so a copy restored from before tells nothing new', async () => {
  const making = second();
  const dealt = ok(await announced(making));
  assert.deepEqual(await E(custodian).deal(making), dealt);
});
