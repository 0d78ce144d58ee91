import type { Bench } from '../harness.ts';
import { oneProcess } from '../one-process.ts';
import { diskCase, diskLoads, vatCase, vatLoads } from './modes.ts';

const compiled = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

/**
 * What a durable turn costs. A transfer changes two objects of a vat, each behind its guard.
 *
 * - `pocas host`: turns in a vat host on a thread of its own, committed to LevelDB with checksums,
 *   chain and anchor, without CapTP. A transfer is over when it is on disk.
 * - `LevelDB`: the same rows in groups, and nothing else.
 * - `pocas E`, `pocas send`: from one vat of a node to another, with the answer back.
 * - `captp`: `@endo/captp` alone, both ends in one thread without a transport, nothing stored.
 */
export const turns: Bench = {
  name: 'turns',
  summary: 'one durable transfer: in a vat host, between vats, LevelDB and @endo/captp alone',
  baseline: 'LevelDB',
  cases: [
    ...diskLoads.map((load) => ({
      name: diskCase(load),
      callsAtOnce: load.callers,
      only: ['LevelDB', 'pocas host'],
    })),
    ...vatLoads.map((callers) => ({
      name: vatCase(callers),
      callsAtOnce: callers,
      only: ['captp', 'pocas E', 'pocas send'],
      baseline: 'captp',
    })),
  ],
  subjects: [
    oneProcess('LevelDB', compiled('level-batches')),
    oneProcess('pocas host', compiled('host-turns')),
    oneProcess('captp', compiled('captp-local')),
    oneProcess('pocas E', compiled('vats'), ['E']),
    oneProcess('pocas send', compiled('vats'), ['send']),
  ],
};
