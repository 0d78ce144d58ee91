/**
 * Everything that a node can say in its log. An event or a field that is not declared here cannot be
 * logged: the compiler refuses it, and so does `makeLog`. docs/operating.md has the same table.
 */
import harden from '@endo/harden';
import { type Field, type FieldValue, type PartyKind, fields } from './fields.ts';

export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

const bridgeEvents = ['entered', 'refused', 'act', 'foreign', 'tooMany', 'left', 'fault'] as const;
const handoffFailures = ['unreachable', 'refused', 'late', 'too many', 'unknown node'] as const;
const metricsRefusals = ['host', 'path', 'method'] as const;

/** The fields of each event. */
export type EventFields = {
  'node.started': { designator: string };
  'node.listening': { port: number };
  'node.stopping': {};
  'node.failed': { fault: string };
  'vat.line': { vat: string; label: string; line: string };
  'vat.woken': { vat: string; module: string };
  'vat.slept': { vat: string };
  'vat.turned': { vat: string; rows: number; messages: number; effects: number };
  'vat.damaged': { vat: string; fault: string };
  'vat.struck': { vat: string; host: string; strikes: number; fault: string };
  'vat.suspended': { vat: string; fault: string };
  'host.ended': { host: string; fault: string };
  'power.failed': { fault: string };
  'send.failed': { vat: string; method: string; fault: string };
  'inbox.dropped': { vat: string; fault: string };
  'link.opened': { party: PartyKind; designator: string };
  'link.closed': { party: PartyKind; designator: string; fault: string };
  'link.refused': { fault: string };
  'bundle.taken': { designator: string; items: number; known: number };
  'bundle.refused': { fault: string };
  'handoff.forwarded': { designator: string; reason: (typeof handoffFailures)[number] };
  'session.violated': { party: PartyKind; fault: string };
  'peer.forgotten': { designator: string; references: number };
  'relation.quarantined': { designator: string; fault: string };
  'relation.reconciled': { designator: string; unknown: number };
  'relation.dropped': { designator: string; method: string; fault: string };
  'store.wrote': { rows: number; duration: number };
  'pages.event': { what: (typeof bridgeEvents)[number] };
  'metrics.refused': { reason: (typeof metricsRefusals)[number] };
  'log.thinned': { lines: number };
};
export type EventName = keyof EventFields;

type Declared<F> = {
  readonly level: Level;
  /** For people: when it is said. */
  readonly means: string;
  readonly fields: { readonly [K in keyof F]: F[K] extends FieldValue ? Field<F[K]> : never };
  /** The line for a terminal. What was withheld is `(withheld)`. */
  readonly say: (values: F) => string;
};

const { count, milliseconds, designator, vat, moduleHash, party, method, label, fault, line } =
  fields;

