/** The node under siege, as the harness sees it: how to reach it, and what memory it takes. */
import { readFileSync } from 'node:fs';
import type { Heap } from './heaps.ts';
import { type Part, startPart } from './part.ts';

/** Sturdy refs and an address, as secret as what they open. */
export type Refs = {
  readonly victim: string;
  readonly benign: string;
  /** Makes vats of owners. */
  readonly maker: string;
  /** Opens the operator's wallet in a browser. */
  readonly url: string;
};

export type Heaps = { readonly main: Heap; readonly threads: readonly Heap[] };

export type SiegedNode = {
  readonly refs: Refs;
  readonly part: Part;
  /** Bytes of the process that are in memory; processes of guests not counted. */
  resident(): number;
  /** What is in use in each thread, once nothing more can be collected. */
  collect(): Promise<Heaps>;
  counts(): Promise<{ readonly links: number; readonly waitingBytes: number }>;
  stop(): Promise<void>;
};

/** @returns bytes; 0 for a process that has ended */
export const residentOf = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};

const program = new URL('./node-process.js', import.meta.url);
const preloaded = new URL('./heaps.js', import.meta.url);

export const startSiegedNode = async (directory: string): Promise<SiegedNode> => {
  const part = await startPart(program, {
    flags: ['--expose-gc', '--import', preloaded.href],
    args: [directory],
  });
  return {
    refs: await part.ask<Refs>('refs'),
    part,
    resident: () => residentOf(part.pid),
    collect: () => part.ask<Heaps>('collect'),
    counts: () => part.ask('counts'),
    stop: part.stop,
  };
};
