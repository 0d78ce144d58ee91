/**
 * The switchboard: every party of a node is a connection here, and every message between two
 * parties passes here. It never reads a value. It checks a message, rewrites its slots and
 * question numbers from the sender's tables to the receiver's, and passes it on.
 *
 * This file is what the node sees of it, and puts its parts together, one file each. A message goes
 * through them from top to bottom:
 * - `input.ts`: what each kind of message does (`receive` checks it first);
 * - `routing.ts`: where a call goes, and how every question is settled; `waiting.ts`: calls that wait;
 * - `c-lists.ts`: what stands in which slot. Drops are counted for each connection, and an object that
 *   nobody holds is dropped at its owner;
 * - `credit.ts`: how much work a party may have under way;
 * - `output.ts`: messages to a party. What leaves the node waits until the state it was made from is on disk;
 * - `sessions.ts`: how sessions begin and end.
 */
import { CLists, type LastingSlots } from './c-lists.ts';
import { Connection, type ConnectionKind, type Data, type Link, type Ref } from './connection.ts';
import { Credit, type Gate } from './credit.ts';
import { Exporter } from './exporter.ts';
import { Gifter } from './gifter.ts';
import { type Gift, checkGifts, giftRules } from './gifts.ts';
import type { HeldSlots } from './held-slots.ts';
import { Input } from './input.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Nodes, noNodes } from './nodes.ts';
import { Output } from './output.ts';
import { type HandoffOutcome, Receiver, handoffOutcomes } from './receiver.ts';
import { Routing } from './routing.ts';
import { Sessions } from './sessions.ts';
import {
  type CapData,
  WireViolation,
  checkData,
  checkMessage,
  isLasting,
  isOwn,
  reverse,
} from './wire.ts';

export type SwitchboardPowers = {
  readonly slots: LastingSlots;
  readonly gate: Gate;
  /** Makes the connection of a party that is named in a kept slot and not connected yet. */
  readonly provide: (id: string) => Connection | undefined;
  readonly limits?: Limits;
  /** Milliseconds, from any beginning. Without it every call seems to take no time. */
  readonly now?: () => number;
  /** A party broke the protocol or a limit, and its session ends. `reason` is one of a fixed set. */
  readonly onViolation?: (connection: Connection, reason: string) => void;
  /** The objects of another node that rows name. Without it no node is told what is held of it. */
  readonly namedOf?: (owner: string) => Iterable<string>;
  /** Another node has begun a session and says what it holds: `erase` is for the rest. */
  readonly onHeld?: (connection: Connection, held: HeldSlots) => void;
  /** Without it what one node has of another is forwarded, and nothing is handed over. */
  readonly nodes?: Nodes;
  /** A node introduced an object of another one. */
  readonly onHandoff?: (giver: Connection, outcome: HandoffOutcome) => void;
};

export type SwitchboardCounts = {
  readonly parties: number;
  readonly paused: number;
  readonly entries: number;
  readonly questions: number;
  /** Calls that wait for answers, promises and links. */
  readonly queued: number;
  /** Calls to vats that no host has carried out yet. */
  readonly inFlight: number;
  /** Sessions that were ended, by one of a fixed set of reasons. */
  readonly violations: Readonly<Record<string, number>>;
  /** Since the start: calls taken, those not delivered, those that a vat answered with an error. */
  readonly calls: number;
  readonly refused: number;
  readonly failed: number;
  /** What became of objects that nodes introduced here, and how many were introduced from here. */
  readonly handoffs: Readonly<Record<HandoffOutcome | 'given', number>>;
};

export class Switchboard {
  readonly #powers: SwitchboardPowers;
  readonly #limits: Limits;
  readonly #connections = new Map<string, Connection>();
  readonly #cLists: CLists;
  readonly #credit: Credit;
  readonly #output: Output;
  readonly #routing: Routing;
  readonly #receiver: Receiver;
  readonly #gifter: Gifter;
  readonly #exporter: Exporter;
  readonly #sessions: Sessions;
  readonly #input: Input;
  readonly #handoffs = Object.fromEntries(handoffOutcomes.map((outcome) => [outcome, 0])) as Record<
    HandoffOutcome,
    number
  >;

