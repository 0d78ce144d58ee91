/** Small files beside the store: the operator's keys, and where the node now listens. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sturdy refs of this node, for the person whose machine it is. As secret as a password. */
export type Keys = {
  /** Of the operator's facet. */
  readonly operator: string;
  /** Of the wallet that the first start made. */
  readonly wallet: string;
};

export type Running = {
  readonly port: number;
  /** Where links are accepted. */
  readonly location: string;
};

const read = <T>(path: string): T | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw Error(`Cannot read "${path}": ${(error as Error).message}`);
  }
};

/** Replaces the file at once or not at all, also where the power is cut. */
const write = (path: string, value: unknown): void => {
  const options = { mode: 0o600, flush: true } as const;
  writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, options);
  renameSync(`${path}.new`, path);
};

export const readKeys = (directory: string): Keys | undefined => read(join(directory, 'keys.json'));
export const writeKeys = (directory: string, keys: Keys): void =>
  write(join(directory, 'keys.json'), keys);

/** The last port is kept after a stop, so that addresses stay the same. */
export const readLastPort = (directory: string): number | undefined =>
  read<{ port: number }>(join(directory, 'port.json'))?.port;

export const readRunning = (directory: string): Running | undefined =>
  read(join(directory, 'running.json'));
export const writeRunning = (directory: string, running: Running): void => {
  write(join(directory, 'port.json'), { port: running.port });
  write(join(directory, 'running.json'), running);
};
export const removeRunning = (directory: string): void =>
  rmSync(join(directory, 'running.json'), { force: true });
