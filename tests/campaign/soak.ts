/** So many calls in one session that whatever each leaves behind shows: at the node and at the client. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Heap } from '../hostile/heaps.ts';
import { startSiegedNode } from '../hostile/node.ts';
import { startPart } from '../hostile/part.ts';

/** Bytes of heap that a call may leave behind. */
export const maxSlope = 20;

export type SoakReport = {
  readonly campaign: 'soak';
  readonly calls: number;
  readonly seconds: number;
  /** Bytes a call by which the heaps grew: of the node's threads together, and of the client. */
  readonly node: number;
  readonly client: number;
  /** How often an object was obtained, called, dropped and collected. */
  readonly obtained: number;
  readonly violations: readonly string[];
};

export type SoakSettings = {
  readonly calls: number;
  readonly maxSlope?: number;
  readonly progress?: (line: string) => void;
};

type Sample = { readonly calls: number; readonly node: number; readonly client: number };

const samples = 20;
/** What is compiled and cached at the first calls is not what each call leaves behind. */
const warmUp = 0.15;
const atOnce = 50;
const times = 100;

const program = new URL('../hostile/soak-process.js', import.meta.url);

/** The slope of the straight line that is nearest to the samples. */
export const slope = (points: readonly (readonly [x: number, y: number])[]): number => {
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [x, y] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const along = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const across = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return along / across;
};

const bytesOf = (heaps: readonly Heap[]): number =>
  heaps.reduce((sum, { used, external }) => sum + used + external, 0);

export const runSoak = async (settings: SoakSettings): Promise<SoakReport> => {
  const { calls, maxSlope: bound = maxSlope, progress = () => {} } = settings;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pocas-soak-'));
  const start = performance.now();
  const node = await startSiegedNode(join(folder, 'node'));
  try {
    const client = await startPart(program, { flags: ['--expose-gc'] });
    try {
      await client.ask('connect', node.refs.benign, node.refs.victim);
      const taken: Sample[] = [];
      const sample = async (done: number) => {
        const { main, threads } = await node.collect();
        const one = {
          calls: done,
          node: bytesOf([main, ...threads]),
          client: bytesOf([await client.ask<Heap>('collect')]),
        };
        taken.push(one);
        progress(`${done} calls, node ${one.node} bytes, client ${one.client} bytes`);
      };
      const first = Math.round(calls * warmUp);
      const step = Math.round((calls - first) / samples);
      await client.ask('call', first, atOnce);
      await sample(first);
      for (let i = 1; i <= samples; i += 1) {
        await client.ask('call', step, atOnce);
        await sample(first + i * step);
      }
      const done = taken.at(-1)!.calls;
      const count = await client.ask<number>('call', 1, 1);
      const obtained = await client.ask<number>('obtain', times);
      const nodeSlope = slope(taken.map((one) => [one.calls, one.node]));
      const clientSlope = slope(taken.map((one) => [one.calls, one.client]));
      return {
        campaign: 'soak',
        calls: done,
        seconds: Math.round((performance.now() - start) / 1000),
        node: Math.round(nodeSlope * 10) / 10,
        client: Math.round(clientSlope * 10) / 10,
        obtained,
        violations: [
          ...(nodeSlope < bound ? [] : [`the node keeps ${nodeSlope.toFixed(1)} bytes a call`]),
          ...(clientSlope < bound
            ? []
            : [`the client keeps ${clientSlope.toFixed(1)} bytes a call`]),
          ...(count === done + 1 ? [] : [`of ${done + 1} calls ${count} were carried out`]),
          ...(obtained === times ? [] : [`an object was collected ${obtained} of ${times} times`]),
        ],
      };
    } finally {
      await client.stop();
    }
  } finally {
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
