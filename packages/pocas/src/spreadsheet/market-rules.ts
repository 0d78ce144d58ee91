/** What is seen of a market before anything is posted there. The market looks again, at each post. */
import type { MarketRules } from '@pocas/market-actors';
import { isUnwanted, kindOf, offerFault } from '@pocas/market-actors';
import type { Field } from './headers.ts';
import { quoted, shown } from './shown.ts';

type OfferSays = {
  readonly what: string;
  readonly description: string;
  readonly category: string;
  readonly price: bigint;
  readonly outside: string;
};
type NeedSays = {
  readonly kind: string;
  readonly what: string;
  readonly description: string;
  readonly inReturn: string;
};

type Found = { readonly field: Field; readonly words: string };

const listed = (words: readonly string[]): string => words.map(quoted).join(', ');

const refusedWord = (refused: readonly string[], ...texts: readonly string[]): string => {
  const found = refused.find((word) => isUnwanted([word], ...texts));
  const which = found === undefined ? 'something in it' : quoted(found);
  return `this market does not want ${which}; leave the row out`;
};

/** Why the market would not take an offer, and in which column. */
export const faultOfOffer = (row: OfferSays, rules: MarketRules): Found | undefined => {
  const { what, description, category, price, outside } = row;
  const bundle = { own: price, brands: [], outside };
  const terms = { what, description, category, alternatives: [bundle] };
  const code = offerFault({ ...terms, delivery: '', duration: 0n }, { ...rules, issuers: [] });
  if (code === undefined) return undefined;
  if (code === 'invalid') {
    const words = `this market has these: ${listed(rules.categories)}; write one of them`;
    return { field: 'category', words };
  }
  if (code === 'conflict') {
    return { field: 'what', words: refusedWord(rules.refused, what, description) };
  }
  if (code === 'unsupported') {
    const words = `it has to be in one of ${listed(rules.units)}`;
    return { field: 'outside', words };
  }
  const { price: each, step } = rules;
  const unit = shown(rules.unit);
  const words =
    each > 0n
      ? `in this market everything costs ${each} ${unit}, and nothing besides`
      : `prices here are multiples of ${step} ${unit}`;
  return { field: 'price', words };
};

/** The same of a need. */
export const faultOfNeed = (row: NeedSays, rules: MarketRules): Found | undefined => {
  const { what, description, inReturn } = row;
  const kind = kindOf(row.kind);
  if (rules.categories.length > 0 && !rules.categories.map(kindOf).includes(kind)) {
    const words = `this market has these: ${listed(rules.categories)}; write one of them`;
    return { field: 'kind', words };
  }
  if (!isUnwanted(rules.refused, kind, what, description, inReturn)) return undefined;
  return { field: 'what', words: refusedWord(rules.refused, kind, what, description, inReturn) };
};
