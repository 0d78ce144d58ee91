import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import { makeIdentity } from '#src/locator/identity.js';
import { signLocations } from '#src/locator/sign-locations.js';
import {
  type Handshake,
  type HandshakeOptions,
  makeHandshake,
  makeIncarnation,
} from '#src/session/handshake.js';
import { type Channel, type Link, openLink } from '#src/session/link.js';
import { makeNoise } from '#src/session/noise.js';
import type { Records } from '#src/session/records.js';
import { deepTextArb, jsonTextArb, textArb } from './hostile-json.ts';

/** Bytes that a seed repeats. */
const makeRandom = (seed: number) => {
  let state = seed;
  return (length: number) =>
    Uint8Array.from({ length }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >>> 16);
};

const ana = makeIdentity(new Uint8Array(32).fill(1));
const beto = makeIdentity(new Uint8Array(32).fill(2));

const optionsOf = (role: 'dialer' | 'listener', seed: number): HandshakeOptions => {
  const identity = role === 'dialer' ? ana : beto;
  const random = makeRandom(seed);
  return {
    role,
    identity,
    incarnation: makeIncarnation(makeRandom(seed + 100)),
    lasting: true,
    locations: signLocations(identity, ['ws://10.0.0.7:8080/'], 1),
    ciphers: nodeCiphers,
    sessionKey: nodeCiphers.makeAgreementKey(random(32)),
    random,
  };
};
const make = (role: 'dialer' | 'listener', seed: number): Handshake =>
  makeHandshake(optionsOf(role, seed));

const assertRefusal = (error: unknown) => {
  const { code, message } = error as Error & { code?: string };
  assert.match(String(code), /^LINK_[A-Z_]+$/, String((error as Error).stack));
  assert.match(message, /^Cannot link: [a-z ,]+$/);
};

/** What somebody on the path does to a message. */
const editArb: fc.Arbitrary<(message: Uint8Array) => Uint8Array> = fc
  .tuple(fc.nat({ max: 5000 }), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 40 }))
  .map(([at, removed, inserted]) => (message: Uint8Array) => {
    const from = at % (message.length + 1);
    const parts = [message.subarray(0, from), inserted, message.subarray(from + removed)];
    return new Uint8Array(Buffer.concat(parts));
  });

test('a handshake of which anything was altered is refused in fixed words, for good', () => {
  fc.assert(
    fc.property(fc.nat({ max: 3 }), editArb, (altered, edit) => {
      const [dialer, listener] = [make('dialer', 1), make('listener', 2)];
      listener.start();
      let message = dialer.start()[0]!;
      for (let i = 0; i < 4; i += 1) {
        const reader = i % 2 === 0 ? listener : dialer;
        const original = message;
        const given = i === altered ? edit(original) : original;
        try {
          message = reader.receive(given).send[0]!;
        } catch (error) {
          assert.equal(Buffer.from(given).equals(original) && i === altered, false);
          assertRefusal(error);
          assert.throws(() => reader.receive(original), { code: 'LINK_ORDER' });
          return;
        }
        // A first message is only a key, of anybody: the second shows whose.
        if (i === altered && i > 0) assert.deepEqual(given, original);
      }
    }),
    fuzz(120),
  );
});

test('a handshake takes any bytes and refuses them in fixed words', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('dialer' as const, 'listener' as const),
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.uint8Array({ minLength: 32, maxLength: 32 }),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      (role, messages) => {
        const handshake = make(role, 3);
        handshake.start();
        let failed = false;
        for (const [i, message] of messages.entries()) {
          try {
            handshake.receive(message);
            // Any key may begin a handshake.
            assert.ok(role === 'listener' && i === 0 && message.length === 32 && !failed);
          } catch (error) {
            assertRefusal(error);
            failed = true;
          }
        }
      },
    ),
    fuzz(500),
  );
});

test('a handshake takes any hello, well sealed, and refuses it in fixed words', () => {
  fc.assert(
    fc.property(fc.oneof(textArb, jsonTextArb), (text) => {
      const dialer = make('dialer', 4);
      const other = makeNoise({
        pattern: 'XX',
        isInitiator: false,
        ciphers: nodeCiphers,
        random: makeRandom(5),
        prologue: new Uint8Array(Buffer.from('pocas link 2')),
        ownKey: nodeCiphers.makeAgreementKey(new Uint8Array(32).fill(6)),
      });
      other.read(dialer.start()[0]!);
      const message = other.write(() => new Uint8Array(Buffer.from(text)));
      assert.throws(
        () => dialer.receive(message),
        (error) => {
          assertRefusal(error);
          return true;
        },
      );
    }),
    fuzz(200),
  );
});

// ---- frames ----

type End = {
  readonly say: (frame: string) => void;
  onBytes: (message: Uint8Array) => void;
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
  let records: Records | undefined;
  const end: End = {
    say: (frame) => end.onBytes(records!.seal(new Uint8Array(Buffer.from(frame)))),
    onBytes: () => {},
    onClose: () => {},
    got: [],
    ends: [],
    link: undefined,
  };
  const other = make('listener', 2);
  other.start();
  const sent: Uint8Array[] = [];
  const channel: Channel = {
    send: (message) => void sent.push(message),
    close: () => {},
    listen: (handlers) => Object.assign(end, handlers),
  };
  openLink(channel, optionsOf('dialer', 1), (task) => task(), {
    onOpen: (link) => void (end.link = link),
    onMessage: (_link, message) => {
      assert.deepEqual(end.ends, []);
      end.got.push(message);
    },
    onClose: (_link, reason) => void end.ends.push(reason),
  });
  while (end.link === undefined) {
    const { send, done } = other.receive(sent.shift()!);
    records = done?.records;
    for (const message of send) end.onBytes(message);
  }
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
      (texts, isLost) => {
        // As UTF-8 can say them: there are no halves of characters on the channel.
        const frames = texts.map((text) => Buffer.from(text).toString());
        const end = openEnd();
        const expected: unknown[] = [];
        let isBroken = false;
        for (const frame of frames) {
          end.say(frame);
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
