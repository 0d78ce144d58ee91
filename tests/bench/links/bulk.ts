/** How fast `send`s cross from one node to another, and how many there are to each write to the disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Part, startPart } from '../../hostile/part.ts';
import { freePort } from '../../support/port.ts';
import { type Effort, type Result, summarize } from '../harness.ts';

const program = new URL('./bulk-process.js', import.meta.url);

type Way = { readonly subject: string; readonly sink: number; readonly receiver: number };

export const measureBulk = async (
  effort: Effort,
  ways: readonly ('in one node' | 'between nodes')[],
  progress: (line: string) => void,
): Promise<Result[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  const parts: Part[] = [];
  try {
    for (const name of ['a', 'b']) {
      parts.push(await startPart(program, { args: [join(folder, name), await freePort()] }));
    }
    const [sender, receiver] = parts as [Part, Part];
    const all: Way[] = [];
    for (const [sink, subject] of ways.entries()) {
      const isNear = subject === 'in one node';
      await sender.ask('know', ...(isNear ? [] : [await receiver.ask('sink')]));
      all.push({ subject, sink, receiver: isNear ? 0 : 1 });
    }
    const batches = async () => {
      const counts = await Promise.all(parts.map((part) => part.ask<number>('batches')));
      return counts.reduce((sum, one) => sum + one, 0);
    };
    const many = Math.min(2000, Math.round(effort.many / 20));
    const figures = new Map(
      all.map(({ subject }) => [subject, { wall: [] as number[], perBatch: [] as number[] }]),
    );
    const came = [0, 0];
    for (let round = 0; round <= effort.rounds; round += 1) {
      for (const { subject, sink, receiver: to } of all) {
        const before = await batches();
        const start = performance.now();
        const sending = sender.ask('burst', sink, many);
        came[to]! += many;
        await Promise.all([sending, parts[to]!.ask('came', to === 0, came[to]!)]);
        const wall = performance.now() - start;
        const { wall: walls, perBatch } = figures.get(subject)!;
        // The first round warms up.
        if (round === 0) continue;
        walls.push((1000 * many) / wall);
        perBatch.push(many / ((await batches()) - before));
      }
    }
    progress(`${many} sends a round, ${effort.rounds} rounds`);
    return all.flatMap(({ subject }) => {
      const { wall, perBatch } = figures.get(subject)!;
      const name = `sends in bulk, ${subject}`;
      return [
        summarize(name, 'pocas', 'sends/s', wall),
        summarize(name, 'pocas', 'sends/batch', perBatch),
      ];
    });
  } finally {
    await Promise.all(parts.map((part) => part.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
};
