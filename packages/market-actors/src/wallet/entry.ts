/** An entry of a list, for a page to choose it by. It says its number and nothing else. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, describe } from '@pocas/vat-runtime';

export type Entry = { number(): bigint };

const EntryI = describe(M.interface('WalletEntry', { number: M.call().returns(M.nat()) }), {
  label: { en: 'One of them', es: 'Uno de ellos' },
  methods: { number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true } },
});

const makeEntryKit = defineActor({
  name: 'WalletEntry',
  state: { at: M.nat() },
  init: (at: bigint) => ({ at }),
  guards: { entry: EntryI },
  facets: {
    entry: {
      number(): bigint {
        return this.state.at;
      },
    },
  },
});

export const makeEntry = (number: bigint): Facet<Entry> => makeEntryKit(number).entry;

/**
 * The number of an entry, where `rows` has that very entry. Of another wallet, or another list, it is undefined.
 *
 * @param given - what a caller said is one
 */
export const numberOf = <Row extends { readonly entry: Facet<Entry> }>(
  given: unknown,
  rows: { get(number: bigint): Row | undefined },
): bigint | undefined => {
  const { number } = given as { number?: unknown };
  if (typeof number !== 'function') return undefined;
  const at = (given as Facet<Entry>).number();
  return rows.get(at)?.entry === given ? at : undefined;
};
