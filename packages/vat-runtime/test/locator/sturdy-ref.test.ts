import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeIdentity } from '#src/locator/identity.js';
import {
  isSwissNumber,
  parseNodeLocator,
  parseSturdyRef,
  type SwissNumber,
} from '#src/locator/sturdy-ref.js';
import { formatNodeLocator, formatSturdyRef, makeSwiss } from '#src/locator/write-locator.js';

const { designator } = makeIdentity(Uint8Array.from({ length: 32 }, (_, i) => i));
const swiss = makeSwiss((length) => Uint8Array.from({ length }, (_, i) => 255 - i * 3));
const url = 'wss://poca.example:8443/link?a=1&b=2#ñ';
const plain = `ocapn://${designator}.websocket/s/${swiss}`;

test('a sturdy ref is written as OCapN writes it', () => {
  const parts = { designator, transport: 'websocket', swiss };
  assert.equal(formatSturdyRef({ ...parts, hints: {} }), plain);
  assert.equal(
    formatSturdyRef({ ...parts, hints: { url: 'ws://10.0.0.7:80', via: 'a b' } }),
    `${plain}?url=ws%3A%2F%2F10.0.0.7%3A80&via=a%20b`,
  );
});

test('what was written is read back, hints with every kind of character included', () => {
  const sturdyRef = { designator, transport: 'websocket', swiss, hints: { url, note: '' } };
  assert.deepEqual(parseSturdyRef(formatSturdyRef(sturdyRef)), sturdyRef);
  const { swiss: _, ...locator } = sturdyRef;
  assert.deepEqual(parseNodeLocator(formatNodeLocator(locator)), locator);
  assert.deepEqual(parseNodeLocator(`ocapn://${designator}.websocket`), {
    ...locator,
    hints: {},
  });
});

test('scheme and host are read in any case, the swiss number in its own only', () => {
  const shouted = `OCAPN://${designator.toUpperCase()}.WebSocket/s/${swiss}`;
  assert.deepEqual(parseSturdyRef(shouted), parseSturdyRef(plain));
  assert.notEqual(swiss.toLowerCase(), swiss);
});

test('a node locator is no sturdy ref, and the other way round', () => {
  assert.throws(
    () => parseSturdyRef(`ocapn://${designator}.websocket`),
    /^TypeError: Cannot read sturdy ref: it names no object$/,
  );
  assert.throws(
    () => parseNodeLocator(plain),
    /^TypeError: Cannot read node locator: it has a path$/,
  );
});

test('refuses what is not a sturdy ref, says which part is wrong and repeats none of it', () => {
  const cases: [text: string, fault: string][] = [
    ['', 'it does not begin with ocapn'],
    [swiss, 'it does not begin with ocapn'],
    [` ${plain}`, 'it does not begin with ocapn'],
    [plain.replace('ocapn:', 'https:'), 'it does not begin with ocapn'],
    [`ocapn:///s/${swiss}`, 'the designator is malformed'],
    [`ocapn://websocket/s/${swiss}`, 'the designator is malformed'],
    [`ocapn://${designator.slice(1)}.websocket/s/${swiss}`, 'the designator is malformed'],
    [`ocapn://user@${designator}.websocket/s/${swiss}`, 'the designator is malformed'],
    [`ocapn://${designator}.a.websocket/s/${swiss}`, 'the designator is malformed'],
    [`ocapn://${designator}./s/${swiss}`, 'the transport is malformed'],
    [`ocapn://${designator}.websocket:80/s/${swiss}`, 'the transport is malformed'],
    [`ocapn://${designator}.web%73ocket/s/${swiss}`, 'the transport is malformed'],
    [`ocapn://${designator}.websocket/${swiss}`, 'it names no object'],
    [`ocapn://${designator}.websocket/S/${swiss}`, 'it names no object'],
    [`ocapn://${designator}.websocket/x/s/${swiss}`, 'it names no object'],
    [`${plain}A`, 'the swiss number is malformed'],
    [`${plain}=`, 'the swiss number is malformed'],
    [`${plain}/`, 'the swiss number is malformed'],
    [`${plain}#x`, 'the swiss number is malformed'],
    [plain.slice(0, -1), 'the swiss number is malformed'],
    [`${plain}?`, 'a hint is malformed'],
    [`${plain}?url`, 'a hint is malformed'],
    [`${plain}?=${swiss}`, 'a hint is malformed'],
    [`${plain}?__proto__=${swiss}`, 'a hint is malformed'],
    [`${plain}?URL=x`, 'a hint is malformed'],
    [`${plain}?url=%`, 'a hint is malformed'],
    [`${plain}?url=%ff`, 'a hint is malformed'],
    [`${plain}?url=a b`, 'a hint is malformed'],
    [`${plain}?url=a#${swiss}`, 'a hint is malformed'],
    [`${plain}?url=a&`, 'a hint is malformed'],
    [`${plain}?url=a&url=b`, 'a hint stands twice'],
    [`${plain}?${'abcdefghijk'.replace(/./g, '$&=1&').slice(0, -1)}`, 'too many hints'],
    [`${plain}?url=${'a'.repeat(2048)}`, 'it is too long'],
  ];
  for (const [text, fault] of cases) {
    assert.throws(
      () => parseSturdyRef(text),
      (error: Error) => {
        assert.equal(error.message, `Cannot read sturdy ref: ${fault}`, text);
        assert.ok(!String(error.stack).includes(swiss));
        return true;
      },
      text,
    );
  }
});

test('formatting refuses parts that could not be read back, and repeats none of them', () => {
  const good = { designator, transport: 'websocket', swiss, hints: {} };
  const cases = [
    [{ ...good, designator: 'x' }, 'the designator is malformed'],
    [{ ...good, designator: designator.toUpperCase() }, 'the designator is malformed'],
    [{ ...good, transport: 'a.b' }, 'the transport is malformed'],
    [{ ...good, hints: { 'a=b': '' } }, 'a hint is malformed'],
    [{ ...good, swiss: `${swiss}A` as SwissNumber }, 'the swiss number is malformed'],
    [{ ...good, hints: { url: 'a'.repeat(2048) } }, 'it is too long'],
  ] as const;
  for (const [parts, fault] of cases) {
    assert.throws(() => formatSturdyRef(parts), { message: `Cannot format sturdy ref: ${fault}` });
  }
});

test('a swiss number has 256 bits of the given randomness, all of them', () => {
  const asked: number[] = [];
  const zeros = makeSwiss((length) => {
    asked.push(length);
    return new Uint8Array(length);
  });
  assert.deepEqual(asked, [32]);
  const all = new Set<string>([zeros]);
  for (let bit = 0; bit < 256; bit += 1) {
    all.add(
      makeSwiss((length) => {
        const bytes = new Uint8Array(length);
        bytes[bit >> 3] = 1 << (bit & 7);
        return bytes;
      }),
    );
  }
  assert.equal(all.size, 257);
  for (const one of all) assert.ok(isSwissNumber(one));
  assert.throws(() => makeSwiss(() => new Uint8Array(16)), /random source gave another length/);
});