  constructor(powers: SwitchboardPowers) {
    this.#powers = powers;
    const { slots, gate, limits = defaultLimits, now = () => 0, nodes = noNodes } = powers;
    this.#limits = limits;
    const cLists = new CLists({
      slots,
      limits,
      provide: (id) => this.#connections.get(id) ?? powers.provide(id),
      drop: (owner, slot, received) =>
        this.#output.send(owner, {
          type: 'CTP_DROP',
          epoch: 0,
          slotID: reverse(slot),
          decRefs: received,
        }),
      onIdle: (alias) => this.#receiver.onIdle(alias),
      onFull: (next) => this.#sessions.makeRoom(next),
    });
    const credit = new Credit(limits, gate, now);
    const output = new Output({
      limits,
      cLists,
      credit,
      end: (receiver, link, violation) => this.#sessions.end(receiver, link, violation),
      giftFor: (receiver, entry, at) => this.#gifter.giftFor(receiver, entry, at),
    });
    this.#cLists = cLists;
    this.#credit = credit;
    this.#output = output;
    const behindCalls = (ref: Ref, asker: Connection, task: () => void) =>
      this.#routing.behindCalls(ref, asker, task);
    this.#gifter = new Gifter({ limits, output, nodes, now, behindCalls });
    this.#receiver = new Receiver({
      ...{ limits, cLists, output, nodes, now, behindCalls },
      isBusy: (ref, asker) => ref.lines?.has(asker) ?? false,
      known: (party) => this.#connections.get(party),
      onOutcome: (giver, outcome) => {
        this.#handoffs[outcome] += 1;
        powers.onHandoff?.(giver, outcome);
      },
    });
    this.#routing = new Routing({ limits, cLists, credit, output, receiver: this.#receiver });
    this.#exporter = new Exporter({ limits, cLists, output, nodes, behindCalls });
    const parts = { cLists, output, routing: this.#routing, receiver: this.#receiver };
    this.#sessions = new Sessions({
      ...parts,
      parties: this.#connections,
      credit,
      exporter: this.#exporter,
      gate,
      namedOf: powers.namedOf,
      onViolation: (connection, reason) => powers.onViolation?.(connection, reason),
    });
    this.#input = new Input({
      ...parts,
      gifter: this.#gifter,
      exporter: this.#exporter,
      disconnect: (connection) => this.#sessions.disconnect(connection),
      erase: (party, slot) => this.erase(party, slot),
      onHeld: powers.onHeld,
    });
  }

  // ---- parties ----

  /** Adds a party. Its messages flow once `up` is called. */
  add(id: string, kind: ConnectionKind, summon?: () => boolean): Connection {
    if (this.#connections.has(id)) throw Error(`Cannot add party "${id}": it is connected already`);
    const connection = new Connection(id, kind, summon);
    this.#connections.set(id, connection);
    return connection;
  }

  get(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  /** Forgets a party for good. Its session must be down. */
  remove(connection: Connection): void {
    for (const entry of [...connection.bySlot.values()]) {
      this.#cLists.forget(connection, entry);
      if (!isOwn(entry.slot)) this.#cLists.releaseIfUnheld(entry.ref);
    }
    this.#connections.delete(connection.id);
  }

  /** The session with a party begins. What waited for it is delivered, in order. */
  up(connection: Connection, link: Link): void {
    this.#sessions.up(connection, link);
  }

  /** Stops the flow of messages to a party. Calls wait, until `up` or `rest`. */
  pause(connection: Connection): void {
    this.#sessions.pause(connection);
  }

  /** The session of a paused party ends, while calls for it go on waiting. */
  rest(connection: Connection, why?: string): void {
    this.#sessions.rest(connection, why);
  }

  /** The session with a party has ended. Its lasting entries stay: it may come back. */
  down(connection: Connection, why: string): void {
    this.#sessions.down(connection, why);
  }

  /** The link that was summoned is not to be had. What waited for it is refused. */
  unreachable(connection: Connection, why: string): void {
    this.#sessions.unreachable(connection, why);
  }

  /** The last row that named an object of another node is gone. */
  unnamed(owner: string, slot: string): void {
    const connection = this.#connections.get(owner);
    // The next session begins with what is held.
    if (connection !== undefined) this.#cLists.unnamed(connection, slot);
  }

  /** A party does not hold any more what was kept for it in a slot, unless it is on the way there again. */
  erase(party: string, slot: string): void {
    this.#cLists.eraseKept(party, this.#connections.get(party), slot);
  }

  /** Whether a party could restart now without anybody noticing: nothing is open that would be lost. */
  isQuiet(connection: Connection): boolean {
    const { asked, answering, held, bySlot } = connection;
    if (asked.size + answering.size + held.length > 0) return false;
    for (const { slot, ref } of bySlot.values()) {
      const isPromise = slot[0] === 'p';
      if (isOwn(slot) ? !ref.lasting : isPromise && ref.outcome === undefined) return false;
    }
    return true;
  }

  /** Whether anyone else holds an object of the party, or a call to one waits, or a gift from it. */
  isHeld(connection: Connection): boolean {
    const { bySlot, held } = connection;
    if (held.length > 0 || this.#receiver.waitsFor(connection)) return true;
    for (const { slot, ref } of bySlot.values()) {
      if (isOwn(slot) && (ref.holders.size > 0 || ref.pins > 0 || ref.queue.size > 0)) return true;
    }
    return false;
  }

  /** Whether anything would be noticed if the session with a party ended now. */
  isUsed(connection: Connection): boolean {
    if (this.isHeld(connection) || !this.isQuiet(connection)) return true;
    for (const entry of connection.bySlot.values()) {
      if (!isOwn(entry.slot) && !entry.kept) return true;
    }
    return false;
  }

  /** A host has carried out, or lost, a call that was given to it for `asker`. */
  carriedOut(asker: Connection): void {
    this.#credit.carriedOut(asker);
  }

  /**
   * Answers for a party that was stopped a call that it was given.
   * @param fate - whether it was stopped because of this call, or had not begun it
   */
  answerFor(connection: Connection, id: string, fate: 'failed' | 'not begun'): void {
    this.#routing.answerFor(connection, id, fate);
  }

  // ---- data beside messages, between nodes ----

  /**
   * From Refs to the slots that another node has for them, or gets, for data that is sent to it now
   * outside of CapTP, and gifts for what others own. To be asked for each time that it is sent.
   */
  dataFor(
    peer: Connection,
    { body, refs }: Pick<Data, 'body' | 'refs'>,
  ): { readonly data: CapData; readonly gifts?: readonly Gift[] } {
    const { slots, gifts } = this.#output.dataFor(peer, refs);
    return { data: { body, slots }, ...(gifts.length === 0 ? {} : { gifts }) };
  }

  /**
   * The way back: `done` is called once all is there, at once where nothing is handed over. What it
   * names is pinned until `done` returns.
   * @throws WireViolation where it is not data of that node, with gifts or undefined
   */
  dataFrom(
    peer: Connection,
    allegedData: unknown,
    allegedGifts: unknown,
    done: (data: Pick<Data, 'body' | 'refs'>) => void,
  ): void {
    const data = checkData(allegedData, this.#limits);
    const gifts =
      allegedGifts === undefined ? [] : checkGifts(allegedGifts, data.slots, this.#limits);
    const taken = this.#receiver.take(peer, data, gifts);
    this.#routing.whenReady(peer, taken, () => done({ body: taken.body, refs: taken.refs }));
  }

  // ---- references by hand, for the node itself ----

  /** The one Ref of a party's own object. */
  refAt(owner: Connection, slot: string): Ref {
    return this.#cLists.refAt(owner, slot);
  }

  /** What a party holds in one of its slots. @throws WireViolation where it holds nothing there */
  held(connection: Connection, slot: string): Ref {
    return this.#cLists.entryAt(connection, slot).ref;
  }

  /** The greatest number of a lasting object of a party's own that is in memory here. */
  lastHeld(id: string): number {
    let last = 0;
    for (const slot of this.#connections.get(id)?.bySlot.keys() ?? []) {
      const number = Number(/^o\+d(\d{1,15})$/.exec(slot)?.[1] ?? 0);
      if (number > last) last = number;
    }
    return last;
  }

  /** Puts an object into a party's c-list and answers the slot, as if it had been sent there once. */
  introduce(connection: Connection, ref: Ref): string {
    const entry = this.#cLists.provideEntry(connection, ref);
    this.#cLists.countSent(connection, entry);
    return entry.slot;
  }

  /** Takes data of a party as if it came in a message. @throws WireViolation as for a message */
  take(connection: Connection, data: CapData): Data {
    return this.#cLists.take(connection, data);
  }

  /** Gives a party an object in a slot agreed beforehand, for good. */
  place(connection: Connection, slot: string, ref: Ref): void {
    this.#cLists.place(connection, slot, ref);
  }

  /** Makes a party's lasting slot outlive its session. @returns false for any other slot */
  keep(connection: Connection, slot: string): boolean {
    if (!isLasting(slot) || isOwn(slot)) return false;
    const entry = connection.bySlot.get(slot);
    if (entry === undefined) return this.#powers.slots.at(connection.id, slot) !== undefined;
    this.#cLists.keep(connection, entry);
    return true;
  }

  /** All that are connected or may be again. */
  parties(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** How much a party has in its tables, for tests and for the operator. */
  sizes(connection: Connection): { entries: number; asked: number; answering: number } {
    return {
      entries: connection.bySlot.size,
      asked: connection.asked.size + connection.answered.size,
      answering: connection.answering.size,
    };
  }

  /** What is under way between three nodes, for tests and for the operator. */
  openGifts(): { withdrawals: number; deposits: number; waits: number } {
    return { withdrawals: this.#receiver.open, ...this.#exporter.open };
  }

  /** Gauges over all parties, and since the start how many sessions were ended, by reason. */
  counts(): SwitchboardCounts {
    const sums = { parties: 0, paused: 0, entries: 0, questions: 0, queued: 0, inFlight: 0 };
    for (const party of this.#connections.values()) {
      sums.parties += 1;
      if (party.work.isPaused) sums.paused += 1;
      sums.entries += party.bySlot.size;
      sums.questions += party.asked.size;
      sums.queued += party.waits.count;
      sums.inFlight += party.work.inFlight;
    }
    return {
      ...sums,
      ...this.#input.counts,
      refused: this.#routing.refused,
      handoffs: { ...this.#handoffs, given: this.#gifter.given },
      violations: this.#sessions.violations,
    };
  }

  // ---- messages ----

  /**
   * Takes one message from a party. One that breaks the protocol or a limit ends the party's
   * session and touches nobody else.
   */
  receive(connection: Connection, allegedMessage: unknown): void {
    const { link } = connection;
    if (link === undefined) return;
    try {
      const rules = connection.kind.remote ? giftRules : undefined;
      this.#input.take(connection, checkMessage(allegedMessage, this.#limits, rules));
    } catch (error) {
      if (!(error instanceof WireViolation)) throw error;
      this.#sessions.end(connection, link, error);
    }
  }
}
