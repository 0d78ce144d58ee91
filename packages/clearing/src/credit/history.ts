/**
 * What moved on one account (SPEC C2, P2), packed: a movement costs a few characters of a row that is written
 * anyway, and a row of its own only with every 32nd.
 *
 * A page holds `movementsInPage` movements, the oldest first: the number of one is that of its page times
 * the size of a page, plus its place, plus 1.
 */
import type { Movement } from '../value/types.ts';

export const movementsInPage = 32;

const kinds: readonly Movement['kind'][] = [
  'paid',
  'received',
  'held',
  'released',
  'withdrawn',
  'deposited',
  'recovered',
  'redirected',
];

const packOne = ({ kind, epoch, value, balance }: Omit<Movement, 'number'>): string =>
  [kinds.indexOf(kind), epoch, value, balance].join(' ');

const unpackOne = (text: string, number: bigint): Movement => {
  const [kind, epoch, value, balance] = text.split(' ') as [string, string, string, string];
  return {
    number,
    epoch: BigInt(epoch),
    kind: kinds[Number(kind)]!,
    value: BigInt(value),
    balance: BigInt(balance),
  };
};

/** A page with one more movement. */
export const withMovement = (page: string, movement: Omit<Movement, 'number'>): string =>
  page === '' ? packOne(movement) : `${page},${packOne(movement)}`;

export const movementsIn = (page: string): number => (page === '' ? 0 : page.split(',').length);

/** The movements of a page, the oldest first. */
export const unpack = (page: string, pageNumber: bigint): Movement[] =>
  page === ''
    ? []
    : page
        .split(',')
        .map((text, place) =>
          unpackOne(text, pageNumber * BigInt(movementsInPage) + BigInt(place) + 1n),
        );
