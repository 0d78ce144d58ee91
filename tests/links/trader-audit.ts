/** The oracle for traders: what all of them say of themselves, held against what the client asked for. */
import type { Incoming, Outgoing } from './vats/trader.ts';

export type TraderStatement = {
  readonly balance: bigint;
  readonly outgoing: ReadonlyMap<string, Outgoing>;
  readonly incoming: ReadonlyMap<string, Incoming>;
  /** What it has seen itself that must never happen. */
  readonly faults: readonly string[];
};

/** What the client asked for. */
export type Asked = {
  readonly id: string;
  /** Numbers of traders. */
  readonly from: number;
  readonly to: number;
  readonly value: bigint;
  /** It was told that the payment has left; otherwise it does not know. */
  acknowledged: boolean;
  /** It can only be too late wherever it arrives. */
  readonly isLate: boolean;
};

/**
 * Once nothing moves any more.
 * @param statements - by number of the trader
 * @returns what is wrong: an empty list, where all is well
 */
export const auditTraders = (
  statements: readonly TraderStatement[],
  asked: readonly Asked[],
): readonly string[] => {
  const wrong = statements.flatMap(({ faults }, number) =>
    faults.map((fault) => `trader ${number}: ${fault}`),
  );
  let rows = 0;
  for (const { id, from, to, value, acknowledged, isLate } of asked) {
    const out = statements[from]!.outgoing.get(id);
    const into = statements[to]!.incoming.get(id);
    rows += (out === undefined ? 0 : 1) + (into === undefined ? 0 : 1);
    if (out === undefined) {
      if (acknowledged) wrong.push(`acknowledged payment ${id} is absent`);
      if (into !== undefined) wrong.push(`payment ${id} came and never left`);
      continue;
    }
    if (out.value !== value) wrong.push(`payment ${id} is of ${value}, and left as ${out.value}`);
    if (out.end === 'open') wrong.push(`payment ${id} is still under way`);
    if (out.end === 'settled' && into === undefined) wrong.push(`payment ${id} never came`);
    if (out.end === 'expired' && into !== undefined) {
      wrong.push(`payment ${id} expired for the payer, and came`);
    }
    if (isLate && out.end === 'settled') wrong.push(`payment ${id} came after its time`);
    if (into !== undefined && out.end === 'settled') {
      if (into.value !== value)
        wrong.push(`payment ${id} is of ${value}, and came as ${into.value}`);
      if (into.place !== out.place)
        wrong.push(`payment ${id} left as ${out.place}, came as ${into.place}`);
      if (!into.confirmed) wrong.push(`payment ${id} was not confirmed to its payee`);
    }
  }
  const all = statements.reduce(
    (sum, { outgoing, incoming }) => sum + outgoing.size + incoming.size,
    0,
  );
  if (all !== rows) wrong.push(`${all - rows} rows belong to no payment that was asked for`);
  statements.forEach(({ balance, outgoing, incoming }, number) => {
    let due = 0n;
    for (const { value } of incoming.values()) due += value;
    for (const { value, end } of outgoing.values()) if (end !== 'expired') due -= value;
    if (balance !== due) wrong.push(`trader ${number} has ${balance}, by its rows ${due}`);
  });
  const total = statements.reduce((sum, { balance }) => sum + balance, 0n);
  if (total !== 0n) wrong.push(`the sum over all traders is ${total}, not 0`);
  return wrong;
};
