import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { makeIdentity } from '#src/locator/identity.js';
import { type Handshake, makeHandshake, makeIncarnation } from '#src/session/handshake.js';
import { type Channel, type Link, openLink } from '#src/session/link.js';
import { alter, alterationArb, deepTextArb, jsonTextArb, textArb } from './hostile-json.ts';

/** Bytes that a seed repeats. */
const makeRandom = (seed: number) => {
  let state = seed;
  return (length: number) =>
    Uint8Array.from({ length }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >>> 16);
};

const ana = makeIdentity(new Uint8Array(32).fill(1));
const beto = makeIdentity(new Uint8Array(32).fill(2));

const make = (role: 'dialer' | 'listener', seed: number, expect?: string): Handshake =>
  makeHandshake({
    role,
    identity: role === 'dialer' ? ana : beto,
    incarnation: makeIncarnation(makeRandom(seed + 100)),
    lasting: true,
    locations: ['ws://10.0.0.7:8080/'],
    random: makeRandom(seed),
    ...(expect === undefined ? {} : { expect }),
  });

const assertRefusal = (error: unknown) => {
  const { code, message } = error as Error & { code?: string };
  assert.match(String(code), /^LINK_[A-Z_]+$/, String((error as Error).stack));
  assert.match(message, /^Cannot link: [a-z ]+$/);
};

test('a handshake of which anything was altered is refused in fixed words, or shows the same key', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('dialer' as const, 'listener' as const),
      fc.nat({ max: 1 }),
      alterationArb,
      fc.boolean(),
      (victim, altered, alteration, knowsWhom) => {
        const [self, other] = [
          make('dialer', 1, knowsWhom ? beto.designator : undefined),
          make('listener', 2),
        ];
        const [one, two] = victim === 'dialer' ? [self, other] : [other, self];
        const [helloOfOne] = one.start();
        const [helloOfTwo] = two.start();
        const [authOfTwo] = two.receive(helloOfOne!).send;
        const messages = [helloOfTwo!, authOfTwo!];
        const original = messages[altered]!;
        messages[altered] = alter(original, alteration);
        const isSame = messages[altered] === original;
        let peer;
        try {
          for (const message of messages) peer = one.receive(message).done?.peer;
        } catch (error) {
          assert.equal(isSame, false);
          assertRefusal(error);
          // And for good.
          assert.throws(() => one.receive(original), { code: 'LINK_ORDER' });
          return;
        }
        // Only the spelling of the signature's message may differ: what it proves is the same.
        assert.equal(peer?.designator, victim === 'dialer' ? beto.designator : ana.designator);
        if (altered === 0) assert.ok(isSame);
      },
    ),
    fuzz(120),
  );
});

test('a handshake takes any texts and refuses them in fixed words', () => {
  fc.assert(
    fc.property(fc.array(textArb, { minLength: 1, maxLength: 3 }), (texts) => {
      const handshake = make('listener', 3);
      handshake.start();
      for (const text of texts)
        assert.throws(
          () => handshake.receive(text),
          (error) => {
            assertRefusal(error);
            return true;
          },
        );
    }),
    fuzz(500),
  );
});

// ---- frames ----

type End = {
  onText: (text: string) => void;
  onClose: () => void;
  readonly got: unknown[];
  readonly ends: string[];
  link: Link | undefined;
};

/** Its JSON, as far as the stack goes. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value);
  } catch {
    return 'nested deeply';
  }
};

/** An open link whose frames a test writes. */
const openEnd = (): End => {
  const end: End = { onText: () => {}, onClose: () => {}, got: [], ends: [], link: undefined };
  const other = make('listener', 2);
  const sent: string[] = [];
  const channel: Channel = {
    send: (text) => void sent.push(text),
    close: () => {},
    listen: (handlers) => Object.assign(end, handlers),
  };
  openLink(
    channel,
    {
      role: 'dialer',
      identity: ana,
      incarnation: makeIncarnation(makeRandom(5)),
      lasting: true,
      locations: [],
      random: makeRandom(1),
    },
    (task) => task(),
    {
      onOpen: (link) => void (end.link = link),
      onMessage: (_link, message) => {
        assert.deepEqual(end.ends, []);
        end.got.push(message);
      },
      onClose: (_link, reason) => void end.ends.push(reason),
    },
  );
  for (const text of other.start()) end.onText(text);
  const [auth] = other.receive(sent[0]!).send;
  end.onText(auth!);
  assert.ok(end.link !== undefined);
  return end;
};

test('a link takes any frames: messages in order until one that is none, or too much, and then one end', () => {
  const frameArb = fc.oneof(
    textArb,
    jsonTextArb,
    fc.array(jsonTextArb, { maxLength: 4 }).map((parts) => `[${parts.join()}]`),
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 30, arbitrary: frameArb }, deepTextArb), { maxLength: 6 }),
      fc.boolean(),
      (frames, isLost) => {
        const end = openEnd();
        const expected: unknown[] = [];
        let isBroken = false;
        for (const frame of frames) {
          end.onText(frame);
          if (isBroken) continue;
          try {
            const messages: unknown = JSON.parse(frame);
            if (Array.isArray(messages)) expected.push(...(messages as unknown[]));
            else isBroken = true;
          } catch {
            isBroken = true;
          }
        }
        if (isLost) end.onClose();
        assert.ok(end.ends.length <= 1);
        const [reason] = end.ends;
        if (isBroken || isLost) assert.notEqual(reason, undefined);
        // As text: what compares values calls itself, and these nest.
        end.got.forEach((message, i) => assert.equal(textOf(message), textOf(expected[i])));
        if (reason === undefined || reason === 'the connection was lost') {
          assert.equal(end.got.length, expected.length);
          assert.equal(reason !== undefined, isLost);
        } else {
          assert.match(reason, /^a (?:message in a )?frame [a-z ]+$/);
        }
      },
    ),
    fuzz(120),
  );
});
