/** Messages and frames that no honest side sends: each ends its session, and nothing else. */
import { type Attack, assertEnds, assertServed, refusalOf, repeated } from '../attack.ts';
import { type Peer, callMessage, reverse, slotBody } from '../peer.ts';
import assert from 'node:assert/strict';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** A message on the next question, with something wrong in it. */
const wrongCall = (peer: Peer, changed: Record<string, unknown>) => ({
  ...callMessage(peer.nextQuestion(), peer.root, 'text'),
  ...changed,
});

const body = (text: string, slots: readonly unknown[] = []) => ({ method: { body: text, slots } });
const bigint = (digits: string) => `["echo",[{"@qclass":"bigint","digits":"${digits}"}]]`;

/** What is in the message, the message, and the reason that is given. */
const violations: readonly [string, (peer: Peer) => unknown, RegExp][] = [
  ['nesting of 65', (p) => wrongCall(p, body(nested(65))), /nested too deeply/],
  ['nesting of 2,500', (p) => wrongCall(p, body(nested(2500))), /nested too deeply/],
  ['nesting of 500,000', (p) => wrongCall(p, body(nested(500_000))), /nested too deeply|too long/],
  ['records nested 65 deep', (p) => wrongCall(p, body('{"a":'.repeat(65))), /nested too deeply/],
  ['a body of 2 Mi characters', (p) => wrongCall(p, body(`"${'x'.repeat(2 << 20)}"`)), /too long/],
  [
    '50,000 slots',
    (p) =>
      wrongCall(
        p,
        body(
          '["echo",[]]',
          Array.from({ length: 50_000 }, (_, i) => `o+${i + 1}`),
        ),
      ),
    /too many slots/,
  ],
  [
    'a bigint of 100,000 digits',
    (p) => wrongCall(p, body(bigint('9'.repeat(100_000)))),
    /too many digits/,
  ],
  [
    'a bigint of 900,000 digits',
    (p) => wrongCall(p, body(bigint('9'.repeat(900_000)))),
    /too many digits/,
  ],
  ['no record', () => 7, /not a record/],
  ['null', () => null, /not a record/],
  ['a list', () => [], /not a record|unknown kind/],
  ['no kind', () => ({}), /unknown kind/],
  ['an inherited kind', () => ({ type: 'constructor' }), /unknown kind/],
  ['a kind that is no text', () => ({ type: { toString: 'CTP_CALL' } }), /unknown kind/],
  ['a trap', (p) => wrongCall(p, { trap: true }), /trap is not served/],
  ['a body that is no text', (p) => wrongCall(p, { method: { body: [], slots: [] } }), /not text/],
  ['no body', (p) => wrongCall(p, { method: null }), /not a record/],
  ['slots that are no list', (p) => wrongCall(p, { method: { body: '[]', slots: {} } }), /slots/],
  ['a slot that is no text', (p) => wrongCall(p, body('["echo",[]]', [{}])), /bad slot/],
  ['a slot out of form', (p) => wrongCall(p, body('["echo",[]]', ['__proto__'])), /bad slot/],
  ['a question as a slot', (p) => wrongCall(p, body('["echo",[]]', ['q+1'])), /bad slot/],
  ['a target out of form', (p) => wrongCall(p, { target: 'constructor' }), /bad (?:slot|target)/],
  ['a target that is no text', (p) => wrongCall(p, { target: ['o-1'] }), /bad target/],
  ['question 0', (p) => wrongCall(p, { questionID: 'q-0' }), /bad question/],
  ['question -1', (p) => wrongCall(p, { questionID: 'q--1' }), /bad question/],
  ['question 1e999', (p) => wrongCall(p, { questionID: `q-1${'0'.repeat(999)}` }), /bad question/],
  ['a question that is no text', (p) => wrongCall(p, { questionID: 5 }), /bad question/],
  ['a question asked before', (p) => wrongCall(p, { questionID: 'q-1' }), /used before/],
  ['a call on its own object', (p) => wrongCall(p, { target: 'o+1' }), /own object/],
  ['a slot that it was never given', (p) => wrongCall(p, { target: 'o-999999' }), /./],
  ['a lasting slot that it was never given', (p) => wrongCall(p, { target: 'o-dgrantor' }), /./],
  [
    'an argument that it was never given',
    (p) => wrongCall(p, body('["echo",[]]', ['o-9999'])),
    /./,
  ],
  [
    'an answer to no question',
    () => ({ type: 'CTP_RETURN', epoch: 0, answerID: 'q+999', result: { body: '1', slots: [] } }),
    /answer to no question/,
  ],
  [
    'the resolution of an object of another',
    (p) => ({
      type: 'CTP_RESOLVE',
      epoch: 0,
      promiseID: reverse(p.root),
      res: { body: '1', slots: [] },
    }),
    /./,
  ],
  ['a drop of nothing', () => ({ type: 'CTP_DROP', epoch: 0, slotID: 'x', decRefs: 1 }), /drop/],
  [
    'a drop by a fraction',
    () => ({ type: 'CTP_DROP', epoch: 0, slotID: 'o-1', decRefs: 0.5 }),
    /drop count/,
  ],
  [
    'a drop by less than nothing',
    () => ({ type: 'CTP_DROP', epoch: 0, slotID: 'o-1', decRefs: -1 }),
    /drop count/,
  ],
];

