/** Exchanges and deals among nodes to which everything happens that can, at length. */
import { type DealsReport, runDeals } from '../market/deals.ts';
import { type ExchangesReport, runExchanges } from '../market/exchanges.ts';

export type MarketSettings = {
  readonly seed: number;
  /** No round begins later than so long after the first, one half for each of both. Default: three minutes. */
  readonly seconds?: number;
  readonly rounds?: number;
  /** Only what has this text in its name: `exchanges`, `deals`. */
  readonly only?: string;
  readonly progress?: (line: string) => void;
};
export type MarketReport = {
  readonly exchanges?: ExchangesReport;
  readonly deals?: DealsReport;
  readonly violations: readonly string[];
};

export const runMarket = async ({
  seed,
  seconds = 180,
  rounds = Number.POSITIVE_INFINITY,
  only = '',
  progress = () => {},
}: MarketSettings): Promise<MarketReport> => {
  const late: string[] = [];
  const wanted = ['exchanges', 'deals'].filter((name) => name.includes(only));
  const run = async <Report>(
    name: string,
    campaign: (
      cleanup: (undo: () => unknown) => void,
      settings: Parameters<typeof runDeals>[1],
    ) => Promise<Report>,
  ): Promise<Report | undefined> => {
    if (!wanted.includes(name)) return undefined;
    const undos: (() => unknown)[] = [];
    const begun = performance.now();
    try {
      return await campaign((undo) => void undos.push(undo), {
        ...{ seed, rounds, progress: (line: string) => progress(`${name}: ${line}`) },
        goesOn: () => performance.now() - begun < (seconds * 1000) / wanted.length,
      });
    } finally {
      for (const undo of undos.reverse()) {
        try {
          await undo();
        } catch (error) {
          // A node that was unsound says so at its end, whatever the campaign saw.
          late.push(`${name}: ${(error as Error).message}`);
        }
      }
    }
  };
  const exchanges = await run('exchanges', runExchanges);
  const deals = await run('deals', runDeals);
  return {
    ...(exchanges === undefined ? {} : { exchanges }),
    ...(deals === undefined ? {} : { deals }),
    violations: [...(exchanges?.violations ?? []), ...(deals?.violations ?? []), ...late],
  };
};
