/** Clearing rounds among nodes to which everything happens that can, at length. */
import { type ClearingReport, runRounds, tableOf } from '../clearing/campaign.ts';

export type ClearingSettings = {
  readonly seed: number;
  /** No round begins later than so long after the first. Default: five minutes. */
  readonly seconds?: number;
  readonly rounds?: number;
  /** Only troubles whose name has this text. */
  readonly only?: string;
  readonly progress?: (line: string) => void;
};

const nodes = 8;
const usualSeconds = 300;

export const runClearing = async ({
  seed,
  seconds = usualSeconds,
  rounds = Number.POSITIVE_INFINITY,
  only = '',
  progress = () => {},
}: ClearingSettings): Promise<ClearingReport> => {
  const undos: (() => unknown)[] = [];
  const begun = performance.now();
  try {
    return await runRounds((undo) => void undos.push(undo), {
      ...{ seed, rounds, nodes, only, progress },
      goesOn: () => performance.now() - begun < seconds * 1000,
    });
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
};

export { tableOf };
