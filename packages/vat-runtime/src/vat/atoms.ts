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
      // A text that begins with one of ! to - is marked; see smallcaps in @endo/marshal.
      return `#${JSON.stringify(value >= '!' && value < '.' ? `!${value}` : value)}`;
    default:
      return value === null ? '#null' : undefined;
  }
};

/** @returns the value of a body in a record, or undefined where it is left to the marshaller */
export const decodeAtom = (body: string): { readonly value: unknown } | undefined => {
  const encoded = /^#(?:[-0-9tfn"])/.test(body) ? (JSON.parse(body.slice(1)) as unknown) : body;
  if (encoded === body) return undefined;
  if (typeof encoded !== 'string') return { value: encoded };
  if (!(encoded >= '!' && encoded < '.')) return { value: encoded };
  if (/^[+-][0-9]+$/.test(encoded)) return { value: BigInt(encoded) };
  if (encoded[0] === '!') return { value: encoded.slice(1) };
  return encoded === '#undefined' ? { value: undefined } : undefined;
};
