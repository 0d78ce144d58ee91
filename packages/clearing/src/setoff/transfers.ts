/** Transfers for those who settle what remains outside, past the debts: by bank, or at a till. Fit for vats. */
import type { Transfer } from './types.ts';

type Side = { readonly who: number; left: bigint };

const sidesOf = (nets: readonly bigint[]): { payers: Side[]; receivers: Side[] } => {
  let sum = 0n;
  const payers: Side[] = [];
  const receivers: Side[] = [];
  nets.forEach((net, who) => {
    sum += net;
    if (net < 0n) payers.push({ who, left: -net });
    if (net > 0n) receivers.push({ who, left: net });
  });
  if (sum !== 0n) {
    throw RangeError(
      `Cannot plan transfers: what is received less what is paid is ${sum}, not zero`,
    );
  }
  return { payers, receivers };
};

/** The largest first, and of equal ones the first. */
const bySize = (a: Side, b: Side): number =>
  a.left === b.left ? a.who - b.who : a.left > b.left ? -1 : 1;

/** Takes out those pairs where one pays just what the other receives. */
const matchEqual = (payers: readonly Side[], receivers: readonly Side[]): Transfer[] => {
  const waiting = new Map<bigint, Side[]>();
  for (const receiver of receivers) {
    const same = waiting.get(receiver.left);
    if (same === undefined) waiting.set(receiver.left, [receiver]);
    else same.push(receiver);
  }
  // From the end, so that the first of equal ones is the last to be taken out.
  for (const same of waiting.values()) same.reverse();
  const transfers: Transfer[] = [];
  for (const payer of payers) {
    const receiver = waiting.get(payer.left)?.pop();
    if (receiver === undefined) continue;
    transfers.push({ from: payer.who, to: receiver.who, value: payer.left });
    payer.left = receiver.left = 0n;
  }
  return transfers;
};

/**
 * Transfers between those who pay and those who receive, at most one fewer than there are of both.
 * Fewest of all would be hard to find (it contains the subset-sum problem); those who fit together
 * exactly are matched first, then the largest.
 *
 * @param nets - for each participant what it receives; below zero, what it pays. They sum to zero
 * @throws RangeError where they do not
 */
export const directTransfers = (nets: readonly bigint[]): Transfer[] => {
  const { payers, receivers } = sidesOf(nets);
  const transfers = matchEqual(payers, receivers);
  const from = payers.filter(({ left }) => left > 0n).sort(bySize);
  const to = receivers.filter(({ left }) => left > 0n).sort(bySize);
  for (let i = 0, j = 0; i < from.length && j < to.length;) {
    const payer = from[i]!;
    const receiver = to[j]!;
    const value = payer.left < receiver.left ? payer.left : receiver.left;
    transfers.push({ from: payer.who, to: receiver.who, value });
    payer.left -= value;
    receiver.left -= value;
    if (payer.left === 0n) i += 1;
    if (receiver.left === 0n) j += 1;
  }
  return transfers;
};

/**
 * One transfer for each who pays or receives, all with one participant in the middle, which may be
 * one of them. Those that pay it come first, so it needs no money of its own, if it owes none.
 *
 * @throws RangeError where nets do not sum to zero
 */
export const hubTransfers = (nets: readonly bigint[], hub: number): Transfer[] => {
  const { payers, receivers } = sidesOf(nets);
  return [
    ...payers.map(({ who, left }) => ({ from: who, to: hub, value: left })),
    ...receivers.map(({ who, left }) => ({ from: hub, to: who, value: left })),
  ].filter(({ from, to }) => from !== to);
};
