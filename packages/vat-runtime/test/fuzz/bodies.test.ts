import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import harden from '@endo/harden';
import { Far, Remotable, makeMarshal } from '@endo/marshal';
import { type Passable, passStyleOf } from '@endo/pass-style';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { bodies } from '#src/switchboard/bodies.js';
import type { Bodies } from '#src/switchboard/plain-bodies.js';
import { smallBodies } from '#src/switchboard/small-marshaller.js';
import { alter, alterationArb, textArb } from './hostile-json.ts';
import { callTextArb, passableTextArb } from './passables.ts';

const objects: readonly object[] = [
  Far('One', {}),
  Remotable('Alleged: Two'),
  Far('Three', { m: () => {} }),
];
const promise = Promise.resolve();
const slotOf = (value: object) => (value === promise ? 'p+1' : `o+${objects.indexOf(value) + 1}`);
const valueAt = (slot: string): object => {
  const value = slot === 'p+1' ? promise : objects[Number(slot.slice(2)) - 1];
  if (value === undefined) throw Error('no such slot');
  return value;
};
const makeReference = () =>
  makeMarshal<string>((value) => slotOf(value as object), valueAt as () => never, {
    serializeBodyFormat: 'capdata',
    errorTagging: 'off',
  });

const passableArb = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...objects, promise, null, undefined, true, false, NaN, Infinity, -0),
    fc.bigInt(),
    fc.double(),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        fc.string({ maxLength: 4 }),
        fc.constantFrom('@qclass', '0', '10', 'then', 'constructor', 'index'),
      ),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

const attempt = <T>(body: () => T): { readonly value: T } | { readonly error: true } => {
  try {
    return { value: body() };
  } catch {
    return { error: true };
  }
};

const rules = (name: string, { decodeArguments, decodeBody, encodeBody, encodeCall }: Bodies) => {
  test(`${name}: a value is written as the marshaller writes it, and read back`, () => {
    fc.assert(
      fc.property(passableArb, fc.stringMatching(/^[a-z]+$/), (raw, name) => {
        const value = harden(raw);
        const encoded = attempt(() => encodeBody(value, slotOf).data);
        const expected = attempt(() => makeReference().toCapData(value as Passable));
        assert.deepEqual(encoded, expected);
        if (!('value' in encoded)) return;
        assert.deepEqual(
          decodeBody(encoded.value, valueAt),
          makeReference().fromCapData(encoded.value),
        );
        const args = harden([value]);
        const call = encodeCall(name, args, slotOf).data;
        assert.deepEqual(call, makeReference().toCapData(harden([name, args]) as Passable));
        assert.deepEqual(decodeArguments(call, valueAt), decodeArguments(call, valueAt));
      }),
      fuzz(1000),
    );
  });

  test(`${name}: a body of any kind is read as the marshaller reads it, or refused where that refuses it`, () => {
    fc.assert(
      fc.property(
        fc.oneof(passableTextArb, callTextArb, textArb),
        alterationArb,
        fc.boolean(),
        fc.array(fc.constantFrom('o+1', 'o+2', 'p+1', 'o+9'), { maxLength: 3 }),
        (text, alteration, isAltered, slots) => {
          const body = isAltered ? alter(text, alteration) : text;
          const read = attempt(() => decodeBody({ body, slots }, valueAt));
          const expected = attempt(() => makeReference().fromCapData({ body, slots }));
          // Nobody writes smallcaps here, which the marshaller would read too.
          if (body[0] === '#') return assert.ok('error' in read);
          assert.equal('error' in read, 'error' in expected, body);
          if (!('value' in read && 'value' in expected)) return;
          assert.deepEqual(read.value, expected.value, body);
          // What was read may be passed on.
          passStyleOf(read.value as Passable);
        },
      ),
      fuzz(2000),
    );
  });

  test(`${name}: the arguments of a call are an array, whatever the body is`, () => {
    fc.assert(
      fc.property(fc.oneof(callTextArb, textArb), (body) => {
        const read = attempt(() => decodeArguments({ body, slots: ['o+1'] }, valueAt));
        if ('value' in read) assert.equal(passStyleOf(read.value as Passable), 'copyArray');
      }),
      fuzz(1000),
    );
  });
};

rules('endo', bodies);
rules('small', smallBodies);
