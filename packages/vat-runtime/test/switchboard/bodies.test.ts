import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Far, makeMarshal } from '@endo/marshal';
import { makeTagged, passableSymbolForName } from '@endo/pass-style';
import harden from '@endo/harden';
import { fuzz } from '@pocas/vat-runtime/testing';
import { bodies } from '#src/switchboard/bodies.js';
import type { Bodies } from '#src/switchboard/plain-bodies.js';
import { smallBodies } from '#src/switchboard/small-marshaller.js';

const objects: readonly object[] = [
  Far('Thing', {}),
  Far('a "quoted" name', {}),
  Far('shout', () => {}),
  harden(Promise.resolve()),
];
const slotOf = (value: object) => `s${objects.indexOf(value)}`;
const valueAt = (slot: string) => objects[Number(slot.slice(1))]!;

const marshal = makeMarshal<string>((value) => slotOf(value as object), valueAt as never, {
  errorTagging: 'off',
  serializeBodyFormat: 'capdata',
});

const special = [
  NaN,
  Infinity,
  -Infinity,
  -0,
  1e21,
  undefined,
  null,
  passableSymbolForName('name'),
  makeTagged('tag', harden([1n])),
  harden(RangeError('refused')),
  10n ** 300n,
  -(10n ** 500n),
];

const { passable } = fc.letrec<{ passable: unknown }>((tie) => ({
  passable: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ unit: 'grapheme' }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(...special),
    fc.constantFrom(...objects),
    fc.array(tie('passable'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        fc.string({ maxLength: 4 }),
        fc.constantFrom('@qclass', 'iface', 'index', '10', '9', 'toString', 'constructor'),
      ),
      tie('passable'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

const rules = (name: string, { decodeArguments, decodeBody, encodeBody, encodeCall }: Bodies) => {
  test(`${name}: a body is what the marshaller writes, byte for byte, and is read as the marshaller reads it`, () => {
    fc.assert(
      fc.property(passable, (value) => {
        harden(value);
        const expected = marshal.toCapData(value as never);
        const { data, values } = encodeBody(value, slotOf);
        assert.deepEqual({ ...data }, { ...expected });
        assert.deepEqual(values.map(slotOf), data.slots);
        assert.deepEqual(decodeBody(data, valueAt), marshal.fromCapData(expected));
      }),
      fuzz(1000),
    );
  });

  test(`${name}: a call is its method and its arguments`, () => {
    fc.assert(
      fc.property(fc.array(passable, { maxLength: 4 }), (args) => {
        harden(args);
        const { data } = encodeCall('method', args, slotOf);
        assert.deepEqual({ ...data }, { ...marshal.toCapData(harden(['method', args]) as never) });
        assert.deepEqual(
          decodeArguments(data, valueAt),
          (marshal.fromCapData({ body: data.body, slots: [...data.slots] }) as unknown[])[1],
        );
      }),
      fuzz(300),
    );
  });

  test(`${name}: what is read is hardened to its last part`, () => {
    const value = decodeBody({ body: '{"a":[{"b":[1]}]}', slots: [] }, valueAt) as {
      a: { b: number[] }[];
    };
    for (const part of [value, value.a, value.a[0]!, value.a[0]!.b])
      assert.ok(Object.isFrozen(part));
  });

  test(`${name}: what is no body of a message is refused, and changes no prototype`, () => {
    for (const body of [
      '',
      '[',
      '{"@qclass":"slot","index":7}',
      '{"@qclass":"slot","index":-1}',
      '{"@qclass":"slot","index":"length"}',
      '{"@qclass":"slot","index":0.5}',
      '{"@qclass":"slot","index":0,"iface":1,"more":1}',
      '{"@qclass":"bigint","digits":"x"}',
      '{"@qclass":"bigint"}',
      '{"@qclass":"unheard of"}',
      '{"@qclass":7}',
      '[[{"@qclass":"error"}]]',
    ]) {
      assert.throws(() => decodeBody({ body, slots: ['s0'] }, valueAt), body);
    }
    for (const body of ['[]', '["m"]', '["m",1]', '["m",[],1]', '{"0":"m","1":[],"length":2}']) {
      assert.throws(() => decodeArguments({ body, slots: [] }, valueAt), body);
    }
    const { body } = { body: '[{"__proto__":{"polluted":1}}]' };
    let read: unknown;
    try {
      read = decodeBody({ body, slots: [] }, valueAt);
    } catch {
      return;
    }
    const [record] = read as object[];
    assert.equal(Object.getPrototypeOf(record), Object.prototype);
  });
};

rules('endo', bodies);
rules('small', smallBodies);
