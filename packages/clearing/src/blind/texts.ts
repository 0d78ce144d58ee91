/** Bytes as texts: base64url without padding, of which each value has exactly one here. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 32 bytes are 43 digits, of which the last has two bits to spare. They are zero, or one value had four texts. */
const bytes32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** 64 bytes are 86 digits, of which the last has four bits to spare. */
const bytes64 = /^[A-Za-z0-9_-]{85}[AQgw]$/;

export const isBytes32 = (text: string): boolean => bytes32.test(text);
export const isBytes64 = (text: string): boolean => bytes64.test(text);

/** The first 32 of 64 bytes. */
export const first32 = (text: string): string =>
  text.slice(0, 42) + alphabet[alphabet.indexOf(text[42]!) & ~3]!;

/** Compares all digits, wherever they begin to differ: how long it takes says nothing of a secret. */
export const isSameText = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
};

/** For guards: length alone. Whether it is canonical is for `isBytes32` to say, with a refusal. */
export const Text32Shape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 43 }),
);
export const Text64Shape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 86 }),
);
