/** Where each metric of a node is read, when somebody asks. Nothing here is on the path of a message. */
import { type PartyKind, partyKinds } from '../monitor/fields.ts';
import type { Meters } from '../monitor/metrics.ts';
import { type Peers, designatorIn } from '../session/peers.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { ProcessMeters } from './process-meters.ts';
import type { Vats } from './vats.ts';

export type MetersPowers = {
  readonly process: ProcessMeters;
  readonly store: Committer;
  readonly switchboard: Switchboard;
  readonly vats: Vats;
  readonly peers: Peers;
  readonly sessions: { size(): number };
};

export const partyKindOf = ({ id, kind }: Connection): PartyKind => {
  if (kind.inside) return 'vat';
  if (designatorIn(id) !== undefined) return 'node';
  if (kind.unlimited) return 'control';
  return kind.lasting ? 'session' : 'client';
};

export const makeMeters = (powers: MetersPowers): Meters => {
  const { store, switchboard, vats, peers } = powers;

  /** What the parties of each kind have. */
  const byParty = (sizeOf: (party: Connection) => number) => (): Record<PartyKind, number> => {
    const sums = Object.fromEntries(partyKinds.map((kind) => [kind, 0])) as Record<
      PartyKind,
      number
    >;
    for (const party of switchboard.parties()) sums[partyKindOf(party)] += sizeOf(party);
    return sums;
  };

  return Object.freeze({
    ...powers.process.meters,
    pocas_store_batches_total: () => store.counts().batches,
    pocas_store_rows_total: () => store.counts().rows,
    pocas_store_anchored_batch: () => store.counts().sequence,
    pocas_store_waiting_characters: () => store.counts().waitingBytes,
    pocas_vats: () => {
      const { vats: awake, asleep, suspended } = vats.counts();
      return { awake, asleep, suspended };
    },
    pocas_hosts: () => {
      const { threads, processes } = vats.counts();
      return { thread: threads, process: processes };
    },
    pocas_hosts_lost_total: () => vats.counts().lostHosts,
    pocas_vat_wakes_total: () => vats.counts().wakes,
    pocas_vat_sleeps_total: () => vats.counts().sleeps,
    pocas_deliveries_total: () => vats.counts().deliveries,
    pocas_cranks_total: () => vats.counts().cranks,
    pocas_failed_calls_total: () => switchboard.counts().failed,
    pocas_inbox_items: () => vats.counts().items,
    pocas_timers: () => vats.counts().timers,
    pocas_connections: byParty(() => 1),
    pocas_entries: byParty(({ bySlot }) => bySlot.size),
    pocas_open_questions: byParty(({ asked }) => asked.size),
    pocas_owed_answers: byParty(({ answering }) => answering.size),
    pocas_held_calls: byParty(({ held }) => held.length),
    pocas_calls_total: () => switchboard.counts().calls,
    pocas_refused_calls_total: () => switchboard.counts().refused,
    pocas_violations_total: () => switchboard.counts().violations,
    pocas_links: () => peers.open(),
    pocas_links_opened_total: () => peers.counts().opened,
    pocas_links_refused_total: () => peers.counts().refused,
    pocas_link_frames_total: () => peers.counts().frames,
    pocas_link_characters_total: () => peers.counts().characters,
    pocas_web_sessions: () => powers.sessions.size(),
  });
};
