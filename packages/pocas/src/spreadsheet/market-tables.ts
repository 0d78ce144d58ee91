/** What somebody has in a market, as tables of a spreadsheet. */
import { stringify } from 'csv-stringify/sync';
import type { Movement } from '@pocas/clearing/value';
import type { MarketRules, OrderPhase } from '@pocas/market-actors';
import { formatDate } from './dates.ts';
import { type Field, headerOf } from './headers.ts';
import { toCell } from './names.ts';
import type { Cells } from './results.ts';

type Language = 'en' | 'es';
type Words<Key extends string> = { readonly [key in Key]: { readonly [l in Language]: string } };

const movements: Words<Movement['kind']> = {
  paid: { en: 'paid', es: 'pagado' },
  received: { en: 'received', es: 'recibido' },
  held: { en: 'set aside', es: 'apartado' },
  released: { en: 'given back', es: 'devuelto' },
  withdrawn: { en: 'withdrawn', es: 'retirado' },
  deposited: { en: 'deposited', es: 'depositado' },
  recovered: { en: 'taken back', es: 'recuperado' },
  redirected: { en: 'passed on', es: 'pasado a otro' },
};
const roles: Words<'purchase' | 'sale' | 'help'> = {
  purchase: { en: 'ordered', es: 'lo pedí' },
  sale: { en: 'provided', es: 'lo di' },
  help: { en: 'helped', es: 'ayudé' },
};
const phases: Words<OrderPhase> = {
  placed: { en: 'placed', es: 'puesto' },
  escrowed: { en: 'price set aside', es: 'precio apartado' },
  claimed: { en: 'ordered', es: 'pedido' },
  ready: { en: 'ready', es: 'listo' },
  handedOver: { en: 'handed over', es: 'entregado' },
  disputed: { en: 'being settled', es: 'en arreglo' },
  accepted: { en: 'received and paid', es: 'recibido y pagado' },
  refused: { en: 'not possible', es: 'no se pudo' },
  expired: { en: 'time ran out', es: 'se acabó el tiempo' },
  cancelled: { en: 'cancelled', es: 'cancelado' },
  settled: { en: 'settled: paid', es: 'arreglado: pagado' },
  refunded: { en: 'settled: given back', es: 'arreglado: devuelto' },
  split: { en: 'settled: shared', es: 'arreglado: repartido' },
};
/** What a later version of a market calls something that is not known here stays as it is. */
const said = <Key extends string>(words: Words<Key>, key: Key, language: Language): string =>
  (words as Partial<Words<Key>>)[key]?.[language] ?? toCell(key);

type Known = { readonly unit: string; readonly rules: MarketRules | undefined };

const millisecondsPerDay = 86_400_000n;

/** The first day of an epoch, UTC; empty where the market does not tell how long they are. */
const firstDay = (epoch: bigint, { rules }: Known): string =>
  rules === undefined
    ? ''
    : formatDate((rules.epochZero + epoch * rules.epochLength) / millisecondsPerDay);

const tableOf = (columns: readonly Field[], rows: readonly Cells[], language: Language): string =>
  stringify(
    [
      columns.map((field) => headerOf(field, language)),
      ...rows.map((row) => columns.map((field) => row[field] ?? '')),
    ],
    { record_delimiter: '\r\n' },
  );

/** A row for each movement, in the order given. */
export const statementTable = (
  all: readonly Movement[],
  known: Known,
  language: Language,
): string =>
  tableOf(
    ['epoch', 'weekOf', 'movement', 'value', 'balance', 'unit'],
    all.map(({ epoch, kind, value, balance }) => ({
      ...{ epoch: String(epoch), weekOf: firstDay(epoch, known) },
      movement: said(movements, kind, language),
      ...{ value: String(value), balance: String(balance), unit: toCell(known.unit) },
    })),
    language,
  );

export type OrderRow = {
  readonly what: string;
  readonly quantity: bigint;
  readonly price: string;
  readonly phase: OrderPhase;
  readonly with: string;
  readonly role: keyof typeof roles;
  /** In which it ended; absent while it is open. */
  readonly epoch?: bigint;
};
export const ordersTable = (all: readonly OrderRow[], known: Known, language: Language): string =>
  tableOf(
    ['role', 'what', 'quantity', 'price', 'phase', 'with', 'epoch', 'weekOf'],
    all.map(({ what, quantity, price, phase, with: other, role, epoch }) => ({
      role: said(roles, role, language),
      ...{ what: toCell(what), quantity: String(quantity), price: toCell(price) },
      ...{ phase: said(phases, phase, language), with: toCell(other) },
      epoch: epoch === undefined ? '' : String(epoch),
      weekOf: epoch === undefined ? '' : firstDay(epoch, known),
    })),
    language,
  );
