import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Remotable, makeMarshal } from '@endo/marshal';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { defaultLimits } from '#src/switchboard/limits.js';
import {
  type CapData,
  type Message,
  WireViolation,
  checkMessage,
  errorData,
  isCapability,
  isWithin,
} from '#src/switchboard/wire.js';
import { cases } from './cases.ts';
import {
  type Mutation,
  alter,
  alterationArb,
  deepTextArb,
  jsonArb,
  jsonTextArb,
  mutate,
  mutationsArb,
  plainRecord,
  textArb,
} from './hostile-json.ts';

const numberArb = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 10 ** 15 - 1 }),
);
const signArb = fc.constantFrom('+', '-');
const slotArb = fc.oneof(
  fc.tuple(fc.constantFrom('o', 'p'), signArb, numberArb).map((parts) => parts.join('')),
  fc
    .tuple(signArb, fc.stringMatching(/^[A-Za-z0-9.]{1,80}$/))
    .map(([sign, name]) => `o${sign}d${name}`),
);
const questionArb = fc.tuple(signArb, numberArb).map(([sign, number]) => `q${sign}${number}`);
const dataArb: fc.Arbitrary<CapData> = plainRecord({
  body: fc.string({ unit: 'binary', maxLength: 60 }),
  slots: fc.array(slotArb, { maxLength: 5 }),
});

const messageArb: fc.Arbitrary<Message> = fc.oneof(
  plainRecord({
    type: fc.constant('CTP_BOOTSTRAP' as const),
    epoch: fc.constant(0 as const),
    questionID: questionArb,
  }),
  plainRecord({
    type: fc.constant('CTP_CALL' as const),
    epoch: fc.constant(0 as const),
    questionID: questionArb,
    target: fc.oneof(slotArb, questionArb),
    method: dataArb,
  }),
  fc
    .tuple(questionArb, dataArb, fc.constantFrom('result', 'exception'))
    .map(
      ([answerID, data, name]) =>
        ({ type: 'CTP_RETURN', epoch: 0, answerID, [name]: data }) as unknown as Message,
    ),
  fc
    .tuple(slotArb, dataArb, fc.constantFrom('res', 'rej'))
    .map(
      ([promiseID, data, name]) =>
        ({ type: 'CTP_RESOLVE', epoch: 0, promiseID, [name]: data }) as unknown as Message,
    ),
  plainRecord({
    type: fc.constant('CTP_DROP' as const),
    epoch: fc.constant(0 as const),
    slotID: fc.oneof(slotArb, questionArb),
    decRefs: fc.maxSafeNat(),
  }),
  plainRecord({
    type: fc.constant('CTP_DISCONNECT' as const),
    epoch: fc.constant(0 as const),
    reason: fc.string({ unit: 'binary', maxLength: 200 }),
  }),
);

/** Every key that a message of any kind may have, at any depth. */
const known = new Set([
  ...['type', 'epoch', 'questionID', 'target', 'method', 'answerID', 'result', 'exception'],
  ...['promiseID', 'res', 'rej', 'slotID', 'decRefs', 'reason', 'body', 'slots'],
]);
const assertClean = (value: unknown): void => {
  if (Array.isArray(value)) {
    // No holes: what counts a hole as a slot would find nothing in it.
    for (const element of value) assert.equal(typeof element, 'string');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  for (const [key, inner] of Object.entries(value)) {
    assert.ok(known.has(key), key);
    assertClean(inner);
  }
};

const checkOrRefuse = (alleged: unknown): Message | undefined => {
  try {
    return checkMessage(alleged, defaultLimits);
  } catch (error) {
    assert.ok(error instanceof WireViolation, String((error as Error).stack));
    assert.match(error.message, /^Cannot accept message: [a-z ]+$/);
    return undefined;
  }
};

test('every message that is one is taken as it is', () => {
  fc.assert(
    fc.property(messageArb, (message) => {
      // Text that is nested deeply only looks like a body, and is refused as one.
      assert.deepEqual(checkMessage(message, { ...defaultLimits, maxDepth: 1e6 }), message);
    }),
    fuzz(1000),
  );
});

test('whatever a message is altered to, it is refused in fixed words or taken clean', () => {
  fc.assert(
    fc.property(messageArb, mutationsArb, (message, mutations) => {
      const checked = checkOrRefuse(mutate(message, mutations));
      if (checked === undefined) return;
      assertClean(checked);
      assert.deepEqual(checkMessage(checked, defaultLimits), checked);
    }),
    // The cast holds: they are messages.
    fuzz(3000, cases.alteredMessages as unknown as [Message, Mutation[]][]),
  );
});

test('any JSON at all is refused in fixed words or taken clean', () => {
  fc.assert(
    fc.property(jsonArb, (alleged) => assertClean(checkOrRefuse(alleged))),
    fuzz(1000),
  );
});

// ---- bodies ----

const presence = Remotable('Alleged: It');
const marshal = makeMarshal<string>(undefined, () => presence, {
  serializeBodyFormat: 'capdata',
  errorTagging: 'off',
});

/** Texts that look more or less like one reference. */
const capabilityTextArb = fc
  .tuple(
    fc.constantFrom('{"@qclass":"slot"', ' {"@qclass":"slot"', '{"@qclass":"slot" ', '#"$0"', ''),
    fc.array(
      fc.oneof(
        fc.constantFrom(
          ...[',"index":0', ',"index":1', ',"index":-0', ',"index":0.0', ',"index":"0"'],
          ...[
            ',"@qclass":"undefined"',
            ',"@qclass":"slot"',
            ',"iface":"Alleged: It"',
            ',"iface":7',
          ],
          ...[',"__proto__":{"index":0}', ',"inde\\u0078":0', ',"@qclass":"hilbert"'],
        ),
        jsonTextArb.map((text) => `,"original":${text}`),
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom('}', '} ', '', ']', '}x'),
  )
  .map(([begin, parts, end]) => `${begin}${parts.join('')}${end}`);

test('what counts as one reference is read as that reference, or not at all', () => {
  fc.assert(
    fc.property(fc.oneof(capabilityTextArb, textArb), (body) => {
      if (!isCapability(body)) return;
      let value: unknown;
      try {
        value = marshal.fromCapData({ body, slots: ['o+1'] });
      } catch {
        // The receiver answers that it cannot read it.
        return;
      }
      assert.equal(value, presence);
    }),
    fuzz(2000),
  );
});

test('errors of ours are read as what they say, whatever that is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const error = marshal.fromCapData({ ...errorData(text), slots: [] }) as Error;
      assert.ok(error instanceof Error);
      assert.equal(error.message, text);
    }),
    fuzz(300),
  );
});

