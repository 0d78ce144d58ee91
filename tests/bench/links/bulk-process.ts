/** `bulk-process.js <directory> <port>`: a node that sends to another, or is sent to. */
import '@pocas/vat-runtime/lockdown';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { servePart } from '../../hostile/serve-part.ts';
import { openOrderedNode } from '../../links/open-node.ts';

const [directory, port] = process.argv.slice(2) as [string, string];
const node = await openOrderedNode({ directory, port: Number(port), pingMilliseconds: 20_000 });
const module = fileURLToPath(new URL('../../../bench/links/vats/bulk.ts', import.meta.url));

// `any`: a reference whose methods the module defines.
type Any = any;
const make = async (label: string): Promise<Any> => node.makeVat({ module, label });
const root = await make('bulk');
const beside = await make('beside');
const sinks: Any[] = [];
/** Sends of one turn. */
const atOnce = 200;

servePart(
  {
    sink: async () => node.grantor.sturdy(await E(root).sink()),
    /** @param sturdyRef - undefined for another vat of this node */
    async know(sturdyRef?: string) {
      sinks.push(
        sturdyRef === undefined
          ? await E(beside).sink()
          : await E(node.enlivener).enliven(sturdyRef),
      );
    },
    async burst(sink: number, many: number) {
      for (let sent = 0; sent < many; sent += atOnce) {
        await E(root).burst(sinks[sink], BigInt(Math.min(atOnce, many - sent)));
      }
    },
    /** Answers when so many have come. */
    async came(isBeside: boolean, many: number) {
      while (Number(await E(isBeside ? beside : root).count()) < many) await sleep(2);
    },
    batches: () => node.counts().batches,
  },
  node.end,
);
