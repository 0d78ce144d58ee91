/**
 * `make-vats.js <subject> <number> <directory>`: what it costs to make vats, and to wake them after the
 * node was stopped. Host and node are on one thread, so that one heap holds all there is of them.
 */
import '@pocas/vat-runtime/lockdown';
import { makeExo } from '@endo/exo';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { bundleVat } from '@pocas/vat-runtime/node';
import { openNode, subjects } from './nodes.ts';
import { cpuMicros, memory, say } from './usage.ts';

const [subject = '', number = '', directory = ''] = process.argv.slice(2);
const count = Number(number);

/** The part of SES's `Compartment` that is used here. */
declare const Compartment: new (globals: object) => { evaluate(text: string): unknown };

const bareText = `
  let count = 0n;
  makeExo('One', M.interface('One', { count: M.call().returns(M.nat()) }), {
    count() {
      count += 1n;
      return count;
    },
  });
`;

/** What `body` costs for each of `count` vats, in time and in memory. */
const costOf = async (body: () => Promise<void>) => {
  const before = await memory();
  const cpu = cpuMicros();
  await body();
  const used = cpuMicros() - cpu;
  const after = await memory();
  return { cpuMicros: used / count, heapKiB: (after.heap - before.heap) / count };
};

const repeat = async (many: number, body: (index: number) => Promise<void>) => {
  for (let i = 0; i < many; i += 1) await body(i);
};

// Code that has not run yet takes memory when it first does.
const first = Math.ceil(count / 10);

if (subject === 'bare SES') {
  const made: unknown[] = [];
  const make = async () => void made.push(new Compartment({ makeExo, M }).evaluate(bareText));
  await repeat(first, make);
  say({ making: await costOf(() => repeat(count, make)) });
} else {
  // The cast holds, or the bundler says that there is no such module.
  const { module, method } = subjects[subject as keyof typeof subjects];
  const bundle = await bundleVat(module);
  const node = await openNode(directory, 'inline');
  const powers = { clock: node.clock, enlivener: node.enlivener, grantor: node.grantor };
  const params = { name: 'Ana', secret: 'A'.repeat(43) };
  const made: unknown[] = [];
  const make = async () =>
    void made.push(await node.makeVat({ module: bundle, label: 'bench', powers, params }));
  await repeat(first, make);
  const making = await costOf(async () => {
    await repeat(count, make);
    await node.settled();
  });
  node.setProgram(made);
  await node.settled();
  await node.stop();

  const again = await openNode(directory, 'inline');
  // The cast holds: these are the roots that were just kept.
  const roots = again.getProgram() as Record<string, () => Promise<unknown>>[];
  const wake = async (index: number) => void (await E(roots[index]!)[method]!());
  await repeat(first, wake);
  const waking = await costOf(() => repeat(count, (index) => wake(first + index)));
  say({ making, waking });
  await again.stop();
}
