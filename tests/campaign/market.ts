/** Exchanges among nodes to which everything happens that can, at length. */
import { type ExchangesReport, runExchanges } from '../market/exchanges.ts';

export type MarketSettings = {
  readonly seed: number;
  /** No round begins later than so long after the first. Default: three minutes. */
  readonly seconds?: number;
  readonly rounds?: number;
  readonly progress?: (line: string) => void;
};

export const runMarket = async ({
  seed,
  seconds = 180,
  rounds = Number.POSITIVE_INFINITY,
  progress = () => {},
}: MarketSettings): Promise<ExchangesReport> => {
  const undos: (() => unknown)[] = [];
  const begun = performance.now();
  try {
    return await runExchanges((undo) => void undos.push(undo), {
      ...{ seed, rounds, progress },
      goesOn: () => performance.now() - begun < seconds * 1000,
    });
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
};
