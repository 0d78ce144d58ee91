import type { Mode } from '../serve.ts';

/** Enough to keep both ends busy, and below any default limit on open questions. */
export const inFlight = 256;

export const chainLength = 10;

export const caseNames = {
  sequential: 'sequential',
  concurrent: `concurrent, ${inFlight} in flight`,
  chain: `chain of ${chainLength}`,
  /** Each call changes stored state; its answer waits for the disk. */
  durable: 'sequential, durable',
} as const;

/** Awaits each answer before the next call. */
export const sequentially =
  (call: () => Promise<unknown>): Mode =>
  async (calls) => {
    for (let made = 0; made < calls; made += 1) await call();
  };

/** Awaits the answers of a whole batch together. */
export const concurrently =
  (call: () => Promise<unknown>): Mode =>
  async (calls) => {
    for (let made = 0; made < calls; made += inFlight) {
      await Promise.all(Array.from({ length: inFlight }, call));
    }
  };

/** Awaits one chain after another. */
const chained =
  (chain: () => Promise<unknown>): Mode =>
  async (calls) => {
    for (let made = 0; made < calls; made += chainLength) await chain();
  };

/** What a client does with the far target. Each settles when the far side has answered. */
export type Calls = {
  /** Sends the text to a method that answers it. */
  echo(text: string): Promise<unknown>;
  /** Makes `chainLength` calls, each on the promised answer of the one before. */
  chain(): Promise<unknown>;
  /** Adds one to a stored count and answers it; absent where nothing is stored. */
  count?(): Promise<unknown>;
};

/** @throws where the far side does not do what is to be measured: a fast failure is no fast call */
export const makeModes = async ({ echo, chain, count }: Calls): Promise<Record<string, Mode>> => {
  const text = 'hello';
  if ((await echo(text)) !== text) throw new Error('Cannot measure: echo answered something else');
  await chain();
  const modes: Record<string, Mode> = {
    [caseNames.sequential]: sequentially(() => echo(text)),
    [caseNames.concurrent]: concurrently(() => echo(text)),
    [caseNames.chain]: chained(chain),
  };
  if (count === undefined) return modes;
  if ((await count()) === (await count())) throw new Error('Cannot measure: count stands still');
  return { ...modes, [caseNames.durable]: sequentially(count) };
};
