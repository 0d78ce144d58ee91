/** `make-vats.js <subject> <number> <directory>`: what it costs to make vats and to have them awake. */
import '@pocas/vat-runtime/lockdown';
import { makeExo } from '@endo/exo';
import { M } from '@endo/patterns';
import { bundleVat } from '@pocas/vat-runtime/node';
import { modules, openNode } from './nodes.ts';
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

/** @returns what makes one more vat, and what ends when all are made */
const prepare = async () => {
  if (subject === 'bare SES') {
    const make = async () => new Compartment({ makeExo, M }).evaluate(bareText);
    return { make, settled: async () => {}, stop: async () => {} };
  }
  // The cast holds, or the bundler says that there is no such module.
  const module = await bundleVat(modules[subject as keyof typeof modules]);
  const node = await openNode(directory, 'inline');
  const powers = { enlivener: node.enlivener, grantor: node.grantor };
  const make = () => node.makeVat({ module, label: 'bench', powers, params: { name: 'Ana' } });
  return { make, settled: node.settled, stop: node.stop };
};

const { make, settled, stop } = await prepare();
const made: unknown[] = [];
const makeMany = async (many: number) => {
  for (let i = 0; i < many; i += 1) made.push(await make());
  await settled();
};
// Code that has not run yet takes memory when it first does.
await makeMany(Math.ceil(count / 10));
const before = await memory();
const cpu = cpuMicros();
await makeMany(count);
const used = cpuMicros() - cpu;
const after = await memory();
say({ cpuMicros: used / count, heapKiB: (after.heap - before.heap) / count });
await stop();
