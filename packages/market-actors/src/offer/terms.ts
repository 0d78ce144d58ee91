/** What an offer may say, and what it costs: pure functions. */
import type { Issuer, Payee } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { identityOf } from '@pocas/vat-runtime';
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { BrandPart, Bundle, OfferTerms } from './types.ts';

/**
 * A facet of this market that is no payee is none: an offer shows its payees to all, so it would be shown to
 * them, and to whoever handed it in, whatever fence it came through. One of another ledger is its own concern.
 */
const isPayee = (given: Facet<Payee>): boolean => {
  const { number, deposit, view } = given as unknown as Partial<Record<string, unknown>>;
  const isNear = !identityOf(given).startsWith('-');
  return !isNear || ([number, deposit].every(isMethod) && !isMethod(view));
};
const isMethod = (one: unknown): boolean => typeof one === 'function';

/** Ways to pay of one offer, and other brands in one of them. */
export const maxAlternatives = 5;
export const maxBrands = 3;
/** No sum of money has more digits; a total with more is a mistake or an attack. */
const mostValue = 10n ** 30n - 1n;

/** What a charter says about offers. Empty lists and a price of 0 bound nothing. */
export type OfferRules = {
  /** Of the other brands that the market accepts. */
  readonly issuers: readonly Facet<Issuer>[];
  readonly price: bigint;
  readonly step: bigint;
  readonly categories: readonly string[];
  readonly units: readonly string[];
  readonly refused: readonly string[];
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const contains = (text: string, word: string): boolean =>
  text.toLowerCase().includes(word.toLowerCase());

const faultOfBundle = (
  { own, brands, outside }: Bundle,
  { price, step, units, issuers }: OfferRules,
): RefusalCode | undefined => {
  if (brands.length > maxBrands) return 'quota';
  // Whoever pays hands over to the issuer what decides their value: it must not be the maker's own.
  // Vouchers of this market are known to it, whoever promised them.
  if (!brands.every(({ payee }) => isPayee(payee))) return 'invalid';
  if (!brands.every(({ issuer, voucher }) => voucher !== undefined || issuers.includes(issuer)))
    return 'invalid';
  // "All products valued at 1 credit": then nothing else can be asked for it either.
  if (price > 0n && (own !== price || brands.length > 0 || outside !== '')) return 'limit';
  if (own % step !== 0n || brands.some(({ value, step: each }) => value % each !== 0n))
    return 'limit';
  if (units.length === 0) return undefined;
  const isKnown = (text: string): boolean => units.some((unit) => contains(text, unit));
  if (outside !== '' && !isKnown(outside)) return 'unsupported';
  return brands.every(({ unit }) => isKnown(unit)) ? undefined : 'unsupported';
};

/** Why a market does not take an offer. Undefined: it does. */
export const faultOf = (
  { what, description, category, alternatives }: OfferTerms,
  rules: OfferRules,
): RefusalCode | undefined => {
  const { categories, refused } = rules;
  if (categories.length > 0 && !categories.some((one) => same(one, category))) return 'invalid';
  if (refused.some((word) => contains(`${what} ${description}`, word))) return 'conflict';
  if (alternatives.length === 0) return 'insufficient';
  if (alternatives.length > maxAlternatives) return 'quota';
  for (const bundle of alternatives) {
    const fault = faultOfBundle(bundle, rules);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** A price times a quantity; undefined where no account could hold it. */
export const totalOf = (bundle: Bundle, quantity: bigint): Bundle | undefined => {
  const own = bundle.own * quantity;
  const brands = bundle.brands.map((part): BrandPart => ({
    ...part,
    value: part.value * quantity,
  }));
  if (own > mostValue || brands.some(({ value }) => value > mostValue)) return undefined;
  const { outside } = bundle;
  return {
    own,
    brands,
    outside: quantity === 1n || outside === '' ? outside : `${quantity} × ${outside}`,
  };
};

/** Whether a price needs nothing but the market's own credit. */
export const isOwnAlone = ({ brands, outside }: Bundle): boolean =>
  brands.length === 0 && outside === '';

export const wordsOf = ({ own, brands, outside }: Bundle, unit: string): string => {
  const parts = [
    ...(own > 0n ? [`${own} ${unit}`] : []),
    ...brands.map(({ value, unit: other }) => `${value} ${other}`),
    ...(outside === '' ? [] : [outside]),
  ];
  return parts.length === 0 ? `0 ${unit}` : parts.join(' + ');
};

/** Whether what somebody looks for is in an offer. */
export const isAbout = ({ what, description, category }: OfferTerms, words: string): boolean =>
  words === '' || contains(`${what} ${description} ${category}`, words);
