/**
 * One vat as its rows say it is: the accounts, holds and payments of its ledgers, its orders, its stocks.
 * It is fed what each delivery wrote, and the whole store after a start.
 */
import type { AccountEntry, Books } from '@pocas/clearing/value';
import {
  type ObjectId,
  type StoredObject,
  dataOf,
  decidersIn,
  idOf,
  kindOf,
  objectOf,
} from './rows.ts';

// `any`: state of objects, whose kind says what it is.
type Any = any;

export type Hold = {
  readonly ledger: ObjectId;
  readonly number: bigint;
  readonly value: bigint;
  readonly payer: ObjectId;
  readonly payee: ObjectId;
  /** Somebody else decides since, or time will. */
  readonly isElsewhere: boolean;
};
export type Order = {
  readonly number: bigint;
  /** The holds that are its escrow, while it is open. */
  readonly legs: readonly { readonly hold: ObjectId; readonly value: bigint }[] | undefined;
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
  const objects = new Map<string, Map<ObjectId, StoredObject>>();
  const kindsOf = new Map<ObjectId, string>();
  const deciders = new Map<ObjectId, readonly ObjectId[]>();
  const claimings = new Map<ObjectId, Map<string, Claiming>>();
  /** Which holds wait for their payee, by the maps of questions they stand in. */
  const inMaps = new Map<ObjectId, Map<string, ObjectId>>();

  const all = (kind: string): ReadonlyMap<ObjectId, StoredObject> => objects.get(kind) ?? new Map();
  const takeObject = (id: ObjectId, text: string | undefined) => {
    deciders.delete(id);
    const before = kindsOf.get(id);
    if (text === undefined) {
      if (before !== undefined) objects.get(before)!.delete(id);
      kindsOf.delete(id);
      return;
    }
    const kind = kindOf(text)!;
    if (kind !== 'CreditHold' && kind !== 'CreditDecider') {
      const named = decidersIn(text);
      if (named.length > 0) deciders.set(id, named);
    }
    if (!kinds.has(kind)) return;
    kindsOf.set(id, kind);
    if (!objects.has(kind)) objects.set(kind, new Map());
    objects.get(kind)!.set(id, objectOf(text));
  };
  const takeEntry = (map: ObjectId, key: string, text: string | undefined) => {
    claimings.get(map)?.delete(key);
    inMaps.get(map)?.delete(key);
    if (text === undefined) return;
    if (text.includes('\\"leased\\":') && text.includes('\\"since\\":')) {
      if (!claimings.has(map)) claimings.set(map, new Map());
      claimings.get(map)!.set(key, dataOf(JSON.parse(text)) as Claiming);
    }
    if (text.includes('Alleged: CreditHold inside')) {
      if (!inMaps.has(map)) inMaps.set(map, new Map());
      inMaps.get(map)!.set(key, idOf(dataOf(JSON.parse(text))));
    }
  };
  const stateOf = (kind: string): readonly (readonly [ObjectId, Any])[] =>
    [...all(kind)].map(([number, { state }]) => [number, state]);

  const holds = (): ReadonlyMap<ObjectId, Hold> =>
    new Map(
      [...all('CreditHold')]
        .filter(([, { phase }]) => phase === 'open')
        .map(([id, { state }]) => {
          const { ledger, number, value, payer, payee, taken, expires } = state['is'] as Any;
          const isElsewhere = taken !== undefined || expires !== undefined;
          const ends = { payer: idOf(payer), payee: idOf(payee) };
          return [id, { ledger: idOf(ledger), number, value, ...ends, isElsewhere }];
        }),
    );

  return {
    /** @param rows - as a crank has them, or a store without its checksums */
    take(rows: Iterable<readonly [key: string, text: string | undefined]>): void {
      for (const [key, text] of rows) {
        const object = /^o\/(\d+)$/.exec(key);
        if (object !== null) takeObject(object[1]!, text);
        const entry = /^m\/(\d+)\/(.*)$/s.exec(key);
        if (entry !== null) takeEntry(entry[1]!, entry[2]!, text);
      }
    },
    isMarket: () => all('Market').size > 0,
    holds,
    /** What each ledger counted as it went. */
    ledgers: () =>
      new Map(stateOf('CreditLedger').map(([id, { brand, totals }]) => [id, { brand, totals }])),
    books(ledger: ObjectId): Books {
      const accounts = stateOf('CreditAccount').filter(([, one]) => idOf(one.ledger) === ledger);
      const numbers = new Map<ObjectId, bigint>(accounts.map(([id, { number }]) => [id, number]));
      // An account of another ledger has no number here, which is found as a fault.
      const numberAt = (id: ObjectId) => numbers.get(id) ?? -1n;
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
          .filter((is) => idOf(is.ledger) === ledger)
          .map(({ number, value, from }) => ({ number, value, account: numberAt(idOf(from)) })),
        // A series of vouchers is a ledger in which its issuer owes what is out.
        issued: 0n,
      };
    },
    /** The questions that wait for holders of accounts. */
    questions: (): ReadonlySet<ObjectId> =>
      new Set(
        stateOf('CreditAccount').flatMap(([, { questions }]) => [
          ...(inMaps.get(idOf(questions)) ?? new Map<string, ObjectId>()).values(),
        ]),
      ),
    /** Holds that some object decides. */
    decided: (): ReadonlySet<ObjectId> => new Set([...deciders.values()].flat()),
    mints: () =>
      stateOf('Mint').map(([id, { outstanding, account }]) => ({
        id,
        outstanding: outstanding as bigint,
        float: (all('CreditAccount').get(idOf(account))?.state as Any)?.balance as bigint,
      })),
    vouchers: () =>
      stateOf('VoucherSeries').map(([id, { made, issued, expired, returned }]) => {
        const account = all('CreditAccount').get(idOf(made.own.account))?.state as Any;
        const counts = { issued, expired, returned } as Record<string, bigint>;
        const outstanding: bigint = -(account.balance as bigint);
        return { id, outstanding, ...counts } as { id: ObjectId } & Record<
          'issued' | 'expired' | 'returned' | 'outstanding',
          bigint
        >;
      }),
    orders: (): ReadonlyMap<ObjectId, Order> =>
      new Map(
        stateOf('Order').map(([id, { is, running, ended }]) => [
          id,
          {
            number: is.number,
            legs: running?.legs.map(({ decider, value }: Any) => ({
              hold: idOf(decider),
              value,
            })),
            end: ended?.phase,
          },
        ]),
      ),
    pledges: () =>
      stateOf('BulkPledge')
        .filter(([, { decider }]) => decider !== undefined)
        .map(([id, { decider, value }]) => ({ id, hold: idOf(decider), value })),
    homes: () =>
      stateOf('ItemHome').map(([id, { stock }]) => ({
        id,
        stock: stock as Record<'free' | 'claimed' | 'leased' | 'fulfilled' | 'taken', bigint>,
        seats: stateOf('ItemClaim')
          .filter(([, { home }]) => idOf(home) === id)
          .map(([, { seat, orders }]) => ({
            seat: seat as Any,
            claimings: [...(claimings.get(idOf(orders)) ?? new Map()).values()] as Claiming[],
          })),
      })),
  };
};
