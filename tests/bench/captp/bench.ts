import { type Bench, benchOfCalls } from '../harness.ts';
import { twoEnds } from '../two-ends.ts';
import { caseNames, chainLength, inFlight } from './modes.ts';

const compiled = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

/**
 * What one call over a network costs: a method that takes a short string and answers it,
 * over a WebSocket on the loopback device, without compression.
 *
 * - `captp`: `@endo/captp` alone, both ends under lockdown. Nobody proves who they are, nothing is
 *   limited, and an answer's number is never freed.
 * - `capnweb`: the same, not locked down, since it is meant to run so.
 * - `pocas`: from one node to another. Over there the call crosses the switchboard to a vat on a
 *   thread of its own and is a turn of a durable object behind a guard; the answer passes the
 *   output gate. The store is in the folder for temporary files.
 * - `pocas client`: the same node, called by a client that has none.
 */
export const captp: Bench = benchOfCalls({
  name: 'captp',
  summary: 'one call between two processes: @endo/captp, capnweb and pocas nodes',
  baseline: 'captp',
  cases: [
    { name: caseNames.sequential, callsAtOnce: 1 },
    { name: caseNames.concurrent, callsAtOnce: inFlight },
    { name: caseNames.chain, callsAtOnce: chainLength },
    { name: caseNames.durable, callsAtOnce: 1, only: ['pocas', 'pocas client'] },
  ],
  subjects: [
    twoEnds('captp', compiled('captp-server'), compiled('captp-client')),
    twoEnds('capnweb', compiled('capnweb-server'), compiled('capnweb-client')),
    twoEnds('pocas', compiled('pocas-server'), compiled('pocas-peer')),
    twoEnds('pocas client', compiled('pocas-server'), compiled('pocas-client')),
  ],
});
