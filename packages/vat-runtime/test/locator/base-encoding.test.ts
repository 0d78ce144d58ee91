import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { fromBase32, fromBase64Url, toBase32, toBase64Url } from '#src/locator/base-encoding.js';

const utf8 = (text: string) => Uint8Array.from(Buffer.from(text));
// A fixed, irregular filling.
const filled = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 151 + 77) & 0xff);

test('writes the vectors of RFC 4648, section 10, in lower case and without padding', () => {
  const vectors = [
    ['', '', ''],
    ['f', 'my', 'Zg'],
    ['fo', 'mzxq', 'Zm8'],
    ['foo', 'mzxw6', 'Zm9v'],
    ['foob', 'mzxw6yq', 'Zm9vYg'],
    ['fooba', 'mzxw6ytb', 'Zm9vYmE'],
    ['foobar', 'mzxw6ytboi', 'Zm9vYmFy'],
  ] as const;
  for (const [plain, base32, base64] of vectors) {
    assert.equal(toBase32(utf8(plain)), base32);
    assert.equal(toBase64Url(utf8(plain)), base64);
    assert.deepEqual(fromBase32(base32, plain.length), utf8(plain));
    assert.deepEqual(fromBase64Url(base64, plain.length), utf8(plain));
  }
});

test('base64url agrees with the host for every length up to 70 bytes', () => {
  for (let length = 0; length <= 70; length += 1) {
    const bytes = filled(length);
    assert.equal(toBase64Url(bytes), Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(fromBase64Url(toBase64Url(bytes), length), bytes);
    assert.deepEqual(fromBase32(toBase32(bytes), length), bytes);
  }
});

test('of all texts that differ in the last character only one is read', () => {
  const bytes = filled(32);
  for (const [write, read, alphabet] of [
    [toBase32, fromBase32, 'abcdefghijklmnopqrstuvwxyz234567'],
    [
      toBase64Url,
      fromBase64Url,
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
    ],
  ] as const) {
    const text = write(bytes);
    const same = [...alphabet].filter((last) => {
      const found = read(text.slice(0, -1) + last, 32);
      return found !== undefined && Buffer.from(found).equals(Buffer.from(bytes));
    });
    assert.deepEqual(same, [text.at(-1)]);
  }
});

test('refuses other lengths, padding, other alphabets and characters outside ASCII', () => {
  const base32 = toBase32(filled(32));
  const base64 = toBase64Url(filled(32));
  for (const text of [
    '',
    base32.slice(1),
    `${base32}a`,
    `${base32.slice(1)}=`,
    base32.toUpperCase(),
    `${base32.slice(1)}1`,
    `${base32.slice(1)}ā`,
    ` ${base32.slice(1)}`,
  ]) {
    assert.equal(fromBase32(text, 32), undefined, text);
  }
  for (const text of [
    '',
    base64.slice(1),
    `${base64}=`,
    `+${base64.slice(1)}`,
    `/${base64.slice(1)}`,
  ]) {
    assert.equal(fromBase64Url(text, 32), undefined, text);
  }
});
