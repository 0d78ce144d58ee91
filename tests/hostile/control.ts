/** The control client, as the harness sees it: what others notice of an attack. */
import { startPart } from './part.ts';

/** Milliseconds. */
export type Latencies = {
  readonly calls: number;
  readonly unanswered: number;
  readonly failures: readonly string[];
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
};

export type Control = {
  begin(callsPerSecond: number): Promise<void>;
  /** Waits so long for answers that are still to come. */
  end(patienceMillis: number): Promise<Latencies>;
  stop(): Promise<void>;
};

const program = new URL('./control-process.js', import.meta.url);

export const startControl = async (sturdyRef: string): Promise<Control> => {
  const part = await startPart(program);
  await part.ask('connect', sturdyRef);
  return {
    begin: (callsPerSecond) => part.ask('begin', callsPerSecond),
    end: (patienceMillis) => part.ask('end', patienceMillis),
    stop: part.stop,
  };
};
