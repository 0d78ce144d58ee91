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

/**
 * @param isWhole - whether it says all that is asked of it
 * @throws without a word of what the file says: the engine's own errors would repeat some of it
 */
const read = <T>(
  path: string,
  isWhole: (said: Readonly<Record<string, unknown>>) => boolean,
): T | undefined => {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw Error(`Cannot read "${path}": ${code ?? 'it cannot be opened'}`);
  }
  try {
    const said: unknown = JSON.parse(text);
    // The cast holds as far as `isWhole` looked.
    if (isWhole(Object(said) as Record<string, unknown>)) return said as T;
  } catch {
    // Told below.
  }
  throw Error(
    `Cannot read "${path}": it is damaged; restore it from a backup of the data directory`,
  );
};

const isPort = (value: unknown) =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 65_535;

/** Replaces the file at once or not at all, also where the power is cut. */
const write = (path: string, value: unknown): void => {
  const options = { mode: 0o600, flush: true } as const;
  writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, options);
  renameSync(`${path}.new`, path);
};

export const readKeys = (directory: string): Keys | undefined =>
  read(
    join(directory, 'keys.json'),
    ({ operator, wallet }) => typeof operator === 'string' && typeof wallet === 'string',
  );
export const writeKeys = (directory: string, keys: Keys): void =>
  write(join(directory, 'keys.json'), keys);

/** What the person knows of the audits of each market, so that no market has to be asked for it. */
export type AuditNotes = {
  readonly [market: string]: {
    readonly label: string;
    readonly after: string;
    readonly seen: { readonly [epoch: string]: string };
  };
};
const isAuditNote = (value: unknown): boolean => {
  const { label, after, seen } = Object(value) as Record<string, unknown>;
  const isNumber = typeof after === 'string' && /^(-1|[0-9]{1,18})$/.test(after);
  return typeof label === 'string' && isNumber && typeof seen === 'object' && seen !== null;
};
export const readAuditNotes = (directory: string): AuditNotes | undefined =>
  read(join(directory, 'audit.json'), (said) => Object.values(said).every(isAuditNote));
export const writeAuditNotes = (directory: string, notes: AuditNotes): void =>
  write(join(directory, 'audit.json'), notes);

/** The last port is kept after a stop, so that addresses stay the same. */
export const readLastPort = (directory: string): number | undefined =>
  read<{ port: number }>(join(directory, 'port.json'), ({ port }) => isPort(port))?.port;

export const readRunning = (directory: string): Running | undefined =>
  read(
    join(directory, 'running.json'),
    ({ port, location }) => isPort(port) && typeof location === 'string',
  );
export const writeRunning = (directory: string, running: Running): void => {
  write(join(directory, 'port.json'), { port: running.port });
  write(join(directory, 'running.json'), running);
};
export const removeRunning = (directory: string): void =>
  rmSync(join(directory, 'running.json'), { force: true });
