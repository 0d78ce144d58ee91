/** `wake.js <directory>`: starts a node whose vats all sleep, and wakes those that the program knows. */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import { openNode } from './nodes.ts';
import { cpuMicros, memory, pause, say } from './usage.ts';

const before = await memory();
const began = performance.now();
const node = await openNode(process.argv[2]!, 'thread');
const readyMillis = performance.now() - began;
const ready = await memory();

/** The cast holds: the program of this store keeps the roots of its first wallets. */
const wallets = node.getProgram() as { view(): Promise<unknown> }[];
// The first also waits for the thread.
await E(wallets[0]!).view();
const wall: number[] = [];
const cpu: number[] = [];
for (const wallet of wallets.slice(1)) {
  // What the one before has still to do is not counted with the next.
  await pause(20);
  const [sentAt, cpuBefore] = [performance.now(), cpuMicros()];
  await E(wallet).view();
  wall.push(performance.now() - sentAt);
  cpu.push((cpuMicros() - cpuBefore) / 1000);
}
const after = await memory();
const middle = (figures: number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1]!;
say({
  readyMillis,
  wakeMillis: middle(wall),
  worstWakeMillis: Math.max(...wall),
  wakeCpuMillis: middle(cpu),
  startMiB: (ready.resident - before.resident) / 1024,
  awakeMiB: (after.resident - before.resident) / 1024,
});
await node.stop();
