import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { fromBase32, fromBase64Url, toBase32, toBase64Url } from '#src/locator/base-encoding.js';
import { type Grant, makeGrant, redeem } from '#src/locator/grants.js';
import { isDesignator, isDesignatorText, verifyIdentity } from '#src/locator/identity.js';
import {
  type SturdyRef,
  type SwissNumber,
  formatNodeLocator,
  formatSturdyRef,
  parseNodeLocator,
  parseSturdyRef,
} from '#src/locator/sturdy-ref.js';
import { cases } from './cases.ts';
import {
  type Mutation,
  alter,
  alterationArb,
  jsonArb,
  mutate,
  mutationsArb,
  plainRecord,
  textArb,
} from './hostile-json.ts';

const bytesArb = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nameArb = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/);
const sturdyRefArb: fc.Arbitrary<SturdyRef> = plainRecord({
  designator: bytesArb.map(toBase32),
  transport: nameArb,
  // The cast holds: such bytes are what a swiss number is made of.
  swiss: bytesArb.map((bytes) => toBase64Url(bytes) as SwissNumber),
  hints: fc.dictionary(nameArb, fc.string({ unit: 'grapheme', maxLength: 20 }), {
    maxKeys: 8,
    noNullPrototype: true,
  }),
});

for (const [name, encode, decode, alphabet] of [
  ['base32', toBase32, fromBase32, 'abcdefghijklmnopqrstuvwxyz234567'],
  ['base64url', toBase64Url, fromBase64Url, `${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'}-_09az`],
] as const) {
  test(`${name}: bytes are read back, and no text is read that is not written so`, () => {
    const nearlyArb = fc.string({
      unit: fc.constantFrom(...alphabet, 'A', '=', '1', 'ñ', '\ud800'),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), nearlyArb, (bytes, text) => {
        assert.deepEqual(decode(encode(bytes), bytes.length), bytes);
        for (let length = 0; length <= text.length; length += 1) {
          const read = decode(text, length);
          if (read !== undefined) assert.equal(encode(read), text);
        }
      }),
      fuzz(500),
    );
  });
}

test('keys and signatures of any form are answered by yes or no', () => {
  fc.assert(
    fc.property(
      fc.oneof(textArb, bytesArb.map(toBase32)),
      fc.uint8Array({ minLength: 60, maxLength: 66 }),
      (designator, signature) => {
        if (isDesignator(designator)) assert.ok(isDesignatorText(designator));
        assert.equal(verifyIdentity(designator, new Uint8Array(3), signature), false);
      },
    ),
    fuzz(150),
  );
});

test('a locator is read back as it was written, in any case of its host', () => {
  fc.assert(
    fc.property(sturdyRefArb, fc.boolean(), (sturdyRef, isShouted) => {
      const { swiss: _swiss, ...node } = sturdyRef;
      const written = formatSturdyRef(sturdyRef);
      const [host = '', ...rest] = written.split('/s/');
      assert.deepEqual(
        parseSturdyRef(isShouted ? [host.toUpperCase(), ...rest].join('/s/') : written),
        sturdyRef,
      );
      assert.deepEqual(parseNodeLocator(formatNodeLocator(node)), node);
    }),
    fuzz(300),
  );
});

const words = /^Cannot read (?:sturdy ref|node locator): (?:it|the|a|too)[a-z ]+$/;

test('a text that is no locator is refused in words that repeat nothing of it', () => {
  const alteredArb = fc
    .tuple(sturdyRefArb.map(formatSturdyRef), alterationArb)
    .map(([text, alteration]) => alter(text, alteration));
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: alteredArb }, textArb), (text) => {
      for (const [parse, format] of [
        [parseSturdyRef, formatSturdyRef],
        [parseNodeLocator, formatNodeLocator],
      ] as const) {
        let read;
        try {
          read = parse(text);
        } catch (error) {
          assert.match((error as Error).message, words);
          continue;
        }
        // What was read means the same when it is written.
        assert.deepEqual(parse(format(read as SturdyRef)), read);
      }
    }),
    fuzz(2000),
  );
});

// ---- grants ----

const targetArb = fc.tuple(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }));

test('a grant is used as often as it says', () => {
  fc.assert(
    fc.property(targetArb, fc.bigInt({ min: 1n, max: 20n }), (target, uses) => {
      let grant: Grant | undefined = JSON.parse(JSON.stringify(makeGrant(target, uses))) as Grant;
      for (let used = 0n; used < uses; used += 1n) {
        const redemption = redeem(grant);
        assert.deepEqual(redemption?.target, target);
        grant = redemption?.rest;
      }
      assert.equal(redeem(grant), undefined);
    }),
    fuzz(100),
  );
});

test('a damaged grant gives nothing, or an object that it names', () => {
  fc.assert(
    fc.property(
      targetArb,
      fc.boolean(),
      mutationsArb,
      jsonArb,
      (target, isCounted, mutations, any) => {
        const altered = mutate(makeGrant(target, isCounted ? 3n : undefined), mutations);
        for (const row of [JSON.parse(JSON.stringify(altered)) as unknown, any]) {
          // The cast says what the row should have been.
          const redemption = redeem(row as Grant);
          if (redemption === undefined) continue;
          assert.equal(redemption.target.length, 2);
          for (const part of redemption.target) assert.equal(typeof part, 'string');
          if (redemption.rest === undefined) continue;
          const { usesLeft = 1 } = redemption.rest;
          assert.ok(Number.isSafeInteger(usesLeft) && usesLeft >= 1);
        }
      },
    ),
    fuzz(
      1000,
      cases.damagedGrants as unknown as [[string, string], boolean, Mutation[], unknown][],
    ),
  );
});
