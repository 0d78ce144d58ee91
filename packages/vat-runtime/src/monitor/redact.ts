/**
 * Takes out of a text what could open something: swiss numbers, alone or in a sturdy ref, and keys.
 *
 * It imports nothing: the console of a locked-down thread asks it, and is there before anything else.
 */

/** 256 bits take 43 characters of base64url, 52 of base32 and 64 of hexadecimal. */
const secretForm = /[A-Za-z0-9_-]{43,}/g;
/** How a node's designator is written: it is no secret. */
const designatorForm = /^[a-z2-7]{52}$/;

/**
 * Masks everything that has the form of a secret; a node's designator, which has not, stays.
 * To be asked before a text is cut: of a secret of which a part is missing nothing is recognised.
 */
export const redact = (text: string): string =>
  text.replace(secretForm, (run) => (designatorForm.test(run) ? run : '(secret)'));