test('a body within the limits can be parsed without an end of the stack, or is no JSON', () => {
  fc.assert(
    fc.property(fc.oneof(jsonTextArb, deepTextArb), (body) => {
      if (!isWithin({ body, slots: [] }, defaultLimits)) return;
      const depth = (value: unknown): number =>
        typeof value === 'object' && value !== null
          ? 1 + Math.max(0, ...Object.values(value).map(depth))
          : 0;
      assert.ok(depth(JSON.parse(body)) <= defaultLimits.maxDepth);
    }),
    fuzz(1000),
  );
});

test('what is refused without parsing is in no body that passes: symbols and long numbers', () => {
  const hidingArb = fc.oneof(
    jsonTextArb,
    fc.constantFrom(
      ...[
        '{"@qclass":"symbol","name":"x"}',
        '{"@qclass" : "symbol"}',
        '{"@qclas\\u0073":"symbol"}',
      ],
      ...[
        '{"a":{"__proto__" :1}}',
        '{"\\u005f_proto__":1}',
        '{"\\u005F_proto__":1}',
        '#"%x"',
        '#["\\u0025x"]',
      ],
      ...[
        '{"@qclass":"sym\\u0062ol"}',
        '["\\\\","%x"]',
        '#["\\"","%x"]',
        '"\\/"',
        '{"@qclass"\n:\t"symbol"}',
      ],
      ...['1', '0x', '-'].map(
        (begin) => `{"@qclass":"bigint","digits":"${begin}${'1'.repeat(300)}"}`,
      ),
      ...['{"@qclass":"bigint","digits":"0b11"}', '['.repeat(9)],
    ),
  );
  const limits = { ...defaultLimits, maxDigits: 50 };
  fc.assert(
    fc.property(fc.array(hidingArb, { maxLength: 3 }), alterationArb, (parts, alteration) => {
      const whole = `[${parts.join()}]`;
      for (const body of [
        whole,
        `#${whole}`,
        alter(whole, alteration),
        alter(`#${whole}`, alteration),
      ]) {
        if (!isWithin({ body, slots: [] }, limits)) continue;
        const isSmallcaps = body[0] === '#';
        let parsed: unknown;
        try {
          parsed = JSON.parse(isSmallcaps ? body.slice(1) : body, (_key, value: unknown) => {
            if (typeof value === 'string') {
              assert.ok(!/[0-9]{51}/.test(value), body);
              if (isSmallcaps) assert.notEqual(value[0], '%', body);
            }
            return value;
          });
        } catch (error) {
          if (error instanceof SyntaxError) continue;
          throw error;
        }
        const waiting = [parsed];
        while (waiting.length > 0) {
          const value = waiting.pop();
          if (typeof value !== 'object' || value === null) continue;
          if (!isSmallcaps)
            assert.notEqual((value as Record<string, unknown>)['@qclass'], 'symbol', body);
          waiting.push(...Object.values(value));
        }
      }
    }),
    fuzz(1500),
  );
});
