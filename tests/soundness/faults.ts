/**
 * What must be true of the value, the orders and the stocks of a vat after every delivery, whatever it was
 * (SPEC C1, C2, C4, C5, C7, C16, M4, M5, M7). Each fault is a sentence; a sound vat has none.
 */
import { faultsBetween, faultsOf, statementOf } from '@pocas/clearing/conservation';
import type { Books } from '@pocas/clearing/value';
import type { Mirror, Order } from './mirror.ts';
import type { ObjectId } from './rows.ts';

const sum = (values: readonly bigint[]): bigint => values.reduce((total, one) => total + one, 0n);

/** What a later state is held against. */
export type Before = {
  readonly books: ReadonlyMap<ObjectId, Books>;
  readonly orders: ReadonlyMap<ObjectId, Order>;
};

export const nothingBefore: Before = { books: new Map(), orders: new Map() };

export const stateOf = (mirror: Mirror): Before => ({
  books: new Map([...mirror.ledgers().keys()].map((id) => [id, mirror.books(id)])),
  orders: mirror.orders(),
});

const ofLedgers = (mirror: Mirror, before: Before, now: Before): string[] =>
  [...mirror.ledgers()].flatMap(([id, { brand, totals }]) => {
    const books = now.books.get(id)!;
    const { sum: total, unit: _unit, ...counted } = statementOf(brand.unit, books);
    const earlier = before.books.get(id);
    const miscounted = Object.entries(counted)
      .filter(([name, value]) => totals[name] !== value)
      .map(([name, value]) => `its auditor is told ${totals[name]} of ${name}, not ${value}`);
    return [
      ...faultsOf(books, brand.step),
      ...(earlier === undefined ? [] : faultsBetween(earlier, books)),
      ...(total === 0n ? [] : [`it sums to ${total}`]),
      ...miscounted,
    ].map((fault) => `ledger ${id}: ${fault}`);
  });

/** What is set aside for something is there, whole, and for nothing else. */
const ofEscrow = (mirror: Mirror, { orders: before }: Before, now: Before): string[] => {
  const holds = mirror.holds();
  const faults: string[] = [];
  const backed = new Map<ObjectId, string>();
  const back = (hold: ObjectId, value: bigint, by: string) => {
    const found = holds.get(hold);
    if (found === undefined) faults.push(`${by} is open and its hold ${hold} is not`);
    else if (found.value !== value) faults.push(`${by} is ${value}, and holds ${found.value}`);
    if (backed.has(hold)) faults.push(`hold ${hold} is for ${backed.get(hold)} and for ${by}`);
    backed.set(hold, by);
  };
  for (const { number, legs, end } of now.orders.values()) {
    if ((legs === undefined) === (end === undefined))
      faults.push(`order ${number} is ${end ?? 'nothing'}, and ${legs ? 'open' : 'over'}`);
    for (const { hold, value } of legs ?? []) back(hold, value, `order ${number}`);
  }
  for (const [id, { end }] of before) {
    const later = now.orders.get(id);
    if (end !== undefined && later?.end !== end)
      faults.push(`order ${later?.number ?? id} ended as ${end}, and then as ${later?.end}`);
  }
  for (const { id, hold, value } of mirror.pledges()) back(hold, value, `pledge ${id}`);
  if (!mirror.isMarket()) return faults;
  const [questions, decided] = [mirror.questions(), mirror.decided()];
  for (const [id, { isElsewhere, value }] of holds) {
    if (!isElsewhere && !questions.has(id) && !decided.has(id))
      faults.push(`nobody can decide hold ${id}, of ${value}`);
  }
  return faults;
};

const ofStocks = (mirror: Mirror): string[] =>
  mirror.homes().flatMap(({ id, stock, seats }) => {
    const faults = Object.entries(stock)
      .filter(([, units]) => units < 0n)
      .map(([name, units]) => `${units} are ${name}`);
    const inSeats = (of: (seat: (typeof seats)[number]) => bigint) => sum(seats.map(of));
    const counts = [
      ['claimed', inSeats(({ seat }) => seat.claimed)],
      ['fulfilled', inSeats(({ seat }) => seat.fulfilled)],
      ['leased', inSeats(({ seat }) => seat.lease?.units ?? 0n)],
    ] as const;
    for (const [name, units] of counts)
      if (units !== stock[name]) faults.push(`${stock[name]} are ${name}, ${units} by its markets`);
    for (const { seat, claimings } of seats) {
      for (const [name, phase] of [
        ['claimed', 'claimed'],
        ['fulfilled', 'confirmed'],
      ] as const) {
        const units = sum(claimings.filter((one) => one.phase === phase).map((one) => one.units));
        if (units !== seat[name])
          faults.push(`a market has ${seat[name]} ${name}, and ${units} by its orders`);
      }
    }
    return faults.map((fault) => `stock ${id}: ${fault}`);
  });

const ofTokens = (mirror: Mirror): string[] => [
  ...mirror
    .mints()
    .filter(({ float, outstanding }) => outstanding < 0n || float < outstanding)
    .map(
      ({ float, outstanding }) => `tokens worth ${outstanding} are out, over a float of ${float}`,
    ),
  ...mirror.vouchers().flatMap(({ id, issued, outstanding, expired, returned }) => {
    const redeemed = issued - outstanding - expired - returned;
    return outstanding < 0n || redeemed < 0n
      ? [`vouchers ${id}: of ${issued} issued ${outstanding} are out, ${redeemed} redeemed`]
      : [];
  }),
];

/** @param before - undefined fields where nothing is known of an earlier state */
export const faultsIn = (mirror: Mirror, before: Before, now: Before): string[] => [
  ...ofLedgers(mirror, before, now),
  ...ofEscrow(mirror, before, now),
  ...ofStocks(mirror),
  ...ofTokens(mirror),
];
