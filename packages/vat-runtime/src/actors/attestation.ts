/**
 * Signed statements about a person, who alone holds them (SPEC F18). Pure functions, the same in a vat and in
 * another program; the actors that issue and ask for them are in `attestor.ts` and `attestation-gate.ts`.
 *
 * What is signed are texts in UTF-8, each with the canonical text of its data (`textOf` of the journal):
 *
 *   attestation    "pocas attestation v1\n"  + textOf([issuer, facts, until, holder])
 *   presentation   "pocas presentation v1\n" + textOf([holder, signature of the attestation, challenge])
 *
 * The holder's key is fresh for each attestation and shown once. So of two actors to whom somebody shows two
 * attestations of one batch, neither sees that it is the same person, unless the fact itself is rare. The
 * issuer knows the keys that it signed: together with an actor it can tell who came. A challenge says for what it
 * is, in words, and ends with what cannot be guessed: a presentation for one actor is none for another, and
 * a holder whom somebody asks with another's challenge reads for what it is before signing.
 */
import harden from '@endo/harden';
import type { CastedPattern } from '@endo/patterns';
import { M, matches } from '@endo/patterns';
import { schnorr, typed } from '@pocas/vat-runtime';
import type { Attestation, AttestationFacts, Presentation } from './attestation-types.ts';
import { textOf } from './journal-rules.ts';
import { type Refusal, refuse } from './refusal.ts';

const bytes32 = M.string({ stringLengthLimit: 43 });
const bytes64 = M.string({ stringLengthLimit: 86 });

export const FactsShape: CastedPattern<AttestationFacts> = typed<AttestationFacts>(
  M.splitRecord(
    { kind: M.and(M.string({ stringLengthLimit: 100 }), M.neq('')) },
    { count: M.nat(), words: M.string({ stringLengthLimit: 200 }) },
    {},
  ),
);
export const AttestationShape: CastedPattern<Attestation> = typed<Attestation>(
  M.splitRecord(
    { issuer: bytes32, facts: FactsShape, until: M.nat(), holder: bytes32, signature: bytes64 },
    {},
    {},
  ),
);
export const PresentationShape: CastedPattern<Presentation> = typed<Presentation>(
  M.splitRecord(
    { attestation: AttestationShape, challenge: M.string(), signature: bytes64 },
    {},
    {},
  ),
);

const attestationText = ({
  issuer,
  facts,
  until,
  holder,
}: Omit<Attestation, 'signature'>): string =>
  `pocas attestation v1\n${textOf([issuer, facts, until, holder])}`;

const presentationText = ({ holder, signature }: Attestation, challenge: string): string =>
  `pocas presentation v1\n${textOf([holder, signature, challenge])}`;

/**
 * @param secretKey - the issuer's
 * @param until - the last epoch in which it holds
 * @param holder - a fresh public key, whose secret key the person alone has
 * @param random - 64 bytes, used once
 * @throws TypeError for a holder that is no key, or the issuer itself
 */
export const attest = (
  secretKey: string,
  facts: AttestationFacts,
  until: bigint,
  holder: string,
  random: string,
): Attestation => {
  const issuer = schnorr.publicKey(secretKey);
  if (holder === issuer) throw new TypeError('Cannot attest: the holder is the issuer');
  // Nobody could verify a presentation with what is no key; here it throws before anything is signed.
  schnorr.verify(holder, '', '');
  const said = { issuer, facts, until, holder };
  return { ...said, signature: schnorr.sign(secretKey, attestationText(said), random) };
};

/** @param secretKey - of the attestation's holder. It is used once. @param random - 64 bytes, used once */
export const present = (
  secretKey: string,
  attestation: Attestation,
  challenge: string,
  random: string,
): Presentation => {
  if (schnorr.publicKey(secretKey) !== attestation.holder)
    throw new TypeError('Cannot present: the key is of another attestation');
  const signature = schnorr.sign(secretKey, presentationText(attestation, challenge), random);
  return { attestation, challenge, signature };
};

const holds = (key: string, text: string, signature: string): boolean => {
  try {
    return schnorr.verify(key, text, signature);
  } catch {
    // What is no key has signed nothing.
    return false;
  }
};

export type Wanted = {
  /** Public keys of those whose word counts for this. */
  readonly issuers: readonly string[];
  /** Now, by the clock of whoever asks. */
  readonly epoch: bigint;
};

/** Whether a statement holds now. `invalid` for what nobody signed of those asked for, `expired`. */
export const checkAttestation = (
  attestation: unknown,
  { issuers, epoch }: Wanted,
): { readonly ok: true } | Refusal => {
  if (!matches(harden(attestation) as Attestation, AttestationShape)) return refuse('invalid');
  // The cast holds: the line above has looked.
  const { issuer, until, signature } = attestation as Attestation;
  if (!issuers.includes(issuer)) return refuse('invalid');
  if (!holds(issuer, attestationText(attestation as Attestation), signature))
    return refuse('invalid');
  return until < epoch ? refuse('expired') : { ok: true };
};

/**
 * The same of an attestation that somebody shows as theirs. It does not know which holders were shown before:
 * whoever opens something by it remembers them (`attestation-gate.ts`).
 */
export const checkPresentation = (
  presentation: unknown,
  { challenge, ...wanted }: Wanted & { readonly challenge: string },
): { readonly ok: true } | Refusal => {
  if (!matches(harden(presentation) as Presentation, PresentationShape)) return refuse('invalid');
  // The cast holds: the line above has looked.
  const { attestation, signature, ...shown } = presentation as Presentation;
  if (shown.challenge !== challenge) return refuse('invalid');
  if (!holds(attestation.holder, presentationText(attestation, challenge), signature))
    return refuse('invalid');
  return checkAttestation(attestation, wanted);
};

/**
 * What an actor asks to be signed: for what it is, and what nobody guesses.
 *
 * @param purpose - for the person who shows something, at most 200 characters
 * @param nonce - of this actor alone, another one each time
 */
export const challengeOf = (purpose: string, epoch: bigint, nonce: string): string =>
  JSON.stringify([purpose, `${epoch}`, nonce]);

/** For what a challenge is, as the person should read it before anything is signed. Undefined for what is none. */
export const purposeOf = (challenge: string): string | undefined => {
  if (challenge.length > 1_000) return undefined;
  try {
    const parts = JSON.parse(challenge) as unknown;
    const isOne =
      Array.isArray(parts) && parts.length === 3 && parts.every((one) => typeof one === 'string');
    return isOne ? (parts[0] as string) : undefined;
  } catch {
    return undefined;
  }
};
