/** What a holder, a relay and an operator who is not honest can try (SPEC 7.2). */
import type { Holder, World } from './fixture.ts';
import {
  bytes64,
  codeOf,
  makeWorld,
  market,
  next,
  ok,
  pack,
  restart,
  turn,
  withdraw,
} from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { BlindPayment, Issued, MintKeys, Token } from '@pocas/clearing/blind';
import type { Payment } from '@pocas/clearing/purse';
import {
  askFor,
  chooseTokens,
  deposit,
  finish,
  learn,
  pay,
  shownTokens,
  splitValue,
  swap,
} from '@pocas/clearing/purse';
import { hmac, poprf, sha256 } from '@pocas/vat-runtime';

const denominations = [1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n, 256n];

const paymentFor = ({ purse, key }: Holder, price: bigint, about = 'soup'): Payment =>
  ok(pay(purse, key, price, about, denominations));

/** With the token of 16 alone, so that there is change. */
const withChangeFor = (holder: Holder, price: bigint): Payment => {
  const tokens = holder.purse.tokens.filter(({ denom }) => denom === 16n);
  return paymentFor({ ...holder, purse: { ...holder.purse, tokens } }, price);
};

const hold = async (
  { mint }: World,
  payment: BlindPayment,
  value: bigint,
  to: Holder,
  requestId: string,
): Promise<string> => codeOf(await E(mint).hold(payment, value, to.payee, {}, requestId));

const start = async (): Promise<{ world: World; ana: Holder; beto: Holder }> => {
  const world = await makeWorld();
  const [ana, beto] = [await world.holder('ana'), await world.holder('beto')];
  await withdraw(world, ana);
  return { world, ana, beto };
};

test('a token is spent once: at the same time, in one list, after a restart, for another purpose', async () => {
  const { ana, beto, ...rest } = await start();
  let { world } = rest;
  // The same tokens for two things, as a wallet that went back to an old copy would.
  const soup = paymentFor(ana, 16n, 'soup');
  const rival = swap(ana.purse, ana.key, soup.act.tokens);
  const [tokens] = [soup.act.tokens];
  const twice = shownTokens(ana.purse, ana.key, [...tokens, ...tokens], {
    purpose: 'hold',
    requestId: 'twice',
    context: 'soup',
    change: [],
  });
  assert.equal(
    await hold(world, { tokens: twice, context: 'soup', change: [] }, 32n, beto, 'twice'),
    'claimed',
  );
  const codes = await Promise.all([
    hold(world, soup.payment, 16n, beto, soup.requestId),
    // Its request has another name, so that it is no repetition.
    E(world.mint)
      .swap(asSwap(ana, rival, 'another name'), 'another name')
      .then(codeOf),
  ]);
  assert.deepEqual(codes, ['ok', 'claimed']);
  world = await restart(world);
  assert.equal(
    await E(world.mint)
      .swap(asSwap(ana, rival, 'a third'), 'a third')
      .then(codeOf),
    'claimed',
  );
  await world.check();
  await world.stop();
});

/** The same swap under another name of its request. */
const asSwap = ({ purse, key }: Holder, { act, payment }: Payment, requestId: string) => ({
  ...payment,
  tokens: shownTokens(purse, key, act.tokens, {
    purpose: 'swap',
    requestId,
    context: '',
    change: payment.change,
  }),
});

test('whoever carries a payment can use it for nothing else', async () => {
  const { world, ana, beto } = await start();
  const eve = await world.holder('eve');
  const { payment, requestId } = withChangeFor(ana, 13n);
  assert.equal(payment.change.length, 2);
  const [mine] = askFor(eve.purse, eve.key, 'till', 'credit', [1n, 2n]).batches;
  const changed = payment.change.map((one) =>
    one.denom === 1n ? { ...one, blinded: mine!.blinded } : one,
  );
  const attempts: readonly [BlindPayment, bigint, string, string][] = [
    [{ ...payment, context: 'caviar' }, 13n, requestId, 'other goods'],
    [payment, 13n, next(), 'another request'],
    [{ ...payment, change: changed }, 13n, requestId, 'the change to another'],
    [{ ...payment, change: [] }, 16n, requestId, 'no change'],
  ];
  for (const [altered, value, id, what] of attempts)
    assert.equal(await hold(world, altered, value, beto, id), 'invalid', what);
  const { batches: own } = askFor(eve.purse, eve.key, 'till', 'credit', [16n]);
  const mineNow = { ...payment, context: '', change: own };
  assert.equal(codeOf(await E(world.mint).swap(mineNow, requestId)), 'invalid');
  const number = await E(eve.payee).number();
  const stolen = { ...payment, context: `${number}`, change: [] };
  assert.equal(codeOf(await E(world.mint).deposit(stolen, eve.payee, requestId)), 'invalid');
  // What is on its way to Ana's own account pays nobody else either.
  const home = deposit(ana.purse, ana.key, ana.purse.tokens, await E(ana.payee).number());
  assert.equal(await hold(world, home.payment, 32n, eve, home.requestId), 'invalid');
  // Nothing was used up by all of that.
  assert.equal(await hold(world, payment, 13n, beto, requestId), 'ok');
  await world.check();
  await world.stop();
});

