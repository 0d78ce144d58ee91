/** Bytes as text, fast: what a row and a message can hold. `locator/base-encoding.ts` is for keys. */
export type Texts = {
  /** base64url without padding. */
  toText(bytes: Uint8Array): string;
  /** The bytes that `toText` wrote so, undefined for any other text. */
  fromText(text: string): Uint8Array | undefined;
};
