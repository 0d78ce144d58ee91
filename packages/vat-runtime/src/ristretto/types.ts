/**
 * What vats and wallets need of the group ristretto255, as pure functions over texts: bytes are
 * base64url without padding. A compartment has neither typed arrays nor randomness, so vats import these
 * from `@pocas/vat-runtime` and hand in what is random; programs import `@pocas/vat-runtime/ristretto`.
 *
 * Texts that are no canonical encoding throw `TypeError` in fixed words, as do the identity element and zero scalars.
 * Of what somebody else claims (a signature, an encapsulation, a partial opening, something sealed), what is
 * no canonical encoding does not hold or does not open, like any other that is wrong.
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

/** Signatures of FROST(ristretto255, SHA-512), RFC 9591, with one signer. Messages are texts in UTF-8. */
export type Schnorr = {
  publicKey(secretKey: string): string;
  /** @param random - 64 bytes, used once and hedged with the key and the message */
  sign(secretKey: string, message: string, random: string): string;
  verify(publicKey: string, message: string, signature: string): boolean;
};

/** Short texts sealed to a public key: hashed ElGamal, encrypt-then-MAC with HMAC-SHA-512. Keys are those of `Schnorr`. */
export type SealedTo = {
  /** @param text - at most 4,096 bytes in UTF-8 @param random - 64 bytes, used once */
  seal(publicKey: string, text: string, context: string, random: string): string;
  /** Undefined for what was not sealed to this key in this context. */
  open(secretKey: string, sealed: string, context: string): string | undefined;
  /**
   * Shows to others what was sealed, without giving the key away, and only this: for when the sealer lied.
   * Undefined for what anybody can see is not well made: `disclosed` says so without a disclosure.
   */
  disclose(secretKey: string, sealed: string, context: string, random: string): string | undefined;
  /**
   * What others see in it; undefined for what does not open, or was not made for this context.
   * @throws Error where the disclosure is not of this text by the holder of this key
   */
  disclosed(
    publicKey: string,
    sealed: string,
    context: string,
    disclosure: string | undefined,
  ): string | undefined;
};

/** What a recorder writes beside a segment (SPEC 7.5): `R = r·G`, and that it knows r, bound to `context`. */
export type Encapsulation = { readonly point: string; readonly proof: string };
/** One holder's part of an opening, with a proof that it is of the same share as the verification key. */
export type PartialOpening = {
  readonly index: bigint;
  readonly value: string;
  readonly proof: string;
};
/** Threshold ElGamal over ristretto255 (SPEC 7.5). `context` names segment, camera, time and epoch, in one canonical text. */
export type Threshold = {
  /** The key of a segment, 32 bytes, from `r·Y` and the context. @param random - 64 bytes, used once */
  encapsulate(
    groupKey: string,
    context: string,
    random: string,
  ): { readonly encapsulation: Encapsulation; readonly key: string };
  verifyEncapsulation(encapsulation: Encapsulation, context: string): boolean;
  /** @param purpose - the request's identity: a partial opening for one request is not one for another */
  open(
    share: KeyShare,
    encapsulation: Encapsulation,
    context: string,
    purpose: string,
    random: string,
  ): PartialOpening;
  verifyPartial(
    verificationKey: string,
    partial: PartialOpening,
    encapsulation: Encapsulation,
    purpose: string,
  ): boolean;
  /** The key, from t verified partial openings of different holders. */
  combine(
    partials: readonly PartialOpening[],
    encapsulation: Encapsulation,
    groupKey: string,
    context: string,
  ): string;
};
export type KeyShare = { readonly index: bigint; readonly secret: string };
/** What everybody knows of a key that was made together. */
export type GroupKey = {
  readonly threshold: bigint;
  readonly groupKey: string;
  /** By index, 1 to n. */
  readonly verificationKeys: readonly { readonly index: bigint; readonly key: string }[];
};

export type Ristretto = {
  readonly poprf: Poprf;
  readonly pedersen: Pedersen;
  readonly schnorr: Schnorr;
  readonly sealedTo: SealedTo;
  readonly threshold: Threshold;
  /** HMAC-SHA-512 (RFC 2104), keys and results in base64url, the message a text in UTF-8: 64 bytes. */
  readonly hmac: (key: string, message: string) => string;
};
