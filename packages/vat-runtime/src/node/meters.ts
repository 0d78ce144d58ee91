/** Where each metric of a node is read, when somebody asks. Nothing here is on the path of a message. */
import { type PartyKind, partyKinds } from '../monitor/fields.ts';
import type { Meters } from '../monitor/metrics.ts';
import { type Peers, designatorIn } from '../session/peers.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Guesses } from './guesses.ts';
import type { ProcessMeters } from './process-meters.ts';
import type { Relations } from './relations.ts';
import type { Vats } from './vats.ts';

export type MetersPowers = {
  readonly process: ProcessMeters;
  readonly store: Committer;
  readonly switchboard: Switchboard;
  readonly vats: Vats;
  readonly peers: Peers;
  readonly relations: Pick<Relations, 'counts'>;
  readonly sessions: { size(): number };
  readonly guesses: Guesses;
};

export const partyKindOf = ({ id, kind }: Connection): PartyKind => {
  if (kind.inside) return 'vat';
  if (designatorIn(id) !== undefined) return 'node';
  if (kind.unlimited) return 'control';
  return kind.lasting ? 'session' : 'client';
};

/** What one party has, by the metric in which it is counted. */
const partySizes = {
  pocas_connections: () => 1,
  pocas_entries: ({ bySlot }) => bySlot.size,
  pocas_open_questions: ({ asked }) => asked.size,
  pocas_owed_answers: ({ answering }) => answering.size,
  pocas_held_calls: ({ held }) => held.length,
  pocas_queued_calls: ({ waits }) => waits.count,
  pocas_calls_in_flight: ({ work }) => work.inFlight,
  pocas_waiting_output_characters: ({ work }) => work.waitingOutput,
  pocas_paused_parties: ({ work }) => Number(work.isPaused),
} satisfies { readonly [name: string]: (party: Connection) => number };
type SizeName = keyof typeof partySizes;
const sizes = Object.entries(partySizes) as [SizeName, (party: Connection) => number][];

/** Answers the same for as long as one reading may take. */
const once = <T>(read: () => T): (() => T) => {
  let known: { value: T } | undefined;
  return () => {
    if (known === undefined) {
      known = { value: read() };
      setImmediate(() => {
        known = undefined;
      });
    }
    return known.value;
  };
};

export const makeMeters = (powers: MetersPowers): Meters => {
  const { store, switchboard, vats, peers } = powers;

  /** All that is counted by going through the parties, once for all metrics of a reading. */
  const goThrough = once(() => {
    const sums = Object.fromEntries(
      sizes.map(([name]) => [name, Object.fromEntries(partyKinds.map((kind) => [kind, 0]))]),
    ) as Record<SizeName, Record<PartyKind, number>>;
    for (const party of switchboard.parties()) {
      const kind = partyKindOf(party);
      for (const [name, sizeOf] of sizes) sums[name][kind] += sizeOf(party);
    }
    return sums;
  });
  const done = once(() => switchboard.counts());
  const life = once(() => vats.counts());

  return Object.freeze({
    ...powers.process.meters,
    pocas_store_batches_total: () => store.counts().batches,
    pocas_store_rows_total: () => store.counts().rows,
    pocas_store_anchored_batch: () => store.counts().sequence,
    pocas_store_waiting_characters: () => store.counts().waitingBytes,
    pocas_vats: () => {
      const { vats: awake, asleep, suspended } = life();
      return { awake, asleep, suspended };
    },
    pocas_hosts: () => {
      const { threads, processes } = life();
      return { thread: threads, process: processes };
    },
    pocas_hosts_lost_total: () => life().lostHosts,
    pocas_vat_wakes_total: () => life().wakes,
    pocas_vat_sleeps_total: () => life().sleeps,
    pocas_deliveries_total: () => life().deliveries,
    pocas_cranks_total: () => life().cranks,
    pocas_failed_calls_total: () => done().failed,
    pocas_inbox_items: () => life().items,
    pocas_timers: () => life().timers,
    pocas_stream_items: () => powers.relations.counts().waiting,
    pocas_quarantined_relations: () => powers.relations.counts().quarantined,
    pocas_connections: () => goThrough().pocas_connections,
    pocas_entries: () => goThrough().pocas_entries,
    pocas_open_questions: () => goThrough().pocas_open_questions,
    pocas_owed_answers: () => goThrough().pocas_owed_answers,
    pocas_held_calls: () => goThrough().pocas_held_calls,
    pocas_queued_calls: () => goThrough().pocas_queued_calls,
    pocas_calls_in_flight: () => goThrough().pocas_calls_in_flight,
    pocas_waiting_output_characters: () => goThrough().pocas_waiting_output_characters,
    pocas_paused_parties: () => goThrough().pocas_paused_parties,
    pocas_calls_total: () => done().calls,
    pocas_refused_calls_total: () => done().refused,
    pocas_violations_total: () => done().violations,
    pocas_handoffs_total: () => done().handoffs,
    pocas_gifts: () => {
      const { deposits, waits, withdrawals } = switchboard.openGifts();
      return { deposited: deposits, awaited: waits, withdrawn: withdrawals };
    },
    pocas_links: () => peers.open(),
    pocas_handshakes: () => peers.counts().handshakes,
    pocas_links_opened_total: () => peers.counts().opened,
    pocas_links_refused_total: () => peers.counts().refused,
    pocas_links_ended_total: () => peers.counts().ended,
    pocas_link_frames_total: () => peers.counts().frames,
    pocas_link_bytes_total: () => peers.counts().bytes,
    pocas_web_sessions: () => powers.sessions.size(),
    pocas_wrong_references_total: () => powers.guesses.counts().missed,
    pocas_refused_references_total: () => powers.guesses.counts().refused,
  });
};