test('one token of a payment cannot be taken out and used by itself', async () => {
  const { world, ana, beto } = await start();
  const { payment, requestId } = paymentFor(ana, 12n);
  assert.deepEqual(
    payment.tokens.map(({ denom }) => denom),
    [8n, 4n],
  );
  const alone = { ...payment, tokens: payment.tokens.slice(0, 1) };
  assert.equal(await hold(world, alone, 8n, beto, requestId), 'invalid');
  await world.stop();
});

test('a token cannot be shown as a larger one, as one of another epoch, or as another kind', async () => {
  const { world, ana, beto } = await start();
  await turn(world, 2n, ana);
  await withdraw(world, ana);
  const small = ana.purse.tokens.find(({ denom, epoch }) => denom === 4n && epoch === 1n)!;
  const show = (token: typeof small, requestId: string): readonly Token[] =>
    shownTokens(ana.purse, ana.key, [token], {
      purpose: 'hold',
      requestId,
      context: 'soup',
      change: [],
    });
  const tryAs = (token: typeof small, value: bigint) => {
    const requestId = next();
    return hold(
      world,
      { tokens: show(token, requestId), context: 'soup', change: [] },
      value,
      beto,
      requestId,
    );
  };
  assert.equal(await tryAs({ ...small, denom: 16n }, 16n), 'invalid');
  assert.equal(await tryAs({ ...small, denom: 3n }, 3n), 'invalid');
  assert.equal(await tryAs({ ...small, epoch: 2n }, 4n), 'invalid');
  assert.equal(await tryAs({ ...small, epoch: 7n }, 4n), 'invalid', 'an epoch to come');
  assert.equal(await tryAs({ ...small, epoch: 0n }, 4n), 'invalid', 'an epoch without a key');
  const thanks = askFor(ana.purse, ana.key, 'account', 'appreciation', [1n]);
  const granted = ok(
    await E(world.mint).grant('appreciation', thanks.batches[0]!.blinded, thanks.requestId),
  );
  const purse = ok(finish(thanks.purse, ana.key, thanks.act, granted)).purse;
  const [token] = purse.tokens.filter(({ kind }) => kind === 'appreciation');
  assert.equal(await tryAs(token!, 1n), 'invalid', 'thanks are not money');
  await world.check();
  await world.stop();
});

test('change is not worth more, and is fresh, well-formed and not too much', async () => {
  const { world, ana, beto } = await start();
  const withChange = async (
    denoms: readonly bigint[],
    value: bigint,
    edit = (all: BlindPayment['change']) => all,
  ) => {
    const { batches, requestId } = askFor(ana.purse, ana.key, 'till', 'credit', denoms);
    const change = edit(batches);
    const tokens = shownTokens(
      ana.purse,
      ana.key,
      ana.purse.tokens.filter(({ denom }) => denom === 16n).slice(0, 1),
      { purpose: 'hold', requestId, context: 'soup', change },
    );
    return hold(world, { tokens, context: 'soup', change }, value, beto, requestId);
  };
  assert.equal(await withChange([4n], 13n), 'insufficient');
  assert.equal(await withChange([16n, 16n], 1n), 'insufficient');
  assert.equal(await withChange([3n], 13n), 'invalid', 'no denomination');
  const [element] = askFor(ana.purse, ana.key, 'till', 'credit', [1n]).batches[0]!.blinded;
  const evil: readonly [string, (all: BlindPayment['change']) => BlindPayment['change']][] = [
    ['the same element twice', () => [{ denom: 1n, blinded: [element!, element!] }]],
    [
      'one denomination in two batches',
      ([one]) => [
        { denom: 1n, blinded: [one!.blinded[0]!] },
        { denom: 1n, blinded: [one!.blinded[1]!] },
      ],
    ],
    ['no element', () => [{ denom: 1n, blinded: ['', 'A'] }]],
    ['the identity', () => [{ denom: 1n, blinded: ['A'.repeat(43), element!] }]],
    ['no canonical text', () => [{ denom: 1n, blinded: [`${element!.slice(0, 42)}B`, element!] }]],
    ['no point of the group', () => [{ denom: 1n, blinded: [`${'_'.repeat(42)}8`, element!] }]],
  ];
  for (const [what, edit] of evil)
    assert.equal(await withChange([1n, 1n], 14n, edit), 'invalid', what);
  // Elements of a withdrawal, as a wallet restored from an old copy would send them again.
  const old = await E(world.mint).again([element!]);
  assert.deepEqual(old, []);
  const used = (await withdraw(world, ana)).batches[0]!.blinded;
  assert.equal(
    await withChange([1n, 1n], 14n, () => [{ denom: 1n, blinded: used }]),
    'invalid',
    'used',
  );
  await world.check();
  await world.stop();
});

