/**
 * One vat as its rows say it is: the accounts, holds and payments of its ledgers, its orders, its stocks.
 * It is fed what each delivery wrote, and the whole store after a start.
 */
import type { AccountEntry, Books } from '@pocas/clearing/value';
import { type StoredObject, dataOf, decidersIn, kindOf, numberOf, objectOf } from './rows.ts';

// `any`: state of objects, whose kind says what it is.
type Any = any;

export type Hold = {
  readonly ledger: number;
  readonly number: bigint;
  readonly value: bigint;
  readonly payer: number;
  readonly payee: number;
  /** Somebody else decides since, or time will. */
  readonly isElsewhere: boolean;
};
export type Order = {
  readonly number: bigint;
  /** The holds that are its escrow, while it is open. */
  readonly legs: readonly { readonly hold: number; readonly value: bigint }[] | undefined;
  readonly end: string | undefined;
};
export type Claiming = { readonly phase: string; readonly units: bigint };

const kinds = new Set([
  ...['CreditLedger', 'CreditAccount', 'CreditHold', 'CreditPayment', 'Mint', 'VoucherSeries'],
  ...['Order', 'BulkPledge', 'ItemHome', 'ItemClaim', 'Market'],
]);

export type Mirror = ReturnType<typeof makeMirror>;

