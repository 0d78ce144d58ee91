/** The node under siege: the whole program, links and pages, with vats to be attacked and vats that attack. */
import '@pocas/vat-runtime/lockdown';
import { BroadcastChannel } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import { runNode } from '@pocas/pocas';
import { makePower } from '@pocas/vat-runtime/node';
import { type Heap, channelName, collectHere } from './heaps.ts';
import type { Refs } from './node.ts';
import { servePart } from './serve-part.ts';

const [directory] = process.argv.slice(2) as [string];
const moduleOf = (name: string) =>
  fileURLToPath(new URL(`../../hostile/vats/${name}.ts`, import.meta.url));

let workers = 0;
process.on('worker', (worker) => {
  workers += 1;
  worker.once('exit', () => (workers -= 1));
});

const running = await runNode({
  directory,
  port: 0,
  onFatal(reason) {
    process.stderr.write(`fatal: ${reason}\n`);
    process.exit(3);
  },
});
const { node } = running;

const victim = (await node.makeVat({ module: moduleOf('victim'), label: 'victim' })) as object;
const benign = (await node.makeVat({ module: moduleOf('benign'), label: 'benign' })) as object;

const MakerI = M.interface('Maker', {
  guest: M.call(M.string(), M.string()).optional(M.record()).returns(M.promise()),
});
/** For the attacker: guests of owners that it names. */
const maker = node.definePower(
  'siege.maker',
  makePower('Maker', MakerI, {
    guest: (name: string, owner: string, powers: Record<string, unknown> = {}) =>
      node.makeVat({
        module: moduleOf(name),
        label: name,
        powers: { ...powers, timer: node.timer, clock: node.clock },
        ...{ owner },
      }),
  }),
);
const { grantor } = node;
const refs: Refs = {
  victim: grantor.sturdy(victim),
  benign: grantor.sturdy(benign),
  maker: grantor.sturdy(maker),
  url: running.url,
};
await node.settled();

const channel = new BroadcastChannel(channelName);
let lastAsk = 0;
/** The heaps of the threads of vats, once they have collected. */
const collectThere = (): Promise<Heap[]> =>
  new Promise((resolve) => {
    lastAsk += 1;
    const heaps: Heap[] = [];
    const expected = workers;
    if (expected === 0) return resolve([]);
    const giveUp = setTimeout(() => resolve(heaps), 5000);
    channel.onmessage = (event) => {
      const { to, heap } = (event as { data: { to?: number; heap: Heap } }).data;
      if (to !== lastAsk) return;
      heaps.push(heap);
      if (heaps.length < expected) return;
      clearTimeout(giveUp);
      resolve(heaps);
    };
    channel.postMessage({ ask: lastAsk });
  });

servePart(
  {
    refs: () => refs,
    counts: () => node.counts(),
    collect: async () => {
      const [threads, main] = await Promise.all([collectThere(), collectHere()]);
      return { main, threads };
    },
  },
  () => running.stop(),
);
