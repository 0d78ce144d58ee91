/** The rule of limits (SPEC 7.1), fed by a test with what it had people do: no actor has a part in it. */
import { limitsOf, smoothed } from '@pocas/clearing/limit-rule';

// As SPEC 7.1 says them, and not as the market's code does.
const defaults = {
  ...{ kappa: 30n, kappaPair: 30n, appreciations: 8n, perEpochCap: 60n, halfActivity: 120n },
  ...{ beta: 900n, limitCap: 400n, chi: 500n, gamma: 1_500n, minimumCeiling: 50n, window: 12n },
};
const [firstReliability, bestReliability, worstReliability] = [600n, 1_000n, 300n];

type Counted = { readonly epoch: bigint; sold: bigint; spent: bigint };
type Member = {
  readonly base: bigint;
  readonly counted: Counted[];
  reliability: bigint;
  published: bigint;
  lent: bigint;
  faults: bigint;
};

/** @param founders - names of those who begin with the base limit */
export const makeSoupRule = (base: bigint, founders: readonly string[]) => {
  const members = new Map<string, Member>();
  let epoch = 1n;
  const memberOf = (name: string): Member => members.get(name)!;
  const nowOf = (name: string): Counted => {
    const { counted } = memberOf(name);
    const last = counted.at(-1);
    if (last?.epoch === epoch) return last;
    const now = { epoch, sold: 0n, spent: 0n };
    counted.push(now);
    return now;
  };
  const join = (name: string, own: bigint): void =>
    void members.set(name, {
      ...{ base: own, published: own, counted: [], reliability: firstReliability },
      ...{ lent: 0n, faults: 0n },
    });
  for (const name of founders) join(name, base);

  return {
    join,
    /** What is sold here is never so much that a cap of the rule would cut it. */
    sold(seller: string, buyer: string, value: bigint): void {
      nowOf(seller).sold += value;
      nowOf(buyer).spent += value;
    },
    fault(name: string): void {
      memberOf(name).faults += 1n;
    },
    lend(from: string, to: string, value: bigint): void {
      memberOf(from).lent -= value;
      memberOf(to).lent += value;
    },
    endEpoch(): void {
      const all = [...members];
      for (const [name, member] of all) {
        const { sold, spent } = nowOf(name);
        // Who has nothing at the beginning and at the end has moved towards zero by doing both.
        const risen = member.reliability + (sold > 0n && spent > 0n ? 40n : 0n);
        const best = risen < bestReliability ? risen : bestReliability;
        const fallen = best - 100n * member.faults;
        member.reliability = fallen > worstReliability ? fallen : worstReliability;
        member.faults = 0n;
      }
      const { members: terms } = limitsOf(
        { ...defaults, baseLimit: base },
        all.map(([, { counted, reliability }]) => ({
          reliability,
          counted: counted.map(({ epoch: of, sold, spent }) => ({ ago: epoch - of, sold, spent })),
        })),
      );
      all.forEach(([, member], index) => {
        const now = smoothed(member.published, terms[index]!.earned);
        member.published = now > member.base ? now : member.base;
      });
      epoch += 1n;
    },
    of(name: string): { readonly reliability: bigint; readonly debitLimit: bigint } {
      const { reliability, published, lent } = memberOf(name);
      return { reliability, debitLimit: published + lent };
    },
  };
};
