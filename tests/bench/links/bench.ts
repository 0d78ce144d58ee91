import { type Bench, benchOfCalls } from '../harness.ts';
import { twoEnds } from '../two-ends.ts';
import { measureBulk } from './bulk.ts';
import { measureIdle } from './idle.ts';
import { caseNames, inFlight } from './modes.ts';

const compiled = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

const calls = benchOfCalls({
  name: 'links',
  summary: 'links: sessions, calls, sends between nodes, and what idle sessions take',
  baseline: 'capnweb',
  cases: [
    {
      name: caseNames.session,
      callsAtOnce: 1,
      only: ['ws', 'captp', 'capnweb', 'pocas client', 'pocas client, noble'],
    },
    { name: caseNames.call, callsAtOnce: 1 },
    { name: caseNames.kilobytes, callsAtOnce: 1 },
    { name: caseNames.inFlight, callsAtOnce: inFlight },
  ],
  subjects: [
    twoEnds('ws', compiled('ws-server'), compiled('ws-client')),
    twoEnds('captp', compiled('../captp/captp-server'), compiled('captp-client')),
    twoEnds('capnweb', compiled('../captp/capnweb-server'), compiled('capnweb-client')),
    twoEnds('pocas', compiled('../captp/pocas-server'), compiled('pocas-peer')),
    twoEnds('pocas client', compiled('../captp/pocas-server'), compiled('pocas-client'), ['node']),
    twoEnds('pocas client, noble', compiled('../captp/pocas-server'), compiled('pocas-client')),
  ],
});

/**
 * What links between nodes cost, beside what others do over the same WebSockets of the loopback device.
 *
 * - `ws`: WebSockets alone, with JSON: what nobody can do without.
 * - `captp`, `capnweb`: as in the bench `captp`. Nobody proves who they are, and nothing is sealed.
 * - `pocas`: from one node to another. Each call is a turn of a durable object in a vat on another thread.
 * - `pocas client`: a client of such a node, with the ciphers of OpenSSL as programs in Node have them.
 *   Each session is a handshake of Noise, which proves both keys; both ends count. `, noble`: with the
 *   ciphers that browsers have.
 *
 * Sends in bulk go from a vat to another, each as durable as the batch that carries it; a batch is
 * synced once. Of idle sessions, all that the listening process grew by is theirs.
 */
export const links: Bench = {
  ...calls,
  compared: [...calls.compared, 'KiB/session'],
  async run(effort, progress) {
    return [
      ...(await calls.run(effort, progress)),
      ...(await measureBulk(effort, ['in one node', 'between nodes'], progress)),
      ...(await measureIdle(effort, progress)),
    ];
  },
};