test('lists that are too long and texts that are none are refused before anything is computed', async () => {
  const { world, ana, beto } = await start();
  const { payment } = paymentFor(ana, 16n);
  const [token] = payment.tokens;
  const many = Array.from({ length: 65 }, () => token!);
  await assert.rejects(hold(world, { ...payment, tokens: many }, 16n, beto, next()), /Cannot call/);
  await assert.rejects(E(world.mint).again(Array.from({ length: 65 }, () => 'A')), /Cannot call/);
  await assert.rejects(
    hold(world, { ...payment, context: 'x'.repeat(2_001) }, 16n, beto, next()),
    /Cannot call/,
  );
  const small = askFor(
    ana.purse,
    ana.key,
    'account',
    'credit',
    Array.from({ length: 64 }, () => 1n),
  );
  const all = [
    ...small.batches,
    {
      denom: 2n,
      blinded: [askFor(small.purse, ana.key, 'till', 'credit', [2n]).batches[0]!.blinded[0]!],
    },
  ];
  assert.equal(codeOf(await E(world.mint).withdraw(ana.account, all, next())), 'invalid');
  for (const broken of [
    { seed: '' },
    { seed: `${token!.seed.slice(0, 42)}B` },
    { seed: 'Ω'.repeat(20) },
    { mac: '' },
    { mac: `${token!.mac.slice(0, 85)}B` },
    { mac: bytes64('forged') },
  ]) {
    const tokens = [{ ...token!, ...broken }];
    assert.equal(await hold(world, { ...payment, tokens }, 16n, beto, next()), 'invalid');
  }
  assert.equal(await hold(world, { ...payment, tokens: [] }, 0n, beto, next()), 'invalid');
  await world.check();
  await world.stop();
});

test('the same seed in another spelling is no second token', async () => {
  const { world, ana, beto } = await start();
  const { payment, requestId } = paymentFor(ana, 16n);
  assert.equal(await hold(world, payment, 16n, beto, requestId), 'ok');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const [token] = payment.tokens;
  const last = alphabet.indexOf(token!.seed[42]!);
  const spelled = { ...token!, seed: token!.seed.slice(0, 42) + alphabet[last + 1]! };
  assert.equal(await hold(world, { ...payment, tokens: [spelled] }, 16n, beto, next()), 'invalid');
  await world.stop();
});

// ---- an operator who is not honest ----

const forged = (seed: string): { secretKey: string; publicKey: string } =>
  poprf.keyPair(sha256(seed), 'forged');

test('a member who is shown another key than others finds it, and believes no token made with it', async () => {
  const world = await makeWorld();
  const [ana, beto] = [await world.holder('ana'), await world.holder('beto')];
  const honest = await E(world.mint).keys();
  const tag = forged('for ana alone');
  const tagged: MintKeys = { ...honest, keys: [{ epoch: 1n, publicKey: tag.publicKey }] };
  // What the market says to Ana is not what the journal head says, which others have too.
  assert.equal(codeOf(learn(ana.purse, tagged)), 'conflict');
  assert.equal(codeOf(learn(beto.purse, honest)), 'ok');
  assert.equal(codeOf(learn(ana.purse, { ...honest, market: sha256('another') })), 'conflict');

  // It evaluates with that key all the same, and proves it well.
  const { purse, act, batches } = askFor(ana.purse, ana.key, 'account', 'credit', [1n, 1n]);
  const info = `${market}|credit|1|1`;
  const evaluation = poprf.evaluate(tag.secretKey, info, batches[0]!.blinded, bytes64('nonce'));
  const issued = [{ denom: 1n, evaluation }];
  assert.equal(codeOf(finish(purse, ana.key, act, { epoch: 1n, issued })), 'invalid');
  // Or it says that they are of an epoch that nobody knows.
  assert.equal(codeOf(finish(purse, ana.key, act, { epoch: 5n, issued })), 'conflict');
  await world.stop();
});

