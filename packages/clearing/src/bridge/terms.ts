/** What terms of an exchange look like, and when two of them are the same. */
import { M } from '@endo/patterns';
import type { CastedPattern } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import type { ExchangeLeg, ExchangeQuestion, ExchangeSummary, ExchangeTerms } from './types.ts';

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

export const QuestionShape: CastedPattern<ExchangeQuestion> = typed<ExchangeQuestion>(
  M.splitRecord({ id: ExchangeIdShape, legs: [LegShape, LegShape], deadline: ValueShape }, {}, {}),
);
export const SummaryShape: CastedPattern<ExchangeSummary> = typed<ExchangeSummary>(
  M.splitRecord(
    { id: ExchangeIdShape, values: [ValueShape, ValueShape], deadline: ValueShape },
    {},
    {},
  ),
);

export const questionOf = ({ id, legs, deadline }: ExchangeTerms): ExchangeQuestion => ({
  id,
  legs,
  deadline,
});
export const summaryOf = ({ id, legs, deadline }: ExchangeTerms): ExchangeSummary => ({
  id,
  values: [legs[0].value, legs[1].value],
  deadline,
});
export const sameSummary = (a: ExchangeSummary, b: ExchangeSummary): boolean =>
  a.id === b.id &&
  a.deadline === b.deadline &&
  a.values[0] === b.values[0] &&
  a.values[1] === b.values[1];

/** A facet is the same object in both, also where it came by another way: its vat has one reference to it. */
export const sameQuestion = (a: ExchangeQuestion, b: ExchangeQuestion): boolean =>
  a.id === b.id &&
  a.deadline === b.deadline &&
  sameLeg(a.legs[0], b.legs[0]) &&
  sameLeg(a.legs[1], b.legs[1]);

export const sameTerms = (a: ExchangeTerms, b: ExchangeTerms): boolean =>
  sameQuestion(a, b) && a.coordinator === b.coordinator;
