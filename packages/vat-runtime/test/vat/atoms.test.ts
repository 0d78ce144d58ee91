import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far, makeMarshal } from '@endo/marshal';
import * as fc from 'fast-check';
import { encodeAtom } from '#src/vat/atoms.js';
import { decodePlain } from '#src/vat/plain-rows.js';

const marshal = makeMarshal(undefined, undefined, {
  serializeBodyFormat: 'smallcaps',
  errorTagging: 'off',
});

const noValue = () => assert.fail('no reference stands here');

const textArbitrary = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // What smallcaps marks: each of ! to - in front of a text.
  fc.tuple(fc.constantFrom(...' !"#$%&\'()*+,-./'), fc.string()).map((parts) => parts.join('')),
  fc.constantFrom('', '\ud800', '#undefined', '+1', '-1', '!', '#NaN', '-Infinity'),
);
const atomArbitrary = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(undefined, null, true, false, 0, -0, NaN, Infinity, -Infinity),
  textArbitrary,
);

test('an atom is encoded byte for byte as the marshaller does, and read back as it does', () => {
  fc.assert(
    fc.property(atomArbitrary, (atom) => {
      const { body, slots } = marshal.toCapData(atom);
      assert.deepEqual(slots, []);
      const short = encodeAtom(atom);
      if (Number.isFinite(atom) || typeof atom !== 'number') assert.equal(short, body);
      else assert.equal(short, undefined);
      const expected = marshal.fromCapData({ body, slots: [] });
      const decoded = decodePlain({ body, slots }, noValue);
      if (decoded !== undefined) assert.ok(Object.is(decoded.value, expected));
      else assert.ok(typeof atom === 'number');
    }),
    { numRuns: 2_000 },
  );
});

test('what is no atom, or no body of one, is left to the marshaller', () => {
  for (const value of [{}, [], Far('It', {}), Symbol.iterator, () => {}]) {
    assert.equal(encodeAtom(value), undefined);
  }
  for (const body of [
    '#{"#tag":1}',
    '#"$0.It"',
    '#"&0"',
    '#"%x"',
    '#"#NaN"',
    '#"#else"',
    '#"+x"',
  ]) {
    assert.equal(decodePlain({ body, slots: [] }, noValue), undefined, body);
  }
  const capdata = { body: '{"@qclass":"undefined"}', slots: [] };
  assert.equal(decodePlain(capdata, noValue), undefined);
});
