/** Takes out of a text what could open something: swiss numbers, alone or in a sturdy ref, and keys. */
import { isDesignatorText } from '../locator/identity.ts';

/** 256 bits take 43 characters of base64url, 52 of base32 and 64 of hexadecimal. */
const secretForm = /[A-Za-z0-9_-]{43,}/g;

/**
 * Masks everything that has the form of a secret; a node's designator, which has not, stays.
 * A text of which a secret is only a part, cut or written in another way, is not recognised: texts that
 * somebody else wrote are shown to the operator only, and to nobody else.
 */
export const redact = (text: string): string =>
  text.replace(secretForm, (run) => (isDesignatorText(run) ? run : '(secret)'));
