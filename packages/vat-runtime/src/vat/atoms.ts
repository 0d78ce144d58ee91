/**
 * Short cuts for atoms, of which most state and most arguments consist: what the marshaller would
 * answer, without its general machinery. What is not plain is left to it.
 */

/** The smallcaps body of an atom, byte for byte as the marshaller writes it; undefined for anything else. */
export const encodeAtom = (value: unknown): string | undefined => {
  switch (typeof value) {
    case 'bigint':
      return `#"${value < 0n ? '' : '+'}${value}"`;
    case 'boolean':
      return `#${value}`;
    case 'undefined':
      return '#"#undefined"';
    case 'number':
      // The marshaller has words of its own for NaN and the infinities.
      return Number.isFinite(value) ? `#${JSON.stringify(value)}` : undefined;
    case 'string':
      // See smallcaps in @endo/marshal.
      return `#${JSON.stringify(isMarked(value) ? `!${value}` : value)}`;
    default:
      return value === null ? '#null' : undefined;
  }
};

/** Whether a text in a body, or a name, is marked by its first character, one of ! to -. */
export const isMarked = (text: string): boolean => text >= '!' && text < '.';

/** @returns the atom that a marked text stands for, in a record; undefined where it is left to the marshaller */
export const decodeMarked = (text: string): { readonly value: unknown } | undefined => {
  if (/^[+-][0-9]+$/.test(text)) return { value: BigInt(text) };
  if (text[0] === '!') return { value: text.slice(1) };
  return text === '#undefined' ? { value: undefined } : undefined;
};
