/**
 * The switchboard: every party of a node is a connection here, and every message between two
 * parties passes here. It never reads a value. It checks a message, rewrites its slots and
 * question numbers from the sender's tables to the receiver's, and passes it on.
 *
 * This file takes messages in, and begins and ends sessions. Its parts, one file each:
 * - `routing.ts`: where a call goes, and how every question is settled; `waiting.ts`: calls that wait;
 * - `c-lists.ts`: what stands in which slot. Drops are counted for each connection, and an object that
 *   nobody holds is dropped at its owner;
 * - `credit.ts`: how much work a party may have under way;
 * - `output.ts`: messages to a party. What leaves the node waits until the state it was made from is on disk.
 */
import { CLists, type LastingSlots } from './c-lists.ts';
import {
  Connection,
  type ConnectionKind,
  type Data,
  type Entry,
  type Link,
  type Outcome,
  type PendingCall,
  type Ref,
} from './connection.ts';
import { Credit, type Gate } from './credit.ts';
import { Exporter } from './exporter.ts';
import { Gifter } from './gifter.ts';
import { type Gift, type GiftDone, checkGifts, giftRules } from './gifts.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type HeldSlots, formatHeld, numberOf, parseHeld } from './held-slots.ts';
import { type Nodes, noNodes } from './nodes.ts';
import { Output } from './output.ts';
import { type HandoffOutcome, Receiver, handoffOutcomes } from './receiver.ts';
import { Routing } from './routing.ts';
import {
  type Call,
  type CapData,
  type Drop,
  type Held,
  type Message,
  type Return,
  type Resolve,
  WireViolation,
  checkData,
  checkMessage,
  isCapability,
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
  /** Sessions that were ended for a violation, by its reason. */
  readonly #violations = new Map<string, number>();
  readonly #cLists: CLists;
  readonly #credit: Credit;
  readonly #output: Output;
  readonly #routing: Routing;
  readonly #receiver: Receiver;
  readonly #gifter: Gifter;
  readonly #exporter: Exporter;
  readonly #counts = { calls: 0, failed: 0 };
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
      onFull: (next) => this.#makeRoom(next),
    });
    const credit = new Credit(limits, gate, now);
    const output = new Output({
      limits,
      cLists,
      credit,
      end: (receiver, link, violation) => this.#end(receiver, link, violation),
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
    connection.link = link;
    connection.lastSession += 1;
    this.#credit.sessionBegan(connection);
    this.#receiver.onUp(connection);
    this.#routing.deliverHeld(connection);
    // After the calls that waited, which may be the last to need an object.
    if (connection.kind.remote) this.#sayHeld(connection);
  }

  /** Tells another node which of its lasting objects are held here: the rest it need not keep. */
  #sayHeld(connection: Connection): void {
    const { namedOf } = this.#powers;
    if (namedOf === undefined) return;
    const held = new Set(namedOf(connection.id));
    for (const slot of connection.bySlot.keys()) if (isOwn(slot) && isLasting(slot)) held.add(slot);
    const { upTo, slots } = formatHeld(held);
    this.#output.send(connection, { type: 'CTP_HELD', epoch: 0, upTo, slots }, slots.length);
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

  /** Stops the flow of messages to a party. Calls wait, until `up` or `rest`. */
  pause(connection: Connection): void {
    connection.link = undefined;
  }

  /**
   * The session of a paused party ends, as by `down`, while calls for it go on waiting.
   * All that the party did must have been heard of: what it held and did not keep is forgotten.
   */
  rest(connection: Connection, why = 'it rests'): void {
    const { held } = connection;
    connection.held = [];
    this.down(connection, why);
    connection.held = held;
    // What is kept is found again in the store.
    for (const entry of [...connection.bySlot.values()]) {
      if (!isOwn(entry.slot)) this.#cLists.forget(connection, entry);
      this.#cLists.releaseIfUnheld(entry.ref);
    }
    if (held.length === 0 && connection.bySlot.size === 0) this.#connections.delete(connection.id);
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

  /** The link that was summoned is not to be had. What waited for it is refused. */
  unreachable(connection: Connection, why: string): void {
    this.#receiver.onUnreachable(connection);
    this.#routing.refuseHeld(connection, why);
  }

  /**
   * The session with a party has ended. Its open questions are forgotten, those it owed are
   * settled, its ephemeral objects are broken, and what only it held is dropped.
   * Lasting entries stay: the party may come back.
   */
  down(connection: Connection, why: string): void {
    this.#credit.sessionEnds(connection);
    connection.link = undefined;
    this.#receiver.onDown(connection);
    this.#exporter.onDown(connection);
    this.#routing.forgetQuestions(connection);
    this.#routing.failOwed(connection, why);
    for (const entry of [...connection.bySlot.values()]) {
      const { slot, ref } = entry;
      if (isOwn(slot)) {
        if (ref.lasting) continue;
        ref.broken = why;
        this.#cLists.forget(connection, entry);
        const isOpen = ref.outcome === undefined && ref.isSettling !== true;
        if (slot[0] === 'p' && isOpen) this.#routing.breakPromise(ref, why);
      } else if (!entry.kept) {
        this.#cLists.forget(connection, entry);
        this.#cLists.releaseIfUnheld(ref);
      } else delete entry.given;
    }
    this.#cLists.sessionEnded(connection);
    this.#routing.refuseHeld(connection, why);
    if (!connection.kind.lasting) this.#connections.delete(connection.id);
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
      ...this.#counts,
      refused: this.#routing.refused,
      handoffs: { ...this.#handoffs, given: this.#gifter.given },
      violations: Object.fromEntries(this.#violations),
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
      this.#dispatch(connection, checkMessage(allegedMessage, this.#limits, rules));
    } catch (error) {
      if (!(error instanceof WireViolation)) throw error;
      this.#end(connection, link, error);
    }
  }

  /** The session of the party outside with the most objects ends. */
  #makeRoom(next: Connection): void {
    let largest = next;
    for (const party of this.#connections.values()) {
      const { inside, unlimited = false } = party.kind;
      if (inside || unlimited || party.link === undefined) continue;
      if (party.exports > largest.exports) largest = party;
    }
    const violation = new WireViolation('too many objects in all');
    if (largest === next) throw violation;
    this.#end(largest, largest.link!, violation);
  }

  #end(connection: Connection, link: Link, { message, reason }: WireViolation): void {
    this.#violations.set(reason, (this.#violations.get(reason) ?? 0) + 1);
    this.#powers.onViolation?.(connection, reason);
    if (connection.kind.inside) return this.#endInside(connection, link, message);
    this.#output.send(connection, { type: 'CTP_DISCONNECT', epoch: 0, reason: message });
    this.#powers.gate(() => link.end(message), 0);
    this.down(connection, 'its session was ended');
  }

  /** A vat may have done more, of which the node has not heard yet, and its rows may name what it holds. */
  #endInside(connection: Connection, link: Link, why: string): void {
    this.pause(connection);
    link.end(why);
  }

  #dispatch(connection: Connection, message: Message): void {
    switch (message.type) {
      case 'CTP_BOOTSTRAP': {
        const question = this.#routing.ask(connection, message.questionID, 0);
        const ref = connection.bootstrap;
        if (ref === undefined)
          return this.#routing.fail(question, 'Cannot bootstrap: nothing is offered here');
        const body = JSON.stringify({ '@qclass': 'slot', iface: 'Alleged: Greeter', index: 0 });
        return this.#routing.settle(question, { rejected: false, data: { body, refs: [ref] } });
      }
      case 'CTP_CALL':
        return this.#onCall(connection, message);
      case 'CTP_RETURN':
        return this.#onReturn(connection, message);
      case 'CTP_RESOLVE':
        return this.#onResolve(connection, message);
      case 'CTP_DROP':
        return this.#onDrop(connection, message);
      case 'CTP_HELD':
        return this.#onHeld(connection, message);
      case 'CTP_DISCONNECT': {
        const link = connection.link!;
        const why = 'the other side ended the session';
        if (connection.kind.inside) return this.#endInside(connection, link, why);
        this.down(connection, why);
        return link.end(why);
      }
      case 'GIFT_DEPOSIT':
        return this.#exporter.deposit(connection, message);
      case 'GIFT_WITHDRAW':
        return this.#exporter.withdraw(connection, message);
      case 'GIFT_ANSWER':
        return this.#receiver.onAnswer(connection, message.number, message.slot);
      case 'GIFT_TAKEN':
        return this.#cLists.serveElsewhere(connection, message.slot, message.times);
      case 'GIFT_DONE':
        return this.#onDone(connection, message);
      case 'GIFT_AGAIN':
        return this.#gifter.again(connection, message);
    }
  }

  #onCall(connection: Connection, { questionID, target, method, gifts }: Call): void {
    const question = this.#routing.ask(connection, questionID, method.body.length);
    this.#counts.calls += 1;
    const isPipelined = target[0] === 'q';
    if (!isPipelined && isOwn(target)) throw new WireViolation('call on an own object');
    const object = isPipelined ? undefined : this.#cLists.entryAt(connection, target).ref;
    // From here on the call is refused or delivered, and its references are needed until then.
    const taken = this.#receiver.take(connection, method, gifts);
    const call: PendingCall = { question, method: taken };
    if (object !== undefined) return this.#routing.routeToRef(call, object);
    return this.#routing.routeToAnswer(call, target);
  }

  #onReturn(connection: Connection, message: Return): void {
    const question = connection.answering.get(message.answerID);
    if (question === undefined) throw new WireViolation('answer to no question');
    const outcome = this.#outcome(
      connection,
      'result' in message ? message.result : message.exception,
      !('result' in message),
      message.gifts,
      question.pipelined !== undefined,
    );
    connection.answering.delete(message.answerID);
    if (outcome.rejected && connection.kind.inside) this.#counts.failed += 1;
    connection.answeringLength -= question.length;
    // Calls on the answer wait here from now on.
    delete question.sentTo;
    // Stock @endo/captp frees an answer when its number, given as q+N, is dropped as q-N (FACTS 2, fault 3).
    this.#output.send(connection, {
      type: 'CTP_DROP',
      epoch: 0,
      slotID: reverse(message.answerID),
      decRefs: 1,
    });
    this.#routing.whenReady(connection, outcome.data, () =>
      this.#routing.settle(question, outcome),
    );
  }

  #onResolve(connection: Connection, message: Resolve): void {
    const entry = connection.bySlot.get(reverse(message.promiseID));
    const capData = 'res' in message ? message.res : message.rej;
    if (entry === undefined) {
      // A promise that everyone dropped may still be resolved by its owner.
      const { data } = this.#outcome(connection, capData, false);
      return this.#cLists.unpin(data.refs);
    }
    const { ref } = entry;
    if (ref.owner !== connection || entry.slot[0] !== 'p') {
      throw new WireViolation('resolution of a promise of another');
    }
    if (ref.outcome !== undefined || ref.isSettling === true) {
      throw new WireViolation('second resolution');
    }
    const outcome = this.#outcome(
      connection,
      capData,
      !('res' in message),
      message.gifts,
      ref.isPipelined,
    );
    ref.isSettling = true;
    this.#cLists.pin([ref]);
    this.#routing.whenReady(connection, outcome.data, () => {
      delete ref.isSettling;
      this.#routing.resolve(ref, outcome);
      this.#cLists.unpin([ref]);
    });
  }

  #onDrop(connection: Connection, { slotID, decRefs }: Drop): void {
    if (slotID[0] === 'q') {
      this.#routing.forgetAnswer(connection, slotID);
      // Between switchboards the number is given as q+N and dropped as q-N.
      return this.#routing.forgetAnswer(connection, reverse(slotID));
    }
    if (isOwn(slotID)) return;
    const { remote } = connection.kind;
    const entry = connection.bySlot.get(slotID);
    if (entry === undefined) {
      if (remote && numberOf(slotID) !== undefined) this.erase(connection.id, slotID);
      return;
    }
    const { ref } = entry;
    entry.sent -= Math.min(decRefs, entry.sent);
    if (entry.sent > 0 && decRefs > 0 && ref.outcome !== undefined) {
      // The promise was sent again on the way, and the party has forgotten what it became.
      this.#output.sendResolution(connection, ref, ref.outcome);
    }
    if (entry.sent === 0) this.#forgetSent(connection, entry);
  }

  /** A party needs nothing of what it was sent in an entry. */
  #forgetSent(connection: Connection, entry: Entry): void {
    delete entry.given;
    if (entry.kept) {
      const isOfNode = connection.kind.remote && numberOf(entry.slot) !== undefined;
      return isOfNode ? this.erase(connection.id, entry.slot) : undefined;
    }
    this.#cLists.forget(connection, entry);
    this.#cLists.releaseIfUnheld(entry.ref);
  }

  #onHeld(connection: Connection, message: Held): void {
    if (connection.saidHeld) throw new WireViolation('held slots said twice');
    connection.saidHeld = true;
    this.#powers.onHeld?.(connection, parseHeld(message));
  }

  /** A slot that is a name for what a node has from its owner is to be one no more, or is none now. */
  #onDone(connection: Connection, message: GiftDone): void {
    const { slot } = message;
    const entry = connection.bySlot.get(slot);
    if (isOwn(slot)) return entry && this.#cLists.unalias(entry.ref);
    // It is on its way once more: the node will say again that it had it.
    if (entry !== undefined && entry.sent > 0) return;
    if (entry !== undefined) this.#forgetSent(connection, entry);
    this.#output.send(connection, { type: 'GIFT_DONE', slot: reverse(slot) });
  }

  /** @param isPipelined - calls on it were passed to its sender, who passes them on to what it became */
  #outcome(
    connection: Connection,
    capData: CapData,
    rejected: boolean,
    gifts: readonly Gift[] = [],
    isPipelined = false,
  ): Outcome {
    const isFenced =
      isPipelined &&
      connection.kind.remote &&
      !rejected &&
      capData.slots.length === 1 &&
      capData.slots[0]![0] === 'o' &&
      isCapability(capData.body);
    return { rejected, data: this.#receiver.take(connection, capData, gifts, isFenced) };
  }
}
