/** What the actors of both kinds of halves do alike, when a half takes a step and when a round locks it. */
import type { Facet } from '@pocas/vat-runtime';
import type { Receipt, Refusal } from '@pocas/vat-runtime/actors';
import type { Lock } from './half.ts';
import type { PairInside } from './inside.ts';
import type { Done, End, Kind, Setoff, Terms } from './types.ts';

export const ok: Done = { ok: true };

export type Taken = { readonly ok: true; readonly receipt: Receipt | undefined } | Refusal;

export const doneOr = (taken: Taken): Done | Refusal => (taken.ok ? ok : taken);

/**
 * Writes into the journal what a step notes.
 *
 * @param after - the half as the step leaves it, with its amount or limit under that name
 * @returns the receipt of the first note
 */
export const writeDown = (
  { pair, terms }: { readonly pair: Facet<PairInside>; readonly terms: Terms },
  kind: Kind,
  {
    end,
    version,
    ...size
  }: { readonly end: End; readonly version: bigint } & (
    { readonly amount: bigint } | { readonly limit: bigint }
  ),
  notes: readonly { readonly kind: string }[],
): Receipt | undefined => {
  const { origin, unit } = terms;
  let receipt: Receipt | undefined;
  for (const { kind: what, ...rest } of notes) {
    const said = pair.record(`${kind}.${what}`, { origin, end, unit, version, ...size, ...rest });
    receipt ??= said;
  }
  return receipt;
};

/** What a round holds already, where it locks the same version again and no more of it. */
export const heldAgain = (
  {
    half: { lock },
    setoff,
  }: {
    readonly half: { readonly lock?: Lock | undefined };
    readonly setoff: Facet<Setoff> | undefined;
  },
  tag: string,
  version: bigint,
  max: bigint,
): Facet<Setoff> | undefined =>
  lock?.tag === tag && lock.version === version && max <= lock.max ? setoff : undefined;