test('no evaluation is believed whose proof does not hold for just these elements', async () => {
  const world = await makeWorld();
  const ana = await world.holder('ana');
  const { purse, act, batches, requestId } = askFor(ana.purse, ana.key, 'account', 'credit', pack);
  const { issued } = ok(await E(world.mint).withdraw(ana.account, batches, requestId));
  const refused = (edited: Issued['issued'], what: string) =>
    assert.equal(
      codeOf(finish(purse, ana.key, act, { epoch: 1n, issued: edited })),
      'invalid',
      what,
    );
  const [ones, ...others] = issued;
  const [a, b] = ones!.evaluation.evaluated;
  const { proof } = ones!.evaluation;
  refused(others, 'one batch is missing');
  refused([...others, ones!], 'in another order');
  refused([{ ...ones!, evaluation: { evaluated: [b!, a!], proof } }, ...others], 'swapped');
  refused([{ ...ones!, evaluation: { evaluated: [a!], proof } }, ...others], 'one is missing');
  refused(
    [
      { ...ones!, evaluation: { evaluated: [a!, b!], proof: others[0]!.evaluation.proof } },
      ...others,
    ],
    'the proof of another batch',
  );
  refused([{ ...ones!, evaluation: { evaluated: [a!, b!], proof: '' } }, ...others], 'no proof');
  ok(finish(purse, ana.key, act, { epoch: 1n, issued }));
  await world.stop();
});

test('an appreciation is good in its epoch only, once, and for what its mac says', async () => {
  const world = await makeWorld();
  const ana = await world.holder('ana');
  const thanks = askFor(ana.purse, ana.key, 'account', 'appreciation', [1n, 1n]);
  const granted = ok(
    await E(world.mint).grant('appreciation', thanks.batches[0]!.blinded, thanks.requestId),
  );
  const purse = ok(finish(thanks.purse, ana.key, thanks.act, granted)).purse;
  const [one, two] = purse.tokens.map((token) =>
    shownTokens(purse, ana.key, [token], {
      purpose: 'appreciation',
      requestId: '',
      context: 'order 7',
      change: [],
    }),
  );
  const spend = async (tokens: readonly Token[], context = 'order 7') =>
    codeOf(await E(world.mint).spend('appreciation', tokens, context));
  assert.equal(await spend(one!, 'order 8'), 'invalid');
  assert.equal(await spend(one!), 'ok');
  assert.equal(await spend(one!), 'claimed');
  await turn(world, 2n, ana);
  assert.equal(await spend(two!), 'expired');
  await world.stop();
});

// ---- the arithmetic of purses ----

/** The least that some of these are worth together and that is no less than the price. */
const leastOf = (denoms: readonly bigint[], price: bigint): bigint | undefined => {
  let sums = new Set([0n]);
  for (const denom of denoms) sums = new Set([...sums].flatMap((sum) => [sum, sum + denom]));
  return [...sums].filter((sum) => sum >= price).sort((a, b) => (a < b ? -1 : 1))[0];
};

test('tokens that are chosen are worth the price, or as little more as can be', () => {
  const held = fc.array(fc.constantFrom(...denominations), { maxLength: 12 });
  fc.assert(
    fc.property(held, fc.bigInt({ min: 1n, max: 600n }), (denoms, price) => {
      const tokens = denoms.map((denom, index) => ({
        kind: 'credit' as const,
        denom,
        epoch: BigInt(index % 3),
        origin: { series: 'till' as const, act: 0n, index: BigInt(index) },
        output: '',
      }));
      const total = denoms.reduce((sum, one) => sum + one, 0n);
      const chosen = chooseTokens(tokens, price);
      if (total < price) return chosen === undefined;
      const worth = chosen!.reduce((sum, { denom }) => sum + denom, 0n);
      const change = splitValue(worth - price, denominations)!;
      return (
        new Set(chosen).size === chosen!.length &&
        worth === leastOf(denoms, price) &&
        chosen!.every(({ denom }) => worth - denom < price) &&
        change.reduce((sum, one) => sum + one, 0n) === worth - price
      );
    }),
    { numRuns: 500 },
  );
});

test('a mac says nothing of the token’s output to who reads it', () => {
  // The context of two uses differs, so the macs do, though the output is the same.
  assert.notEqual(hmac('AAAA', 'one use'), hmac('AAAA', 'another'));
});
