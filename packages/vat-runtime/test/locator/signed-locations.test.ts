import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeIdentity } from '#src/locator/identity.js';
import { hintedLocations, makeHints, readHints } from '#src/locator/signed-hints.js';
import { signLocations } from '#src/locator/sign-locations.js';
import {
  type SignedLocations,
  isLocations,
  maxLocationLength,
  verifyLocations,
} from '#src/locator/signed-locations.js';
import { parseNodeLocator } from '#src/locator/sturdy-ref.js';
import { formatNodeLocator, formatSturdyRef, makeSwiss } from '#src/locator/write-locator.js';

const identity = makeIdentity(new Uint8Array(32).fill(1));
const other = makeIdentity(new Uint8Array(32).fill(2));
const { designator } = identity;
const locations = ['wss://poca.example/link', 'ws://127.0.0.1:8400/link?a=1&b=%20'];
const signed = signLocations(identity, locations, 1_800_000_000);

test('what a node signed is verified, and a copy is answered that nobody can change', () => {
  assert.deepEqual(verifyLocations(signed), signed);
  const extra = { ...signed, more: 'x' };
  assert.deepEqual(verifyLocations(extra), signed);
  const alleged = { ...signed, locations: [...locations] };
  const verified = verifyLocations(alleged)!;
  alleged.locations.push('ws://elsewhere');
  assert.deepEqual(verified.locations, locations);
  assert.ok(Object.isFrozen(verified.locations));
});

test('addresses, order, time, node and signature hold together', () => {
  const forged: Partial<Record<keyof SignedLocations, unknown>>[] = [
    { designator: other.designator },
    { designator: designator.toUpperCase() },
    { locations: locations.toReversed() },
    { locations: locations.slice(0, 1) },
    { locations: [...locations, 'ws://x'] },
    { locations: [] },
    { locations: [locations.join('\n')] },
    { signedAt: signed.signedAt + 1 },
    { signedAt: `${signed.signedAt}` },
    { signature: other && signLocations(other, locations, signed.signedAt).signature },
    { signature: signed.signature.slice(1) },
    { signature: '' },
  ];
  for (const change of forged) assert.equal(verifyLocations({ ...signed, ...change }), undefined);
  for (const any of [undefined, null, 7, 'x', [], {}])
    assert.equal(verifyLocations(any), undefined);
});

test('a signature for one thing is none for another: two lists cannot be read as one', () => {
  // Each part stands on a line of its own, and no address has a line feed.
  assert.equal(isLocations(['ws://a\nws://b']), false);
  const { signature } = signLocations(identity, ['ws://a'], 12);
  assert.equal(
    verifyLocations({ designator, locations: ['ws://a'], signedAt: 1, signature }),
    undefined,
  );
});

test('only web socket addresses in few printable characters are signed', () => {
  for (const bad of [
    'http://a',
    'ws:/a',
    'ws://',
    'ws://a b',
    'ws://a"b',
    'ws://ñ',
    `ws://${'a'.repeat(maxLocationLength)}`,
  ]) {
    assert.equal(isLocations([bad]), false, bad);
    assert.throws(() => signLocations(identity, [bad], 1), /^TypeError: Cannot sign locations/);
  }
  assert.throws(() => signLocations(identity, Array(9).fill('ws://a') as string[], 1), TypeError);
  for (const at of [-1, 0.5, NaN, 2 ** 60])
    assert.throws(() => signLocations(identity, ['ws://a'], at), RangeError);
});

const locatorOf = (text: string) => parseNodeLocator(text);
const written = formatNodeLocator({
  designator,
  transport: 'websocket',
  hints: makeHints(signed),
});

test('a locator carries signed addresses, and gives them back as they were signed', () => {
  assert.match(written, /\?url=wss%3A[^&]*&url2=ws%3A[^&]*&at=1800000000&sig=[A-Za-z0-9_-]{86}$/);
  assert.deepEqual(readHints(locatorOf(written)), { signed });
});

test('addresses that were changed in a locator are refused, and so are those of another node', () => {
  const theirs = signLocations(other, locations, 1);
  for (const text of [
    written.replace('poca.example', 'evil.example'),
    written.replace('at=18', 'at=19'),
    written.replace('at=18', 'at=018'),
    written.replace(/&at=[0-9]+/, ''),
    written.replace(/&sig=.*/, ''),
    written.replace(/url=[^&]*&url2/, 'url'),
    written.replace(/&url2=[^&]*/, ''),
    written.replace('url2', 'url3'),
    formatNodeLocator({ designator, transport: 'websocket', hints: makeHints(theirs) }),
  ]) {
    assert.notEqual(text, written);
    assert.throws(() => readHints(locatorOf(text)), {
      message: 'Cannot read locator: its addresses are not signed by the node that it names',
    });
  }
});

test('a locator of the older form has addresses without a signature, those that are some', () => {
  const old = (query: string) => readHints(locatorOf(`ocapn://${designator}.websocket${query}`));
  assert.deepEqual(old('?url=ws%3A%2F%2Fa'), { unsigned: ['ws://a'] });
  assert.deepEqual(old('?url=ws%3A%2F%2Fa&url2=wss%3A%2F%2Fb&color=red'), {
    unsigned: ['ws://a', 'wss://b'],
  });
  assert.deepEqual(old('?url=http%3A%2F%2Fa'), {});
  assert.deepEqual(old(''), {});
  assert.deepEqual(makeHints(signLocations(identity, [], 1)), {});
});

test('a node with many long addresses still has sturdy refs that are read: the best are in them', () => {
  const long = (i: number) => `wss://${'%20'.repeat(60)}.example/${i}`;
  const many = Array.from({ length: 12 }, (_, i) => long(i));
  const hinted = hintedLocations(many);
  assert.deepEqual(hinted, many.slice(0, hinted.length));
  assert.ok(hinted.length >= 2 && hinted.length <= 8);
  const swiss = makeSwiss((length) => new Uint8Array(length));
  const hints = makeHints(signLocations(identity, hinted, Number.MAX_SAFE_INTEGER));
  assert.ok(formatSturdyRef({ designator, transport: 'websocket', swiss, hints }).length <= 2048);
  const short = Array.from({ length: 12 }, (_, i) => `ws://${i}`);
  assert.deepEqual(hintedLocations(short), short.slice(0, 8));
  formatSturdyRef({
    ...{ designator, transport: 'websocket', swiss },
    hints: makeHints(signLocations(identity, hintedLocations(short), 1)),
  });
});
