/**
 * Whether a facet is one of a ledger's own objects, found out without a list of all that ever were:
 * an ended hold or a used payment still answers for itself, and costs nothing but its own row.
 *
 * Its `number()` notes, for the length of that call, what lies behind the facet. A stranger's `number()` can
 * call that of a real one, so what was noted counts only for the very facet that it was noted of.
 * (Rights amplification as by E's sealers: only this module reaches the slot.)
 */
import type { Facet } from '@pocas/vat-runtime';
import type { AccountInside, HoldInside, LedgerInside, PaymentInside } from './inside.ts';

type Insides = {
  account: Facet<AccountInside>;
  hold: Facet<HoldInside>;
  payment: Facet<PaymentInside>;
};
type Note = {
  readonly kind: keyof Insides;
  readonly facet: object;
  readonly ledger: Facet<LedgerInside>;
  readonly inside: unknown;
};

let noted: Note | undefined;

/** To be called by `number()` of each facet that can be proved. */
export const note = <Kind extends keyof Insides>(
  kind: Kind,
  facet: object,
  ledger: Facet<LedgerInside>,
  inside: Insides[Kind],
): void => {
  noted = { kind, facet, ledger, inside };
};

/** The inside of an object of this ledger by its outer facet; undefined for anything else, near or far. */
export const prove = <Kind extends keyof Insides>(
  kind: Kind,
  ledger: Facet<LedgerInside>,
  facet: { number(): bigint },
): Insides[Kind] | undefined => {
  if (typeof facet.number !== 'function') return undefined;
  noted = undefined;
  facet.number();
  // The compiler does not see that the call sets it.
  const found = noted as Note | undefined;
  noted = undefined;
  const isProved = found?.kind === kind && found.facet === facet && found.ledger === ledger;
  return isProved ? (found.inside as Insides[Kind]) : undefined;
};
