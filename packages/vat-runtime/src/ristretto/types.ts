/**
 * What vats and wallets need of the group ristretto255, as pure functions over texts: bytes are
 * base64url without padding. A compartment has neither typed arrays nor randomness, so vats import these
 * from `@pocas/vat-runtime` and hand in what is random; programs import `@pocas/vat-runtime/ristretto`.
 *
 * Texts that are no canonical encoding throw `TypeError` in fixed words, as do the identity element and zero scalars.
 */

/** RFC 9497, mode POPRF, suite ristretto255-SHA512. `info` is public and bound to the output. */
export type Poprf = {
  /** @param seed - 32 random bytes */
  keyPair(
    seed: string,
    keyInfo: string,
  ): { readonly secretKey: string; readonly publicKey: string };
  /**
   * The holder's first step. @param random - 64 bytes, used once
   * `tweakedKey` is what the proof is checked against.
   */
  blind(
    input: string,
    info: string,
    publicKey: string,
    random: string,
  ): { readonly blind: string; readonly blinded: string; readonly tweakedKey: string };
  /** The issuer's step, with one proof for all. @param random - 64 bytes, used once */
  evaluate(secretKey: string, info: string, blinded: readonly string[], random: string): Evaluation;
  /** The holder's last step: the outputs. @throws where the proof does not hold */
  finalize(
    items: readonly { readonly input: string; readonly blind: string; readonly blinded: string }[],
    evaluation: Evaluation,
    info: string,
    tweakedKey: string,
  ): readonly string[];
  /** The same output, by whoever has the key. */
  output(secretKey: string, info: string, input: string): string;
};
export type Evaluation = { readonly evaluated: readonly string[]; readonly proof: string };

/** Pedersen commitments `value·G + blinding·H`; H has no known logarithm to G (hash to group of a fixed text). */
export type Pedersen = {
  /** @param value - any sign, below 2^62 @param blinding - a scalar, from `scalar` */
  commit(value: bigint, blinding: string): string;
  add(commitments: readonly string[]): string;
  addScalars(scalars: readonly string[]): string;
  /** A scalar from 64 bytes, uniform. */
  scalar(random: string): string;
  /** Shows that `commitment − value·G` is a multiple of H that its maker knows (Schnorr, Fiat–Shamir over `context`). */
  prove(
    commitment: string,
    value: bigint,
    blinding: string,
    context: string,
    random: string,
  ): string;
  verify(commitment: string, value: bigint, proof: string, context: string): boolean;
};

export type Ristretto = {
  readonly poprf: Poprf;
  readonly pedersen: Pedersen;
  /** HMAC-SHA-512 (RFC 2104), keys and results in base64url, the message a text in UTF-8: 64 bytes. */
  readonly hmac: (key: string, message: string) => string;
};
