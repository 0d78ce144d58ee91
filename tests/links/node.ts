/** A node in a process of its own, as the harness sees it. */
import { type Part, startPart } from '../hostile/part.ts';
import type { Cleanup } from '../support/cleanup.ts';

export type NodeOrder = {
  readonly directory: string;
  readonly port: number;
  /** Where others are told to dial it. Default: its port. */
  readonly location?: string;
  /** What it dials in place of what it was told. */
  readonly routes?: Readonly<Record<string, string>>;
  readonly pingMilliseconds: number;
  /** Its clock is so many milliseconds ahead of the machine's, and can leap further. Absent: the machine's. */
  readonly ahead?: number;
  /** Where to write what is unsound after a delivery. Absent: nobody looks. */
  readonly faults?: string;
  /** The address to listen at. Default: the loopback's. */
  readonly host?: string;
};

export type LinkedNode = {
  readonly order: NodeOrder;
  readonly pid: number;
  readonly designator: string;
  readonly sturdyRef: string;
  know(name: string, sturdyRef: string): Promise<void>;
  /** Adds one to the tally of another. @returns what it came to */
  add(name: string): Promise<number>;
  /** Its own tally. */
  count(): Promise<number>;
  isLinked(designator: string): Promise<boolean>;
  links(): Promise<number>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** As by `kill -9`. @returns when the process is gone */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

const program = new URL('./node-process.js', import.meta.url);

/** @param wrap - a command that runs the node, such as one that enters a network namespace */
export const startLinkedNode = async (
  cleanup: Cleanup,
  order: NodeOrder,
  wrap: readonly string[] = [],
): Promise<LinkedNode> => {
  const part: Part = await startPart(program, { args: [JSON.stringify(order)], wrap });
  const signal = (name: NodeJS.Signals) => {
    if (!part.isOver()) process.kill(part.pid, name);
  };
  const kill = async () => {
    signal('SIGKILL');
    await part.stop();
  };
  cleanup(kill);
  const said = await part.ask<{ designator: string; sturdyRef: string }>('refs');
  return {
    ...said,
    order,
    pid: part.pid,
    know: (name, sturdyRef) => part.ask('know', name, sturdyRef),
    add: async (name) => Number(await part.ask('add', name)),
    count: async () => Number(await part.ask('count')),
    isLinked: (designator) => part.ask('isLinked', designator),
    links: () => part.ask('links'),
    signal,
    kill,
    stop: part.stop,
  };
};
