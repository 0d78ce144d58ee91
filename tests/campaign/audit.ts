/** The oracle: compares what purses say with what the client knows. */
import type { Log } from './transfers.ts';

/** All that a purse says of itself. */
export type Statement = {
  readonly balance: bigint;
  /** By identifier of the transfer. `settled`: this purse knows that the payee has it. */
  readonly outgoing: ReadonlyMap<string, { readonly value: bigint; readonly settled: boolean }>;
  readonly incoming: ReadonlyMap<string, bigint>;
};

const sum = (values: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const value of values) total += value;
  return total;
};

/**
 * @param statements - by number of the purse, taken while nothing moved
 * @returns what is wrong: an empty list, where all is well
 */
export const audit = (statements: readonly Statement[], { transfers }: Log): readonly string[] => {
  const wrong: string[] = [];
  let underWay = 0n;
  let rows = 0;
  for (const { id, from, to, value, acknowledged } of transfers) {
    const name = acknowledged === undefined ? `transfer ${id}` : `acknowledged transfer ${id}`;
    const out = statements[from]!.outgoing.get(id);
    const into = statements[to]!.incoming.get(id);
    rows += (out === undefined ? 0 : 1) + (into === undefined ? 0 : 1);
    if (out === undefined && into === undefined) {
      if (acknowledged !== undefined) wrong.push(`${name} is absent`);
      continue;
    }
    if (out === undefined) wrong.push(`${name} was credited and never debited`);
    else if (into === undefined) {
      if (out.settled) wrong.push(`${name} is settled and was never credited`);
      else if (acknowledged !== undefined) wrong.push(`${name} is still under way`);
      underWay += out.value;
    } else if (acknowledged !== undefined && !out.settled) wrong.push(`${name} is not settled`);
    for (const recorded of [out?.value, into]) {
      if (recorded !== undefined && recorded !== value) {
        wrong.push(`${name} is of ${value} and was recorded as ${recorded}`);
      }
    }
  }
  const all = statements.map(({ outgoing, incoming }) => outgoing.size + incoming.size);
  const unexplained = all.reduce((total, size) => total + size, 0) - rows;
  if (unexplained !== 0) wrong.push(`${unexplained} rows belong to no transfer of their purse`);
  statements.forEach(({ balance, outgoing, incoming }, number) => {
    const due = sum(incoming.values()) - sum([...outgoing.values()].map(({ value }) => value));
    if (balance !== due) wrong.push(`purse ${number} has ${balance}, by its rows ${due}`);
  });
  // Purses begin with nothing. Of a transfer under way only the payer has a row.
  const total = sum(statements.map(({ balance }) => balance)) + underWay;
  if (total !== 0n) wrong.push(`the sum over all purses is ${total}, not 0`);
  return wrong;
};