export const events: { readonly [N in EventName]: Declared<EventFields[N]> } = harden({
  'node.started': {
    level: 'debug',
    means: 'the store was opened, and vats can run',
    fields: { designator },
    say: ({ designator }) => `The node ${designator} started`,
  },
  'node.listening': {
    level: 'debug',
    means: 'pages and links are served from now on',
    fields: { port: count },
    say: ({ port }) => `Listening on port ${port}`,
  },
  'node.stopping': {
    level: 'debug',
    means: 'the node was told to stop',
    fields: {},
    say: () => 'The node stops',
  },
  'node.failed': {
    level: 'fatal',
    means: 'nothing may be trusted any more, and the process ends',
    fields: { fault },
    say: ({ fault }) => `${fault}; the node stops here, so that nothing wrong is kept`,
  },
  'vat.line': {
    level: 'info',
    means: 'a vat printed something',
    fields: { vat, label, line },
    say: ({ label, line }) => `[vat ${label}] ${line}`,
  },
  'vat.woken': {
    level: 'trace',
    means: 'a vat was loaded',
    fields: { vat, module: moduleHash },
    say: ({ vat }) => `Vat ${vat} is awake`,
  },
  'vat.slept': {
    level: 'trace',
    means: 'a vat left memory',
    fields: { vat },
    say: ({ vat }) => `Vat ${vat} is asleep`,
  },
  'vat.turned': {
    level: 'trace',
    means: 'a vat carried out a delivery',
    fields: { vat, rows: count, messages: count, effects: count },
    say: ({ vat, rows, messages, effects }) =>
      `Vat ${vat} wrote ${rows} rows, with ${messages} messages and ${effects} effects`,
  },
  'vat.damaged': {
    level: 'error',
    means: 'a vat cannot be loaded: something of it is missing from the store, or altered',
    fields: { vat, fault },
    say: ({ vat, fault }) => `Cannot load vat ${vat}: ${fault}`,
  },
  'vat.struck': {
    level: 'error',
    means: 'a vat host had to be ended, or ended itself, because of a vat',
    fields: { vat, host: label, strikes: count, fault },
    say: ({ vat, host, strikes, fault }) =>
      `The vat host ${host} ended, because of vat ${vat} (strike ${strikes}): ${fault}`,
  },
  'vat.suspended': {
    level: 'error',
    means:
      'a vat is left alone until it is resumed: its host had to be ended because of it too often',
    fields: { vat, fault },
    say: ({ vat, fault }) => `Vat ${vat} is suspended: ${fault}`,
  },
  'host.ended': {
    level: 'warn',
    means: 'a vat host ended without having been told to, and because of no vat',
    fields: { host: label, fault },
    say: ({ host, fault }) => `The vat host ${host} ended: ${fault}`,
  },
  'power.failed': {
    level: 'error',
    means: 'a power of the node or of its program failed, and its caller was not told how',
    fields: { fault },
    say: ({ fault }) => `A power failed: ${fault}`,
  },
  'send.failed': {
    level: 'warn',
    means: 'a send that asked for no answer came to nothing',
    fields: { vat, method, fault },
    say: ({ vat, method, fault }) => `[vat ${vat}] A send of "${method}" failed: ${fault}`,
  },
  'inbox.dropped': {
    level: 'warn',
    means: 'an item of an inbox could not be given to its vat',
    fields: { vat, fault },
    say: ({ vat, fault }) => `[vat ${vat}] An item of the inbox was dropped: ${fault}`,
  },
  'link.opened': {
    level: 'debug',
    means: 'a node or a client proved who it is',
    fields: { party, designator },
    say: ({ party, designator }) => `Linked with ${party} ${designator}`,
  },
  'link.closed': {
    level: 'debug',
    means: 'its link is over',
    fields: { party, designator, fault },
    say: ({ party, designator, fault }) => `The link with ${party} ${designator} ended: ${fault}`,
  },
  'link.refused': {
    level: 'debug',
    means: 'a link ended before the other side had proved who it is',
    fields: { fault },
    say: ({ fault }) => `A link was not opened: ${fault}`,
  },
  'bundle.taken': {
    level: 'info',
    means: 'something was taken of a bundle that a node sealed: new items, and those known before',
    fields: { designator, items: count, known: count },
    say: ({ designator, items, known }) =>
      `A bundle of node ${designator} brought ${items} new messages, and ${known} that were known`,
  },
  'bundle.refused': {
    level: 'warn',
    means: 'a carrier left a bundle for this node of which nothing was taken',
    fields: { fault },
    say: ({ fault }) => `A bundle was refused: ${fault}`,
  },
  'handoff.forwarded': {
    level: 'debug',
    means: 'what a node introduced could not be had from its owner, and goes by way of that node',
    fields: { designator, reason: fields.oneOf(...handoffFailures) },
    say: ({ designator, reason }) => `What ${designator} introduced is forwarded by it: ${reason}`,
  },
  'session.violated': {
    level: 'debug',
    means: 'a party broke the protocol or a limit, and its session was ended',
    fields: { party, fault },
    say: ({ party, fault }) => `The session of a ${party} was ended: ${fault}`,
  },
  'peer.forgotten': {
    level: 'warn',
    means: 'a node was not heard of for a lease, or was removed: what was kept for it is erased',
    fields: { designator, references: count },
    say: ({ designator, references }) =>
      `The node ${designator} is forgotten, with ${references} references that were kept for it`,
  },
  'relation.quarantined': {
    level: 'error',
    means:
      'this node and another remember different histories; nothing goes between them until both are reconciled',
    fields: { designator, fault },
    say: ({ designator, fault }) => `The relation with node ${designator} is quarantined: ${fault}`,
  },
  'relation.reconciled': {
    level: 'warn',
    means:
      'a new epoch began with another node; of so many messages it is not known what became of them',
    fields: { designator, unknown: count },
    say: ({ designator, unknown }) =>
      `The relation with node ${designator} is reconciled; the fate of ${unknown} messages is not known`,
  },
  'relation.dropped': {
    level: 'warn',
    means: 'a message of another node that asked for no answer came to nothing',
    fields: { designator, method, fault },
    say: ({ designator, method, fault }) =>
      `A send of "${method}" from node ${designator} failed: ${fault}`,
  },
  'store.wrote': {
    level: 'trace',
    means: 'a batch is in the store',
    fields: { rows: count, duration: milliseconds },
    say: ({ rows, duration }) => `Wrote ${rows} rows in ${duration} ms`,
  },
  'pages.event': {
    level: 'debug',
    means: 'somebody used the pages',
    fields: { what: fields.oneOf(...bridgeEvents) },
    say: ({ what }) => `On the pages: ${what}`,
  },
  'metrics.refused': {
    level: 'debug',
    means: 'a request to the port for metrics was not for them',
    fields: { reason: fields.oneOf(...metricsRefusals) },
    say: ({ reason }) => `A request for metrics was refused: ${reason}`,
  },
  'log.thinned': {
    level: 'warn',
    means: 'one source said so much that some of it was left out',
    fields: { lines: count },
    say: ({ lines }) => `${lines} lines of the log were left out: too many at a time`,
  },
});
