/** The ways in which people buy here, by the names of the cases. */
import type { Mode } from '../serve.ts';

export type Way = 'open' | 'blind';
export const ways: readonly Way[] = ['open', 'blind'];
/** Thirty-two at once say what a market can do, and two whether it works. */
export const buyerCounts = { thorough: [1, 32], quick: [1, 2] } as const;
export const allCounts: readonly number[] = [...new Set(Object.values(buyerCounts).flat())];

export const caseOf = (way: Way, buyers: number): string =>
  `${way}, ${buyers} ${buyers === 1 ? 'buyer' : 'buyers'}`;

/**
 * How often a market is called for one order: to order (blind: to withdraw and to pay), to see what was sold,
 * to hand it over, to accept it.
 */
export const callsOf: Readonly<Record<Way, number>> = { open: 4, blind: 5 };

/** A pack is withdrawn as a whole, by everybody in the same way; here all of it is the price. */
export const pack: readonly bigint[] = [1n, 1n, 2n, 4n, 8n, 16n];
export const price = 32n;

/** @param order - makes one order of a buyer, from the first call to the last answer */
export const modesOf = (
  order: (way: Way, buyer: number) => Promise<unknown>,
): Record<string, Mode> => {
  const modes: Record<string, Mode> = {};
  for (const way of ways) {
    for (const buyers of allCounts) {
      modes[caseOf(way, buyers)] = async (orders) => {
        let left = orders;
        const buy = async (_: unknown, buyer: number) => {
          while (left > 0) {
            left -= 1;
            await order(way, buyer);
          }
        };
        await Promise.all(Array.from({ length: buyers }, buy));
      };
    }
  }
  return modes;
};
