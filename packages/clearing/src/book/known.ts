/** Whom a book knows and what is open with them, walked through page by page. */
import type { Facet } from '@pocas/vat-runtime';
import type { CounterpartiesInside, CounterpartyKeeper } from '../obligation/types.ts';
import type { Balance, CounterpartyItem } from './types.ts';

export const itemOf = ({
  label,
  phase,
  waiting,
  keeper,
}: ReturnType<CounterpartiesInside['list']>[number]): CounterpartyItem => ({
  label,
  phase,
  waiting,
  counterparty: keeper,
});

export const balancesOf = (others: Facet<CounterpartiesInside>): readonly Balance[] =>
  others
    .balances()
    .map(({ unit, weOwe, theyOwe }) => ({ unit, weOwe, theyOwe, net: theyOwe - weOwe }));

export const netOf = (others: Facet<CounterpartiesInside>, unit: string): bigint => {
  const { weOwe, theyOwe } = others.balance(unit);
  return theyOwe - weOwe;
};

/** All that is open, page by page, as far as it is walked through. */
export function* allOpen(
  others: Facet<CounterpartiesInside>,
): Generator<ReturnType<CounterpartiesInside['lodgeables']>[number]> {
  for (let after = 0n; ;) {
    const page = others.lodgeables(after, 100n);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < 100) return;
    after = last.key;
  }
}

export const numberOf = (
  others: Facet<CounterpartiesInside>,
  keeper: Facet<CounterpartyKeeper>,
): bigint | undefined => {
  for (let after = 0n; ;) {
    const page = others.list(after);
    const found = page.find((one) => one.keeper === keeper);
    if (found !== undefined) return found.number;
    const last = page.at(-1);
    if (last === undefined) return undefined;
    after = last.number;
  }
};
