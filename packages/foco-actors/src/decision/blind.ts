/** The tokens of blind ballots: POPRF (RFC 9497) under a key of one decision, with the constituency bound to each. */
import type { Evaluation, Facet } from '@pocas/vat-runtime';
import { poprf } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { BodyHub } from './inside.ts';
import type { BlindKey } from './types.ts';

const bytes32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** It follows from the body's secret, so that a lost row loses no key. */
const keyPair = (hub: Facet<BodyHub>, number: bigint): ReturnType<typeof poprf.keyPair> =>
  poprf.keyPair(hub.derive(`key of decision ${number}`), `decision ${number}`);

/** The key is of one decision, and so is what is bound to each token: one of another opens nothing here. */
const infoOf = (hub: Facet<BodyHub>, number: bigint, constituency: string): string =>
  `pocas ballot\n${hub.tag()}\n${number}\n${constituency}`;

export const blindKey = (hub: Facet<BodyHub>, number: bigint, constituency: string): BlindKey => ({
  publicKey: keyPair(hub, number).publicKey,
  info: infoOf(hub, number, constituency),
});

/** The issuer's step. `invalid` for what is no element. The same each time for the same element. */
export const evaluateFor = (
  hub: Facet<BodyHub>,
  number: bigint,
  constituency: string,
  blinded: string,
): { readonly ok: true; readonly evaluation: Evaluation } | Refusal => {
  const info = infoOf(hub, number, constituency);
  // The nonce follows from all that is proved, so one nonce is never used for two proofs.
  const nonce = hub.derive64(`nonce of a proof\n${number}\n${info}\n${blinded}`);
  try {
    const { secretKey } = keyPair(hub, number);
    return { ok: true, evaluation: poprf.evaluate(secretKey, info, [blinded], nonce) };
  } catch (error) {
    if (error instanceof TypeError) return refuse('invalid');
    throw error;
  }
};

export const isToken = (
  hub: Facet<BodyHub>,
  number: bigint,
  constituency: string,
  input: string,
  output: string,
): boolean =>
  bytes32.test(input) &&
  poprf.output(keyPair(hub, number).secretKey, infoOf(hub, number, constituency), input) === output;