export const makeMirror = () => {
  /** By kind and number. */
  const objects = new Map<string, Map<number, StoredObject>>();
  const kindsOf = new Map<number, string>();
  const deciders = new Map<number, readonly number[]>();
  const claimings = new Map<number, Map<string, Claiming>>();
  /** Which holds wait for their payee, by the maps of questions they stand in. */
  const inMaps = new Map<number, Map<string, number>>();

  const all = (kind: string): ReadonlyMap<number, StoredObject> => objects.get(kind) ?? new Map();
  const takeObject = (number: number, text: string | undefined) => {
    deciders.delete(number);
    const before = kindsOf.get(number);
    if (text === undefined) {
      if (before !== undefined) objects.get(before)!.delete(number);
      kindsOf.delete(number);
      return;
    }
    const kind = kindOf(text)!;
    if (kind !== 'CreditHold' && kind !== 'CreditDecider') {
      const named = decidersIn(text);
      if (named.length > 0) deciders.set(number, named);
    }
    if (!kinds.has(kind)) return;
    kindsOf.set(number, kind);
    if (!objects.has(kind)) objects.set(kind, new Map());
    objects.get(kind)!.set(number, objectOf(text));
  };
  const takeEntry = (map: number, key: string, text: string | undefined) => {
    claimings.get(map)?.delete(key);
    inMaps.get(map)?.delete(key);
    if (text === undefined) return;
    if (text.includes('\\"leased\\":') && text.includes('\\"since\\":')) {
      if (!claimings.has(map)) claimings.set(map, new Map());
      claimings.get(map)!.set(key, dataOf(JSON.parse(text)) as Claiming);
    }
    if (text.includes('Alleged: CreditHold inside')) {
      if (!inMaps.has(map)) inMaps.set(map, new Map());
      inMaps.get(map)!.set(key, numberOf(dataOf(JSON.parse(text))));
    }
  };
  const stateOf = (kind: string): readonly (readonly [number, Any])[] =>
    [...all(kind)].map(([number, { state }]) => [number, state]);

  const holds = (): ReadonlyMap<number, Hold> =>
    new Map(
      [...all('CreditHold')]
        .filter(([, { phase }]) => phase === 'open')
        .map(([id, { state }]) => {
          const { ledger, number, value, payer, payee, taken, expires } = state['is'] as Any;
          const isElsewhere = taken !== undefined || expires !== undefined;
          const ends = { payer: numberOf(payer), payee: numberOf(payee) };
          return [id, { ledger: numberOf(ledger), number, value, ...ends, isElsewhere }];
        }),
    );

  return {
    /** @param rows - as a crank has them, or a store without its checksums */
    take(rows: Iterable<readonly [key: string, text: string | undefined]>): void {
      for (const [key, text] of rows) {
        const object = /^o\/(\d+)$/.exec(key);
        if (object !== null) takeObject(Number(object[1]), text);
        const entry = /^m\/(\d+)\/(.*)$/s.exec(key);
        if (entry !== null) takeEntry(Number(entry[1]), entry[2]!, text);
      }
    },
    isMarket: () => all('Market').size > 0,
    holds,
    /** What each ledger counted as it went. */
    ledgers: () =>
      new Map(stateOf('CreditLedger').map(([id, { brand, totals }]) => [id, { brand, totals }])),
    books(ledger: number): Books {
      const accounts = stateOf('CreditAccount').filter(
        ([, one]) => numberOf(one.ledger) === ledger,
      );
      const numbers = new Map<number, bigint>(accounts.map(([id, { number }]) => [id, number]));
      // An account of another ledger has no number here, which is found as a fault.
      const numberAt = (id: number) => numbers.get(id) ?? -1n;
      return {
        accounts: accounts.map(([, one]): AccountEntry => one),
        holds: [...holds().values()]
          .filter((one) => one.ledger === ledger)
          .map(({ number, value, payer, payee }) => {
            const ends = { payer: numberAt(payer), payee: numberAt(payee) };
            return { number, value, ...ends };
          }),
        payments: [...all('CreditPayment')]
          .filter(([, { phase }]) => phase === 'live')
          .map(([, { state }]) => state['is'] as Any)
          .filter((is) => numberOf(is.ledger) === ledger)
          .map(({ number, value, from }) => ({ number, value, account: numberAt(numberOf(from)) })),
        // A series of vouchers is a ledger in which its issuer owes what is out.
        issued: 0n,
      };
    },
    /** The questions that wait for holders of accounts. */
    questions: (): ReadonlySet<number> =>
      new Set(
        stateOf('CreditAccount').flatMap(([, { questions }]) => [
          ...(inMaps.get(numberOf(questions)) ?? new Map<string, number>()).values(),
        ]),
      ),
    /** Holds that some object decides. */
    decided: (): ReadonlySet<number> => new Set([...deciders.values()].flat()),
    mints: () =>
      stateOf('Mint').map(([id, { outstanding, account }]) => ({
        id,
        outstanding: outstanding as bigint,
        float: (all('CreditAccount').get(numberOf(account))?.state as Any)?.balance as bigint,
      })),
    vouchers: () =>
      stateOf('VoucherSeries').map(([id, { made, issued, expired, returned }]) => {
        const account = all('CreditAccount').get(numberOf(made.own.account))?.state as Any;
        const counts = { issued, expired, returned } as Record<string, bigint>;
        const outstanding: bigint = -(account.balance as bigint);
        return { id, outstanding, ...counts } as { id: number } & Record<
          'issued' | 'expired' | 'returned' | 'outstanding',
          bigint
        >;
      }),
    orders: (): ReadonlyMap<number, Order> =>
      new Map(
        stateOf('Order').map(([id, { is, running, ended }]) => [
          id,
          {
            number: is.number,
            legs: running?.legs.map(({ decider, value }: Any) => ({
              hold: numberOf(decider),
              value,
            })),
            end: ended?.phase,
          },
        ]),
      ),
    pledges: () =>
      stateOf('BulkPledge')
        .filter(([, { decider }]) => decider !== undefined)
        .map(([id, { decider, value }]) => ({ id, hold: numberOf(decider), value })),
    homes: () =>
      stateOf('ItemHome').map(([id, { stock }]) => ({
        id,
        stock: stock as Record<'free' | 'claimed' | 'leased' | 'fulfilled' | 'taken', bigint>,
        seats: stateOf('ItemClaim')
          .filter(([, { home }]) => numberOf(home) === id)
          .map(([, { seat, orders }]) => ({
            seat: seat as Any,
            claimings: [...(claimings.get(numberOf(orders)) ?? new Map()).values()] as Claiming[],
          })),
      })),
  };
};
