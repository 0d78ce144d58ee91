import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { type GiftMessage, giftRules, partsOfGift } from '#src/switchboard/gifts.js';
import { defaultLimits } from '#src/switchboard/limits.js';
import { type Message, WireViolation, checkMessage } from '#src/switchboard/wire.js';
import { jsonArb, mutate, mutationsArb, plainRecord } from './hostile-json.ts';

const idArb = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/);
const designatorArb = fc.stringMatching(/^[a-z2-7]{52}$/);
const ownArb = fc.oneof(fc.constantFrom('o+1', 'o+77'), fc.stringMatching(/^o\+d[a-z.]{1,20}$/));
const importArb = fc.constantFrom('o-1', 'o-d12', 'o-dgreeter');
const numberArb = fc.nat();
const whereArb = plainRecord({
  designator: designatorArb,
  locations: fc.array(fc.webUrl(), { maxLength: 8 }),
  signedAt: fc.nat(),
  signature: idArb,
});

const giftMessageArb: fc.Arbitrary<GiftMessage> = fc.oneof(
  plainRecord({
    type: fc.constant('GIFT_DEPOSIT' as const),
    id: idArb,
    receiver: designatorArb,
    slot: importArb,
  }),
  plainRecord({
    type: fc.constant('GIFT_WITHDRAW' as const),
    number: numberArb,
    giver: designatorArb,
    id: idArb,
  }),
  plainRecord({ type: fc.constant('GIFT_ANSWER' as const), number: numberArb, slot: ownArb }),
  plainRecord({ type: fc.constant('GIFT_ANSWER' as const), number: numberArb }),
  plainRecord({
    type: fc.constant('GIFT_AGAIN' as const),
    number: numberArb,
    slot: importArb,
    id: idArb,
  }),
  plainRecord({ type: fc.constant('GIFT_TAKEN' as const), slot: importArb, times: numberArb }),
  plainRecord({ type: fc.constant('GIFT_DONE' as const), slot: fc.oneof(importArb, ownArb) }),
);

const giftsArb = (count: number) =>
  fc.array(
    fc.oneof(
      plainRecord({ at: fc.nat({ max: count - 1 }), id: idArb, exporter: designatorArb }),
      plainRecord({
        at: fc.nat({ max: count - 1 }),
        id: idArb,
        exporter: designatorArb,
        where: whereArb,
      }),
    ),
    { minLength: 1, maxLength: 4 },
  );

const withGiftsArb: fc.Arbitrary<Message> = fc
  .array(ownArb, { minLength: 1, maxLength: 5 })
  .chain((slots) =>
    fc
      .tuple(giftsArb(slots.length), fc.constantFrom('call', 'return', 'resolve'))
      .map(([gifts, kind]) => {
        const data = { body: '[]', slots };
        if (kind === 'call') {
          const ids = { questionID: 'q+1', target: 'o-1' };
          return { type: 'CTP_CALL', epoch: 0, ...ids, method: data, gifts } as Message;
        }
        if (kind === 'return') {
          return { type: 'CTP_RETURN', epoch: 0, answerID: 'q+1', result: data, gifts } as Message;
        }
        return { type: 'CTP_RESOLVE', epoch: 0, promiseID: 'p-1', res: data, gifts } as Message;
      }),
  );
const messageArb = fc.oneof(giftMessageArb, withGiftsArb);

const check = (alleged: unknown, from: 'node' | 'party'): Message | undefined => {
  try {
    return from === 'node'
      ? checkMessage(alleged, defaultLimits, giftRules)
      : checkMessage(alleged, defaultLimits);
  } catch (error) {
    assert.ok(error instanceof WireViolation, String((error as Error).stack));
    assert.match(error.message, /^Cannot accept message: [a-z ]+$/);
    return undefined;
  }
};

test('what nodes say of gifts is taken as it is, and from nobody else', () => {
  fc.assert(
    fc.property(messageArb, (message) => {
      assert.deepEqual(check(message, 'node'), message);
      assert.equal(check(message, 'party'), undefined);
    }),
    fuzz(1000),
  );
});

test('whatever it is altered to, it is refused in fixed words or taken clean', () => {
  fc.assert(
    fc.property(messageArb, mutationsArb, (message, mutations) => {
      const checked = check(mutate(message, mutations), 'node');
      if (checked !== undefined) assert.deepEqual(check(checked, 'node'), checked);
    }),
    fuzz(3000),
  );
});

test('any JSON at all in place of gifts is refused, or is gifts', () => {
  fc.assert(
    fc.property(jsonArb, (gifts) => {
      const message = {
        ...{ type: 'CTP_CALL', epoch: 0, questionID: 'q+1', target: 'o-1' },
        method: { body: '[]', slots: ['o+1'] },
      };
      const checked = check({ ...message, gifts }, 'node');
      if (checked !== undefined) assert.deepEqual(checked, { ...message, gifts });
    }),
    fuzz(1000),
  );
});

test('a gift names an object of the sender’s own, and there are few of them', () => {
  const gift = { at: 0, id: 'g'.repeat(22), exporter: 'a'.repeat(52) };
  const message = (slots: readonly string[], gifts: readonly unknown[]) => ({
    ...{ type: 'CTP_CALL', epoch: 0, questionID: 'q+1', target: 'o-1' },
    method: { body: '[]', slots },
    gifts,
  });
  const { maxGiftsPerMessage } = defaultLimits;
  assert.ok(check(message(['o+1'], [gift]), 'node'));
  assert.ok(check(message(['o+1'], Array(maxGiftsPerMessage).fill(gift)), 'node'));
  for (const refused of [
    message(['o-1'], [gift]),
    message(['p+1'], [gift]),
    message([], [gift]),
    message(['o+1'], [{ ...gift, at: 1 }]),
    message(['o+1'], [{ ...gift, at: -1 }]),
    message(['o+1'], [{ ...gift, at: 0.5 }]),
    message(['o+1'], [{ ...gift, more: 1 }]),
    message(['o+1'], []),
    message(['o+1'], Array(maxGiftsPerMessage + 1).fill(gift)),
  ]) {
    assert.equal(check(refused, 'node'), undefined, JSON.stringify(refused));
  }
});

test('no gift has more parts in JSON than links reckon with', () => {
  fc.assert(
    fc.property(giftsArb(1), ([gift]) => {
      const text = JSON.stringify(gift).replaceAll(/"[^"]*"/g, '');
      const parts = text.replaceAll(/[^,[{]/g, '').length;
      assert.ok(parts + 1 <= partsOfGift, String(parts));
    }),
    fuzz(300),
  );
});
