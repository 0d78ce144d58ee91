import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What a figure of time means nothing without. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly node: string;
  readonly os: string;
};

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
  os: `${type()} ${release()}`,
});
