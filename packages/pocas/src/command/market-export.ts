/** `pocas market export`: a person's own statement and orders, for a spreadsheet. */
import { E } from '@endo/far';
import type { Movement } from '@pocas/clearing/value';
import type { EndedItem, OrderDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { ordersTable, statementTable } from '../spreadsheet/market-tables.ts';
import { type Language, languageOf } from './clearing-input.ts';
import { checkFile, writeFile } from './clearing-output.ts';
import { CommandError } from './exit-codes.ts';
import { type Place, withPlace } from './market-key.ts';

export type MarketExportOptions = {
  readonly keyFile: string;
  readonly market?: string;
  readonly out?: string;
  readonly force?: true;
  readonly lang?: Language;
};

/** How many rows one page of a facet has. */
const page = 30;
/** Readings of all pages, while orders end. */
const mostReadings = 5;

/** All that ever moved, the oldest first. */
const allMovements = async ({ participant }: Place): Promise<readonly Movement[]> => {
  const account = await E(participant).account();
  const all: Movement[] = [];
  for (;;) {
    const before = all.at(-1)?.number;
    const some = await (before === undefined ? E(account).history() : E(account).history(before));
    all.push(...some);
    if (some.length === 0) return all.toReversed();
  }
};

const textOf = (items: readonly EndedItem[]): string =>
  JSON.stringify(items, (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );

/** The pages are counted from the newest, so they are read again where an order ended meanwhile. */
const allEnded = async (desk: Facet<OrderDesk>): Promise<readonly EndedItem[]> => {
  for (let reading = 0; reading < mostReadings; reading += 1) {
    const first = await E(desk).past(0n);
    const all = [...first];
    for (let number = 1n, some = first; some.length === page; number += 1n) {
      some = await E(desk).past(number);
      all.push(...some);
    }
    if (first.length < page || textOf(await E(desk).past(0n)) === textOf(first)) return all;
  }
  throw new CommandError('Cannot read the orders: they end faster than they are read; try again');
};

const run = async (
  options: MarketExportOptions,
  make: (place: Place, language: Language) => Promise<string>,
): Promise<void> => {
  const { out, force = false } = options;
  if (out !== undefined) checkFile(out, force);
  const text = await withPlace(options, (place) => make(place, languageOf(options)));
  // The mark by which spreadsheets know UTF-8 belongs to a file, and not to what is piped on.
  if (out === undefined) process.stdout.write(text);
  // Who was paid how much is nobody else's.
  else writeFile(out, `\ufeff${text}`, force, 0o600);
};

export const exportStatement = (options: MarketExportOptions): Promise<void> =>
  run(options, async (place, language) =>
    statementTable(await allMovements(place), place, language),
  );

export const exportOrders = (options: MarketExportOptions): Promise<void> =>
  run(options, async (place, language) => {
    // The cast holds: a market has this desk under this name.
    const desk = (await E(place.participant).desk('order')) as Facet<OrderDesk>;
    const { purchases, sales, helping = [] } = await E(desk).view();
    for (const open of [purchases, sales, helping]) {
      if (open.length < page) continue;
      process.stderr.write(`Of open orders only ${page} of each kind are in it.\n`);
      break;
    }
    const open = [
      ...purchases.map((item) => ({ ...item, role: 'purchase' as const })),
      ...sales.map((item) => ({ ...item, role: 'sale' as const })),
      ...helping.map((item) => ({ ...item, role: 'help' as const })),
    ];
    return ordersTable([...open, ...(await allEnded(desk))], place, language);
  });