const violating: Attack[] = violations.map(([what, make, reason]) => ({
  name: `a message with ${what} ends its session`,
  once: true,
  run: repeated(async (peer) => {
    peer.send(make(peer));
    await assertEnds(peer, reason);
  }),
}));

/** Frames that are no list of messages. */
const frames: readonly [string, () => string | Uint8Array][] = [
  ['of no JSON', () => '[{"type":'],
  ['of no list', () => '{"type":"CTP_CALL"}'],
  ['nested a million deep', () => nested(1_000_000)],
  ['of 9 Mi characters', () => `["${'x'.repeat(9 << 20)}"]`],
  ['of 30 MiB', () => `["${'x'.repeat(30 << 20)}"]`],
  ['of bytes', () => new Uint8Array(1000)],
  ['that is empty', () => ''],
  ['of a million nulls', () => `[${'null,'.repeat(999_999)}null]`],
  [
    'with a record of 300,000 keys',
    () => `[{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":1`).join()}}]`,
  ],
];

const framing: Attack[] = frames.map(([what, make]) => ({
  name: `a frame ${what} ends its session`,
  once: true,
  run: repeated(async (peer) => {
    peer.frame(make());
    await assertEnds(peer, /^/);
  }),
}));

/** Bodies that pass the form and cannot be read, or mean something to a careless reader. */
const bodies: readonly [string, string, readonly string[]][] = [
  ['an own __proto__', '{"__proto__":{"polluted":true}}', []],
  ['an inherited constructor', '{"constructor":{"prototype":{"polluted":true}}}', []],
  ['an unknown class', '{"@qclass":"__proto__"}', []],
  ['a class of another type', '{"@qclass":{"toString":1}}', []],
  ['a slot that is not there', slotBody(7), []],
  ['a slot before the first', slotBody(-1), []],
  ['a slot by an inherited name', '{"@qclass":"slot","index":"constructor"}', []],
  ['a bigint of no digits', '{"@qclass":"bigint","digits":"x"}', []],
  ['a bigint of a list', '{"@qclass":"bigint","digits":["9"]}', []],
  ['an error with an odd name', '{"@qclass":"error","name":"__proto__","message":"m"}', []],
  ['an error with an odd text', '{"@qclass":"error","name":"Error","message":{"a":1}}', []],
  ['a tagged value without a payload', '{"@qclass":"tagged","tag":"x"}', []],
  ['a symbol', '{"@qclass":"symbol","name":"@@iterator"}', []],
  ['a shared symbol of any name', '{"@qclass":"symbol","name":"registered"}', []],
  ['a record in disguise', '{"@qclass":"hilbert","original":{"@qclass":"slot"}}', []],
  ['half a JSON', '[', []],
];

const unreadable: Attack[] = bodies.map(([what, text, slots]) => ({
  name: `arguments with ${what} are answered or end their session, and pollute nothing`,
  once: true,
  run: repeated(async (peer) => {
    const answer = await peer.ask(peer.root, 'echo', text, slots);
    if (answer.result === undefined) assert.notEqual(refusalOf(answer), '');
    assert.ok(!JSON.stringify(answer).includes('    at '), 'no stack');
  }),
}));

/** Where a body was taken, the next one on the same session is served. */
const unharmed: Attack = {
  name: 'after an own __proto__ everybody is served as before',
  once: true,
  run: repeated(async (peer) => {
    await peer.ask(peer.root, 'echo', bodies[0]![1]);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    if (!peer.isOver()) await assertServed(peer);
  }),
};

export const malformed: readonly Attack[] = [...violating, ...framing, ...unreadable, unharmed];
