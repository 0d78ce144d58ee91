/** The vat of a poca's book. Its root is the facet of those who keep it. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import { LabelShape } from '../obligation/terms.ts';
import { makeBook } from './book.ts';
import type { BookKeeper, BookParams, BookPowers } from './types.ts';

const ParamsShape = M.splitRecord(
  { name: LabelShape, unit: LabelShape },
  { doubt: ValueShape, secret: M.string({ stringLengthLimit: 200 }) },
  {},
);

const usualDoubt = 3n * 24n * 60n * 60n * 1000n;

/** @param params - data from whoever opens the book; checked here */
export const make = (powers: BookPowers, params: BookParams): Facet<BookKeeper> => {
  mustMatch(params, ParamsShape, 'params of a book');
  const { name, unit, doubt = usualDoubt, secret = '' } = params;
  const { clock, timer, grantor, enlivener, roundMaker } = powers;
  return makeBook({
    ...{ clock, timer, name, unit, doubt, secret },
    ...(grantor === undefined ? {} : { grantor }),
    ...(enlivener === undefined ? {} : { enlivener }),
    ...(roundMaker === undefined ? {} : { roundMaker }),
  });
};
