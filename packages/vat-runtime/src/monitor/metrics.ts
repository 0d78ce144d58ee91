/**
 * Everything that a node counts for its operator. docs/operating.md has the same table.
 *
 * Labels tell kinds apart and never which party, vat or person it is, so whoever reads the metrics
 * learns how much there is and not who is there, and there is a bounded number of series.
 */
import harden from '@endo/harden';
import { type PartyKind, partyKinds } from './fields.ts';

export type Metric = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Without `values` they are fixed texts of the sources, of which there are few. */
  readonly label?: { readonly name: string; readonly values?: readonly string[] };
  /**
   * Whether it tells of the machine and of what is on disk already, and of nothing that vats did since.
   * Only these are shown while the disk stands still.
   */
  readonly isLive?: true;
  /** Of a histogram: upper ends. */
  readonly buckets?: readonly number[];
};

const handoffOutcomes = [
  'given',
  'direct',
  'unreachable',
  'refused',
  'late',
  'too many',
  'unknown node',
] as const;
type HandoffOutcome = (typeof handoffOutcomes)[number];

/** One value for each value of the label. */
type By<L extends string> = () => { readonly [V in L]: number };

/** Where each metric is read when somebody asks. Histograms are observed instead. */
export type Meters = {
  readonly pocas_process_start_time_seconds: () => number;
  readonly pocas_process_cpu_seconds_total: () => number;
  readonly pocas_process_resident_bytes: () => number;
  readonly pocas_process_heap_bytes: () => number;
  readonly pocas_event_loop_delay_seconds: By<'0.5' | '0.99' | '1'>;
  readonly pocas_store_batches_total: () => number;
  readonly pocas_store_rows_total: () => number;
  readonly pocas_store_anchored_batch: () => number;
  readonly pocas_store_waiting_characters: () => number;
  readonly pocas_vats: By<'awake' | 'asleep' | 'suspended'>;
  readonly pocas_hosts: By<'thread' | 'process'>;
  readonly pocas_hosts_lost_total: () => number;
  readonly pocas_vat_wakes_total: () => number;
  readonly pocas_vat_sleeps_total: () => number;
  readonly pocas_deliveries_total: By<'message' | 'send' | 'answer' | 'timer'>;
  readonly pocas_cranks_total: () => number;
  readonly pocas_failed_calls_total: () => number;
  readonly pocas_inbox_items: () => number;
  readonly pocas_timers: () => number;
  readonly pocas_stream_items: () => number;
  readonly pocas_quarantined_relations: () => number;
  readonly pocas_connections: By<PartyKind>;
  readonly pocas_entries: By<PartyKind>;
  readonly pocas_open_questions: By<PartyKind>;
  readonly pocas_owed_answers: By<PartyKind>;
  readonly pocas_held_calls: By<PartyKind>;
  readonly pocas_queued_calls: By<PartyKind>;
  readonly pocas_calls_in_flight: By<PartyKind>;
  readonly pocas_waiting_output_characters: By<PartyKind>;
  readonly pocas_paused_parties: By<PartyKind>;
  readonly pocas_calls_total: () => number;
  readonly pocas_refused_calls_total: () => number;
  readonly pocas_violations_total: By<string>;
  readonly pocas_handoffs_total: By<HandoffOutcome>;
  readonly pocas_gifts: By<'deposited' | 'awaited' | 'withdrawn'>;
  readonly pocas_links: () => number;
  readonly pocas_handshakes: () => number;
  readonly pocas_links_opened_total: () => number;
  readonly pocas_links_refused_total: () => number;
  readonly pocas_links_ended_total: By<string>;
  readonly pocas_link_frames_total: By<'in' | 'out'>;
  readonly pocas_link_bytes_total: By<'in' | 'out'>;
  readonly pocas_web_sessions: () => number;
  readonly pocas_wrong_references_total: () => number;
  readonly pocas_refused_references_total: () => number;
};
export type HistogramName = 'pocas_store_write_seconds' | 'pocas_store_anchor_seconds';
export type MetricName = keyof Meters | HistogramName;

const perParty = { name: 'party', values: partyKinds } as const;
const directions = { name: 'direction', values: ['in', 'out'] } as const;
const seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] as const;

