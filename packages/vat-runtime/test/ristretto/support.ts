/** What the tests of this room share: bytes of one value, changed texts, and keys. */
import { hmac, pedersen, schnorr } from '@pocas/vat-runtime/ristretto';

export const bytes = (length: number, fill: number): string =>
  Buffer.alloc(length, fill).toString('base64url');

/** Bytes that are another 64 for each name. */
export const randomOf = (name: string): string => hmac(bytes(32, 7), name);

export const keyPairOf = (name: string) => {
  const secretKey = pedersen.scalar(randomOf(`key of ${name}`));
  return { secretKey, publicKey: schnorr.publicKey(secretKey) };
};

export const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

/** The text with one bit of its bytes changed. */
export const flipped = (text: string, at: number): string => {
  const changed = Buffer.from(text, 'base64url');
  changed[at]! ^= 1;
  return changed.toString('base64url');
};

export const identity: string = bytes(32, 0);

/** Texts that are no element: no bytes, the wrong number, the identity, not canonical, not on the curve, negative. */
export const noElements: readonly unknown[] = [
  ...[undefined, 5, '', 'AAAA', `${identity}=`],
  identity,
  ...[bytes(32, 255), fromHex(`01${'00'.repeat(31)}`), bytes(33, 2)],
  // p + 2, which would be 2 were it reduced.
  fromHex(`ef${'ff'.repeat(30)}7f`),
];

/** Of the order and above, and none at all. */
export const noScalars: readonly unknown[] = [
  ...[undefined, 5, '', bytes(31, 1), bytes(32, 255)],
  fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'),
];
