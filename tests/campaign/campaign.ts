/** What a campaign is, what it is given, and what it reports. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRandom, type Random } from './random.ts';
import type { Log, Transfer } from './transfers.ts';
import type { Workload } from './workload.ts';

export type Campaign = {
  readonly name: string;
  readonly summary: string;
  /** How many rounds a full run has. */
  readonly rounds: number;
  run(scene: Scene): Promise<void>;
};

export type Settings = {
  readonly workload: Workload;
  readonly seed: number;
  /** At most so many. */
  readonly rounds: number;
  /** No round begins later. */
  readonly seconds?: number;
  readonly progress?: (line: string) => void;
};

export type Report = {
  readonly campaign: string;
  readonly workload: string;
  readonly seed: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Ends of a process that nobody had asked for in an orderly way. */
  readonly crashes: number;
  /** Starts on a directory that a crash had left. */
  readonly restarts: number;
  /** Effects whose acknowledgement came to the client. */
  readonly acknowledged: number;
  /** Effects of which a crash left the client without an answer. */
  readonly unknown: number;
  readonly violations: readonly string[];
  /** The folder that shows what was violated. Whoever has seen it removes it. */
  readonly kept: string | undefined;
};

/** A campaign's surroundings: what to crash, chance, folders, and the count of what came of it. */
export type Scene = {
  readonly workload: Workload;
  readonly random: Random;
  /** Begins another round, if there is to be one. */
  nextRound(): boolean;
  /** The path of a folder that does not exist yet. */
  newFolder(): string;
  /** Removes a file or a folder, unless it may show what was violated. */
  discard(path: string): void;
  crashed(log: Log): void;
  restarted(): void;
  /** Adds what a log says to the count, once it will not change any more. */
  concluded(log: Log): void;
  violated(what: readonly string[]): void;
};

export const runCampaign = async (campaign: Campaign, settings: Settings): Promise<Report> => {
  const { workload, seed, progress = () => {} } = settings;
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pocas-campaign-'));
  const count = { rounds: 0, crashes: 0, restarts: 0, acknowledged: 0 };
  const violations: string[] = [];
  const unknown = new Set<Transfer>();
  let folders = 0;
  const scene: Scene = {
    workload,
    random: makeRandom(seed),
    nextRound() {
      if (count.rounds >= settings.rounds || seconds() >= (settings.seconds ?? Infinity)) {
        return false;
      }
      count.rounds += 1;
      if (count.rounds % 20 === 0) {
        progress(`round ${count.rounds}, ${violations.length} violations`);
      }
      return true;
    },
    newFolder() {
      folders += 1;
      mkdirSync(folder, { recursive: true });
      return join(folder, String(folders));
    },
    discard(path) {
      if (violations.length === 0) rmSync(path, { recursive: true, force: true });
    },
    crashed({ transfers }) {
      count.crashes += 1;
      for (const transfer of transfers) {
        if (transfer.acknowledged === undefined) unknown.add(transfer);
      }
    },
    restarted: () => void (count.restarts += 1),
    concluded({ transfers }) {
      count.acknowledged += transfers.filter((one) => one.acknowledged !== undefined).length;
    },
    violated: (what) => void violations.push(...what.map((one) => `round ${count.rounds}: ${one}`)),
  };
  try {
    await campaign.run(scene);
  } catch (error) {
    // A campaign that cannot go on has not shown that all is well.
    scene.violated([error instanceof Error ? error.message : String(error)]);
  }
  const sound = violations.length === 0;
  if (sound) rmSync(folder, { recursive: true, force: true });
  return {
    campaign: campaign.name,
    workload: workload.name,
    seed,
    seconds: Math.round(seconds() * 10) / 10,
    ...count,
    unknown: unknown.size,
    violations,
    kept: sound ? undefined : folder,
  };
};