export const metrics: { readonly [N in MetricName]: Metric } = harden({
  pocas_process_start_time_seconds: {
    type: 'gauge',
    help: 'When the process started, in seconds since 1970',
    isLive: true,
  },
  pocas_process_cpu_seconds_total: {
    type: 'counter',
    help: 'Time on a processor, all threads',
    isLive: true,
  },
  pocas_process_resident_bytes: {
    type: 'gauge',
    help: 'Memory of the process, all threads',
    isLive: true,
  },
  pocas_process_heap_bytes: {
    type: 'gauge',
    help: 'JavaScript heap of the main thread that is in use',
    isLive: true,
  },
  pocas_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'How late the main thread came to what was due, since the metrics were last read',
    label: { name: 'quantile', values: ['0.5', '0.99', '1'] },
    isLive: true,
  },
  pocas_store_batches_total: { type: 'counter', help: 'Batches written', isLive: true },
  pocas_store_rows_total: { type: 'counter', help: 'Rows written', isLive: true },
  pocas_store_anchored_batch: {
    type: 'gauge',
    help: 'The newest batch of which something was shown',
    isLive: true,
  },
  pocas_store_waiting_characters: {
    type: 'gauge',
    help: 'Rows and output that wait for the disk',
    isLive: true,
  },
  pocas_store_write_seconds: {
    type: 'histogram',
    help: 'Time to write and sync a batch',
    isLive: true,
    buckets: seconds,
  },
  pocas_store_anchor_seconds: {
    type: 'histogram',
    help: 'Time to write and sync an anchor',
    isLive: true,
    buckets: seconds,
  },
  pocas_vats: {
    type: 'gauge',
    help: 'Vats',
    label: { name: 'state', values: ['awake', 'asleep', 'suspended'] },
  },
  pocas_hosts: {
    type: 'gauge',
    help: 'Threads and processes in which vats run',
    label: { name: 'kind', values: ['thread', 'process'] },
  },
  pocas_hosts_lost_total: {
    type: 'counter',
    help: 'Those that ended without having been told to',
  },
  pocas_vat_wakes_total: { type: 'counter', help: 'Vats loaded' },
  pocas_vat_sleeps_total: { type: 'counter', help: 'Vats that left memory' },
  pocas_deliveries_total: {
    type: 'counter',
    help: 'Messages, sends, answers and timers given to vats',
    label: { name: 'kind', values: ['message', 'send', 'answer', 'timer'] },
  },
  pocas_cranks_total: { type: 'counter', help: 'Deliveries that changed or said something' },
  pocas_failed_calls_total: { type: 'counter', help: 'Calls that a vat answered with an error' },
  pocas_inbox_items: { type: 'gauge', help: 'Sends, answers and timers that wait for their vat' },
  pocas_stream_items: {
    type: 'gauge',
    help: 'Sends and answers for other nodes that have not arrived there',
  },
  pocas_quarantined_relations: {
    type: 'gauge',
    help: 'Other nodes with which nothing is exchanged until both are reconciled',
  },
  pocas_timers: {
    type: 'gauge',
    help: 'Timers that are set; of more than about 2,000 only the next ones are counted',
  },
  pocas_connections: { type: 'gauge', help: 'Parties of the switchboard', label: perParty },
  pocas_entries: { type: 'gauge', help: 'References in the tables of parties', label: perParty },
  pocas_open_questions: {
    type: 'gauge',
    help: 'Calls by parties that have no answer yet',
    label: perParty,
  },
  pocas_owed_answers: {
    type: 'gauge',
    help: 'Calls given to parties that they have not answered',
    label: perParty,
  },
  pocas_held_calls: {
    type: 'gauge',
    help: 'Calls that wait until a vat is loaded or a node is linked',
    label: perParty,
  },
  pocas_queued_calls: {
    type: 'gauge',
    help: 'Calls by parties that wait for an answer, a promise or a link',
    label: perParty,
  },
  pocas_calls_in_flight: {
    type: 'gauge',
    help: 'Calls by parties that no vat has carried out yet',
    label: perParty,
  },
  pocas_waiting_output_characters: {
    type: 'gauge',
    help: 'What waits for the disk before it may leave to parties',
    label: perParty,
  },
  pocas_paused_parties: {
    type: 'gauge',
    help: 'Parties from which nothing is taken: too much of their work is under way',
    label: perParty,
  },
  pocas_calls_total: { type: 'counter', help: 'Calls taken from parties' },
  pocas_refused_calls_total: { type: 'counter', help: 'Calls that were not delivered' },
  pocas_violations_total: {
    type: 'counter',
    help: 'Sessions that were ended because the party broke the protocol or a limit',
    label: { name: 'reason' },
  },
  pocas_handoffs_total: {
    type: 'counter',
    help: 'Objects of third nodes: introduced, had from their owner, or forwarded',
    label: { name: 'outcome', values: handoffOutcomes },
  },
  pocas_gifts: {
    type: 'gauge',
    help: 'Gifts kept here, receivers that wait for theirs, and what is withdrawn',
    label: { name: 'state', values: ['deposited', 'awaited', 'withdrawn'] },
  },
  pocas_links: { type: 'gauge', help: 'Links, with those on which nobody is proved yet' },
  pocas_handshakes: { type: 'gauge', help: 'Links on which nobody is proved yet' },
  pocas_links_opened_total: {
    type: 'counter',
    help: 'Links on which the other side proved itself',
  },
  pocas_links_refused_total: { type: 'counter', help: 'Links that ended before that' },
  pocas_links_ended_total: {
    type: 'counter',
    help: 'Links that are over, opened or not',
    label: { name: 'reason' },
  },
  pocas_link_frames_total: { type: 'counter', help: 'Frames of links', label: directions },
  pocas_link_bytes_total: {
    type: 'counter',
    help: 'Bytes of those frames, sealed',
    label: directions,
  },
  pocas_web_sessions: { type: 'gauge', help: 'Web sessions in memory' },
  pocas_wrong_references_total: {
    type: 'counter',
    help: 'Sturdy refs that opened nothing: unknown, expired, used, revoked or of another',
  },
  pocas_refused_references_total: {
    type: 'counter',
    help: 'Sturdy refs that were not looked up, since their party had shown too many wrong ones',
  },
});

/** How many texts a label without declared values may have; the others are `other`. */
export const maxLabelValues = 64;
