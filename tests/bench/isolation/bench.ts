import { inFlight } from '../captp/modes.ts';
import { type Bench, type Case, benchOfCalls } from '../harness.ts';
import { oneProcess } from '../one-process.ts';
import { twoEnds } from '../two-ends.ts';
import { type Place, caseNames } from './modes.ts';

const compiled = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

const casesOf = (place: Place, baseline: string, only: readonly string[]): Case[] => {
  const { sequential, concurrent, changing, changingMany } = caseNames(place);
  return [
    { name: sequential, callsAtOnce: 1, only, baseline },
    { name: concurrent, callsAtOnce: inFlight, only, baseline },
    { name: changing, callsAtOnce: 1, only, baseline },
    { name: changingMany, callsAtOnce: inFlight, only, baseline },
  ];
};

const here = [
  oneProcess('captp', compiled('bare-here')),
  oneProcess('guarded captp', compiled('two-endpoints'), ['guarded captp']),
  oneProcess('our endpoint', compiled('two-endpoints'), ['our endpoint']),
  oneProcess('+ switchboard', compiled('over-switchboard')),
  oneProcess('+ durable turn', compiled('in-vat'), ['inline']),
  oneProcess('+ thread', compiled('in-vat'), ['thread']),
  oneProcess('+ process', compiled('in-vat'), ['process']),
];

const overWs = (name: string, what: string) =>
  twoEnds(name, compiled('ws-server'), compiled('ws-client'), [what]);
const there = [
  twoEnds('captp over ws', compiled('bare-server'), compiled('bare-client')),
  overWs('guarded captp over ws', 'guarded captp'),
  overWs('our endpoint over ws', 'our endpoint'),
  overWs('link and switchboard', 'power'),
  overWs('networked-durable-call', 'vat'),
  overWs('into a guest process', 'guest'),
  oneProcess('sealing', compiled('sealing')),
];

/**
 * What isolation costs a call, a layer at a time, against bare `@endo/captp`.
 *
 * In one process, without a transport: two ends of captp; of captp behind our guard; of our endpoint;
 * with the switchboard between; a durable vat, its host in the same thread and its store in memory;
 * one in a thread of its own, with its store on the disk; and one in the process of its owner, the CPU
 * of which is counted too.
 *
 * Over ws, the CPU of both ends: the same endpoints; a client's call over a link to an object of the
 * node itself; and `networked-durable-call`, one into a durable vat in a thread of its own;
 * then the same into the process of a guest, whose vat may take a thousand turns a second: for it the
 * wall time says nothing.
 *
 * The node's limits of messages and bytes per second are lifted: who waits for them costs nothing.
 *
 * Links are sealed, and their rows include it. `sealing` is what the cipher itself takes of that: each
 * frame sealed at one end and opened at the other.
 */
export const isolation: Bench = benchOfCalls({
  name: 'isolation',
  summary: 'what guard, switchboard, turn, thread, link and its sealing cost a call',
  baseline: 'captp',
  cases: [
    ...casesOf(
      'here',
      'captp',
      here.map(({ name }) => name),
    ),
    ...casesOf(
      'there',
      'captp over ws',
      there.map(({ name }) => name),
    ),
  ],
  subjects: [...here, ...there],
});
