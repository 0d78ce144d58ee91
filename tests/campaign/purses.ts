/** What the purses of the workloads have in common: their statements, and lanes of transfers between them. */
import { E } from '@endo/far';
import type { Statement } from './audit.ts';
import type { Random } from './random.ts';
import type { Log, Transfer } from './transfers.ts';
import type { Vat } from './workload.ts';

/** Transfers that are under way at a time. */
const lanes = 6;

// `any`: these are references over a link, whose methods the modules in `vats/` define.
export type Purse = any;

export const pursesOf = (module: string): Vat[] =>
  [0, 1, 2, 3].map((number) => ({ label: `purse ${number}`, module }));

const rowsOf = async <V>(ask: (after: string) => Promise<[string, V][]>) => {
  const rows = new Map<string, V>();
  for (let after = ''; ;) {
    const page = await ask(after);
    for (const [id, row] of page) rows.set(id, row);
    if (page.length === 0) return rows;
    after = page.at(-1)![0];
  }
};

export const statementOf = async (root: Purse): Promise<Statement> => {
  const [balance, outgoing, incoming] = await Promise.all([
    E(root).balance(),
    rowsOf<{ value: bigint; settled: boolean }>((after) => E(root).outgoing(after)),
    rowsOf<bigint>((after) => E(root).incoming(after)),
  ]);
  return { balance, outgoing, incoming };
};

const isLoss = (error: unknown): boolean => /delivered: (?:no|unknown)/.test(String(error));

/** Pays until the link is lost, or until `transfers` were made. @throws what else `pay` throws */
export const driveLanes = async (
  count: number,
  pay: (transfer: Transfer) => Promise<void>,
  log: Log,
  random: Random,
  transfers: number = Number.POSITIVE_INFINITY,
): Promise<void> => {
  let left = transfers;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const from = random.below(count);
      const to = (from + 1 + random.below(count - 1)) % count;
      const transfer = log.add(from, to, BigInt(1 + random.below(9)));
      try {
        await pay(transfer);
      } catch (error) {
        if (isLoss(error)) return;
        throw error;
      }
      log.acknowledge(transfer);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};
