import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { fromBase32, fromBase64Url, toBase32, toBase64Url } from '#src/locator/base-encoding.js';
import { type Grant, isGrant, redeem } from '#src/locator/grants.js';
import {
  isDesignator,
  isDesignatorText,
  makeIdentity,
  verifyIdentity,
} from '#src/locator/identity.js';
import { hintedLocations, makeHints, readHints } from '#src/locator/signed-hints.js';
import { signLocations } from '#src/locator/sign-locations.js';
import { isLocations, verifyLocations } from '#src/locator/signed-locations.js';
import {
  type SturdyRef,
  type SwissNumber,
  parseNodeLocator,
  parseSturdyRef,
} from '#src/locator/sturdy-ref.js';
import { formatNodeLocator, formatSturdyRef } from '#src/locator/write-locator.js';
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

const words = /^Cannot read (?:sturdy ref|node locator|locator): (?:it|its|the|a|too)[a-z ]+$/;

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
const askerArb = fc.constantFrom('v1', 'v2', 'program');

/** A grant and those above it, on paper: who used each, and how often. */
const linkArb = fc.record(
  {
    usesLeft: fc.integer({ min: 1, max: 6 }),
    expires: fc.integer({ min: 1, max: 12 }),
    bound: askerArb,
    binds: fc.constant(true as const),
  },
  { requiredKeys: [] },
);

test('whatever is derived, no grant is used more often, later, or by others than it says', () => {
  fc.assert(
    fc.property(
      targetArb,
      fc.array(linkArb, { minLength: 1, maxLength: 5 }),
      fc.array(askerArb, { maxLength: 20 }),
      (target, links, askers) => {
        const above = links.slice(1).map((_, i) => `h${i}`);
        const first: Grant[] = links.map((link, i) => {
          const { binds, ...rest } = link;
          // Bound from the beginning, or on first use.
          return {
            ...{ target, by: 'v1', id: 1, madeAt: 0 },
            ...(link.bound === undefined && binds ? { ...rest, binds } : rest),
            ...(i === 0 && above.length > 0 ? { above } : {}),
          };
        });
        let rows: readonly (Grant | undefined)[] = first;
        const usedBy: string[] = [];
        for (const [now, asker] of askers.entries()) {
          const redemption = redeem(rows, asker, now);
          const isAllowed = first.every(
            ({ usesLeft = Infinity, expires = Infinity, bound, binds }) =>
              usedBy.length < usesLeft &&
              now < expires &&
              (bound ?? asker) === asker &&
              (binds !== true || (usedBy[0] ?? asker) === asker),
          );
          assert.equal(redemption !== undefined, isAllowed);
          if (redemption === undefined) continue;
          assert.deepEqual(redemption.target, target);
          usedBy.push(asker);
          rows = JSON.parse(JSON.stringify(redemption.rest.map((row) => row ?? null))).map(
            (row: Grant | null) => row ?? undefined,
          ) as (Grant | undefined)[];
        }
      },
    ),
    fuzz(1000),
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
        const grant: Grant = {
          ...{ target, by: 'v1', id: 1, madeAt: 0 },
          ...(isCounted ? { usesLeft: 3 } : {}),
        };
        const altered = mutate(grant, mutations);
        for (const row of [JSON.parse(JSON.stringify(altered)) as unknown, any]) {
          // The cast says what the row should have been.
          const redemption = redeem([row as Grant], 'v1', 0);
          if (redemption === undefined) continue;
          assert.equal(redemption.target.length, 2);
          for (const part of redemption.target) assert.equal(typeof part, 'string');
          const [rest] = redemption.rest;
          assert.ok(rest === undefined || isGrant(rest));
        }
      },
    ),
    fuzz(
      1000,
      cases.damagedGrants as unknown as [[string, string], boolean, Mutation[], unknown][],
    ),
  );
});

// ---- addresses ----

const identity = makeIdentity(new Uint8Array(32).fill(3));
const locationArb = fc
  .stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,60}$/)
  .map((rest) => `wss://${rest}`);
const signedArb = fc
  .tuple(fc.array(locationArb, { maxLength: 8 }), fc.integer({ min: 0, max: 2 ** 40 }))
  .map(([locations, at]) => signLocations(identity, hintedLocations(locations), at));

test('what a node signed is verified as it is, and nothing that was changed', () => {
  fc.assert(
    fc.property(signedArb, mutationsArb, jsonArb, (signed, mutations, any) => {
      assert.deepEqual(verifyLocations(JSON.parse(JSON.stringify(signed))), signed);
      for (const alleged of [mutate(signed, mutations), any]) {
        const verified = verifyLocations(alleged);
        if (verified !== undefined) assert.deepEqual(verified, signed);
      }
    }),
    fuzz(150),
  );
});

test('signed addresses come back from a sturdy ref as they were signed, or not at all', () => {
  fc.assert(
    fc.property(signedArb, alterationArb, (signed, alteration) => {
      const { designator } = identity;
      const locator = { designator, transport: 'websocket', hints: makeHints(signed) };
      const written = formatNodeLocator(locator);
      const none = signed.locations.length === 0;
      assert.deepEqual(readHints(parseNodeLocator(written)), none ? {} : { signed });
      let read;
      try {
        read = readHints(parseNodeLocator(alter(written, alteration)));
      } catch (error) {
        assert.match((error as Error).message, words);
        return;
      }
      if (read.signed !== undefined) assert.deepEqual(read.signed, signed);
      for (const location of read.unsigned ?? []) assert.ok(isLocations([location]));
    }),
    fuzz(150),
  );
});
