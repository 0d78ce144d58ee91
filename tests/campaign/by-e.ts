/** Purses that pay each other by `E`: what was not answered is asked again, under the same name. */
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { audit, type Statement } from './audit.ts';
import type { Transfer } from './transfers.ts';
import type { Workload } from './workload.ts';

// This file runs as tests/dist/campaign/by-e.js; a vat is bundled from its source.
const module = fileURLToPath(new URL('../../campaign/vats/purse.ts', import.meta.url));
const vats = [0, 1, 2, 3].map((number) => ({ label: `purse ${number}`, module }));
/** Transfers that are under way at a time. */
const lanes = 6;

// `any`: these are references over a link, whose methods `vats/purse.ts` defines.
type Purse = any;

const pay = async (roots: readonly Purse[], { id, from, to, value }: Transfer): Promise<void> => {
  await E(roots[from]).pay(await E(roots[to]).payee(), value, id);
};

const rowsOf = async <V>(ask: (after: string) => Promise<[string, V][]>) => {
  const rows = new Map<string, V>();
  for (let after = ''; ;) {
    const page = await ask(after);
    for (const [id, row] of page) rows.set(id, row);
    if (page.length === 0) return rows;
    after = page.at(-1)![0];
  }
};

const statementOf = async (root: Purse): Promise<Statement> => {
  const [balance, outgoing, incoming] = await Promise.all([
    E(root).balance(),
    rowsOf<{ value: bigint; settled: boolean }>((after) => E(root).outgoing(after)),
    rowsOf<bigint>((after) => E(root).incoming(after)),
  ]);
  return { balance, outgoing, incoming };
};

const isLoss = (error: unknown): boolean => /delivered: (?:no|unknown)/.test(String(error));

export const byE: Workload = {
  name: 'E',
  vats,
  async drive(roots, log, random, transfers = Number.POSITIVE_INFINITY) {
    let left = transfers;
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        const from = random.below(roots.length);
        const to = (from + 1 + random.below(roots.length - 1)) % roots.length;
        const transfer = log.add(from, to, BigInt(1 + random.below(9)));
        try {
          await pay(roots, transfer);
        } catch (error) {
          if (isLoss(error)) return;
          throw error;
        }
        log.acknowledge(transfer);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  },
  async check(roots, log) {
    // A promise does not outlive the node, so nothing moves by itself after a start.
    const before = audit(await Promise.all(roots.map(statementOf)), log);
    const unknown = log.transfers.filter(({ acknowledged }) => acknowledged === undefined);
    await Promise.all(
      unknown.map(async (transfer) => {
        await pay(roots, transfer);
        log.acknowledge(transfer);
      }),
    );
    const after = audit(await Promise.all(roots.map(statementOf)), log);
    return [...new Set([...before, ...after])];
  },
};
