import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far } from '@endo/far';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { makeCaptpEndpoint as makeEndpoint } from '#src/switchboard/captp-endpoint.js';
import { makeEndpointOver } from '#src/switchboard/endpoint-over.js';
import type { Endpoint, EndpointPowers } from '#src/switchboard/endpoint.js';
import { makeOwnEndpoint } from '#src/switchboard/own-endpoint.js';
import { smallBodies } from '#src/switchboard/small-marshaller.js';
import { defaultLimits } from '#src/switchboard/limits.js';
import { type Message, checkMessage } from '#src/switchboard/wire.js';
import { nextTask } from '../collect.ts';
import { plainRecord } from './hostile-json.ts';
import { callTextArb, passableTextArb } from './passables.ts';

const makePageEndpoint = (powers: EndpointPowers): Endpoint =>
  makeEndpointOver(smallBodies, powers);

const slotArb = fc.constantFrom(
  ...[
    'o-dthing',
    'o-1',
    'o-2',
    'o-3',
    'o+1',
    'o+2',
    'o+da.b',
    'o-dother',
    'p+1',
    'p+2',
    'p-1',
    'p-2',
  ],
);
const targetArb = fc.oneof(
  { weight: 4, arbitrary: fc.constant('o-dthing') },
  slotArb,
  fc.constantFrom('q-1', 'q+1', 'q+2'),
);
const slotsArb = fc.array(slotArb, { maxLength: 3 });
const settledArb = (good: string, bad: string) =>
  fc
    .tuple(fc.boolean(), passableTextArb, slotsArb)
    .map(([isGood, body, slots]) => ({ [isGood ? good : bad]: { body, slots } }));

/** Calls get their numbers when they are made: the other side gives each once. */
const messageArb: fc.Arbitrary<object> = fc.oneof(
  {
    weight: 5,
    arbitrary: plainRecord({
      type: fc.constant('CTP_CALL'),
      target: targetArb,
      method: plainRecord({ body: callTextArb, slots: slotsArb }),
    }),
  },
  fc
    .tuple(fc.constantFrom('q-1', 'q-2', 'q+1', 'q-7'), settledArb('result', 'exception'))
    .map(([answerID, settled]) => ({ type: 'CTP_RETURN', answerID, ...settled })),
  fc
    .tuple(slotArb, settledArb('res', 'rej'))
    .map(([promiseID, settled]) => ({ type: 'CTP_RESOLVE', promiseID, ...settled })),
  plainRecord({
    type: fc.constant('CTP_DROP'),
    slotID: fc.oneof(slotArb, fc.constantFrom('q-1', 'q+1', 'q+2')),
    decRefs: fc.constantFrom(0, 1, 2, Number.MAX_SAFE_INTEGER),
  }),
  fc.constant({ type: 'CTP_BOOTSTRAP' }),
);

for (const [kind, make] of [
  ['our endpoint', makeOwnEndpoint],
  ['our endpoint on a page', makePageEndpoint],
  ['guarded captp', makeEndpoint],
] as const) {
  test(`${kind}: whatever it is given, each call is answered once, by own methods only, and it lives on`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(messageArb, { maxLength: 12 }), async (messages) => {
        const called = new Set<string>();
        const makeThing = (): object =>
          Far('Thing', {
            label: () => void called.add('label'),
            echo(value: unknown) {
              called.add('echo');
              return [value];
            },
            fail() {
              called.add('fail');
              throw Error('as told');
            },
            child() {
              called.add('child');
              return makeThing();
            },
          });
        const thing = makeThing();
        const sent: Message[] = [];
        const tasks: (() => void)[] = [];
        const endpoint = make({
          id: 'fuzzed',
          send: (message) => void sent.push(JSON.parse(JSON.stringify(message)) as Message),
          later: (task) => void tasks.push(task),
          lasting: {
            slotOf: (value) => (value === thing ? 'o+dthing' : undefined),
            valueAt: (slot) => (slot === 'o+dthing' ? thing : undefined),
          },
        });
        // So that there is a question which may be answered.
        endpoint.getBootstrap().then(
          () => {},
          () => {},
        );
        const asked: string[] = [];
        const names = new Map<string, string | undefined>();
        const say = (alleged: object) => {
          const questionID = `q+${asked.length + 1}`;
          const isQuestion = /"CTP_(?:CALL|BOOTSTRAP)"/.test(JSON.stringify(alleged));
          let message;
          try {
            message = checkMessage(
              { epoch: 0, ...(isQuestion ? { questionID } : {}), ...alleged },
              { ...defaultLimits, maxDepth: 1000 },
            );
          } catch {
            // The switchboard would not let it through.
            return;
          }
          if (isQuestion) asked.push(questionID);
          if (message.type === 'CTP_CALL') {
            names.set(questionID, /^\["([a-z]+)",\[/.exec(message.method.body)?.[1]);
          }
          endpoint.dispatch(message);
        };
        for (const message of messages) {
          say(message);
          await nextTask();
          for (const task of tasks.splice(0)) task();
        }
        say({ type: 'CTP_CALL', target: 'o-dthing', method: { body: '["fail",[]]', slots: [] } });
        await nextTask();
        await nextTask();
        const answers = sent.filter((message) => message.type === 'CTP_RETURN');
        assert.deepEqual(answers.map(({ answerID }) => answerID).sort(), asked.sort());
        for (const name of called) assert.ok(['label', 'echo', 'fail', 'child'].includes(name));
        for (const answer of answers) {
          const name = names.get(answer.answerID);
          // What names no own method has no result.
          if (names.has(answer.answerID) && 'result' in answer) {
            assert.ok(['label', 'echo', 'child'].includes(name!), name);
          }
        }
        assert.ok(called.has('fail'));
      }),
      fuzz(300),
    );
  });
}
