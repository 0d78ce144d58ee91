/**
 * Signed statements about a person, held by that person alone (SPEC F18). Types only.
 *
 * Keys and signatures are those of FROST(ristretto255, SHA-512), RFC 9591, with one signer (`ristretto/schnorr.ts`),
 * in base64url. What is signed is the canonical text of the record (`attestation.ts`), under a text of domain separation.
 */

export type AttestationFacts = {
  /** What is said, such as `care shifts`, `first aid`. */
  readonly kind: string;
  /** Of what is counted. */
  readonly count?: bigint;
  /** For people, where the kind does not say all. At most 200 characters. */
  readonly words?: string;
};
export type Attestation = {
  /** The issuer's public key: whoever accepts it was handed this key by somebody, and finds it nowhere. */
  readonly issuer: string;
  readonly facts: AttestationFacts;
  /** The last epoch in which it holds, by the clock of whoever is shown it, in epochs since 1970. */
  readonly until: bigint;
  /** A public key of the holder, fresh for each attestation: one presentation uses it up. */
  readonly holder: string;
  readonly signature: string;
};
/** An attestation shown to one actor, for one purpose: useless anywhere else. */
export type Presentation = {
  readonly attestation: Attestation;
  /** What the actor asked for, which it chose at random (`challenge`). */
  readonly challenge: string;
  /** Of the holder's key over the challenge. */
  readonly signature: string;
};
