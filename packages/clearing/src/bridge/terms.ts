/** What terms of an exchange look like, and when two of them are the same. */
import { M } from '@endo/patterns';
import type { CastedPattern } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import type { ExchangeLeg, ExchangeTerms } from './types.ts';

export const ExchangeIdShape: CastedPattern<string> = typed<string>(
  M.and(M.string({ stringLengthLimit: 100 }), M.neq('')),
);
const LegShape = M.splitRecord(
  { desk: M.remotable('desk'), value: M.and(ValueShape, M.gte(1n)) },
  { to: M.opt(M.remotable('payee')) },
  {},
);
export const TermsShape: CastedPattern<ExchangeTerms> = typed<ExchangeTerms>(
  M.splitRecord(
    {
      id: ExchangeIdShape,
      legs: [LegShape, LegShape],
      coordinator: M.remotable('coordinator'),
      deadline: ValueShape,
    },
    {},
    {},
  ),
);

const sameLeg = (a: ExchangeLeg, b: ExchangeLeg): boolean =>
  a.desk === b.desk && a.value === b.value && a.to === b.to;

/** A facet is the same object in both, also where it came by another way: its vat has one reference to it. */
export const sameTerms = (a: ExchangeTerms, b: ExchangeTerms): boolean =>
  a.id === b.id &&
  a.deadline === b.deadline &&
  a.coordinator === b.coordinator &&
  sameLeg(a.legs[0], b.legs[0]) &&
  sameLeg(a.legs[1], b.legs[1]);
