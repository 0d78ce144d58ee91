/**
 * The switchboard: every party of a node is a connection here, and every message between two
 * parties passes here. It never reads a value. It checks a message, rewrites its slots and
 * question numbers from the sender's tables to the receiver's, and passes it on.
 *
 * What it does beyond rewriting:
 * - a call on an answer or a promise that is not settled waits here, and is released only onto a
 *   capability; for an answer that another node owes, it is forwarded and waits there;
 * - every question is settled, if need be with a reason that says whether the call was delivered;
 * - drops are counted for each connection, and an object that nobody holds is dropped at its owner;
 * - what leaves the node waits until the state it was made from is on disk (`gate`).
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
  type Question,
  type Ref,
} from './connection.ts';
import { defaultLimits, type Limits } from './limits.ts';
import {
  type Call,
  type CapData,
  type Drop,
  type Message,
  type Return,
  type Resolve,
  WireViolation,
  checkMessage,
  errorData,
  isCapability,
  isWithin,
  isLasting,
  isOwn,
  reverse,
} from './wire.ts';

export type SwitchboardPowers = {
  readonly slots: LastingSlots;
  /**
   * Runs `release` when all state written so far is on disk, in the order of the calls.
   * `size` is what waits for it, in characters.
   */
  readonly gate: (release: () => void, size: number) => void;
  /** Makes the connection of a party that is named in a kept slot and not connected yet. */
  readonly provide: (id: string) => Connection | undefined;
  readonly limits?: Limits;
  /** Milliseconds, from any beginning. Without it every call seems to take no time. */
  readonly now?: () => number;
  /** A party broke the protocol or a limit, and its session ends. `reason` is one of a fixed set. */
  readonly onViolation?: (connection: Connection, reason: string) => void;
};

/** What a message that waits takes in memory beside its body, in characters. */
const lengthAround = 500;

/** What a reference costs whoever reads it, in characters of a body. */
const lengthOfReference = 32;

/** How many calls of a party tell what the next will take. */
const callsInAverage = 16;

const NOT_A_CAPABILITY = 'Cannot deliver call: the answer it was made on is not a capability';
/** The one answer to a call that its vat did not survive. */
const STOPPED =
  'Cannot answer call: the vat was stopped, since the call took too long or too much memory (delivered: failed)';
const TOO_MUCH_WAITS = 'too many calls of this party wait';
const notDelivered = (why: string) => `Cannot deliver call: ${why} (delivered: no)`;
const unknownFate = (why: string) => `Cannot await answer: ${why} (delivered: unknown)`;

/** The object that an outcome consists of, and nothing else. */
const capability = ({ rejected, data: { body, refs } }: Outcome): Ref | undefined => {
  const [ref] = refs;
  if (rejected || ref === undefined || refs.length !== 1 || ref.slot[0] !== 'o') return undefined;
  return isCapability(body) ? ref : undefined;
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
};

export class Switchboard {
  readonly #powers: SwitchboardPowers;
  readonly #limits: Limits;
  readonly #connections = new Map<string, Connection>();
  /** Sessions that were ended for a violation, by its reason. */
  readonly #violations = new Map<string, number>();
  readonly #now: () => number;
  #lastCarriedOut = 0;
  /** Parties outside with calls under way: they share what may be under way in time. */
  #busy = 0;
  /** Calls under way of sessions outside that have ended. */
  #orphans = 0;
  /** Sessions that began while there were too many of those. */
  readonly #waitingForOrphans = new Set<Connection>();
  readonly #cLists: CLists;
  readonly #counts = { calls: 0, refused: 0, failed: 0 };

  constructor(powers: SwitchboardPowers) {
    this.#powers = powers;
    this.#limits = powers.limits ?? defaultLimits;
    this.#now = powers.now ?? (() => 0);
    this.#cLists = new CLists({
      slots: powers.slots,
      limits: this.#limits,
      provide: (id) => this.#connections.get(id) ?? powers.provide(id),
      drop: ({ owner, slot, received }) =>
        this.#emit(owner, {
          type: 'CTP_DROP',
          epoch: 0,
          slotID: reverse(slot),
          decRefs: received,
        }),
      onFull: (next) => this.#makeRoom(next),
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
    connection.link = link;
    if (!connection.kind.inside) {
      this.#orphans -= connection.inFlight;
      if (this.#orphans > this.#limits.maxOrphans) this.#waitingForOrphans.add(connection);
      if (connection.isPaused) link.pause?.();
      this.#throttle(connection);
    }
    const { held } = connection;
    connection.held = [];
    for (const { call, target } of held) {
      this.#unqueue(call);
      this.#forward(call, connection, target);
    }
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

  /** Whether anyone else holds an object of the party, or a call to one waits. */
  isHeld({ bySlot, held }: Connection): boolean {
    if (held.length > 0) return true;
    for (const { slot, ref } of bySlot.values()) {
      if (isOwn(slot) && (ref.holders.size > 0 || ref.pins > 0 || ref.queue.size > 0)) return true;
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
    asker.inFlight -= 1;
    if (asker.inFlight === 0 && !asker.kind.inside) this.#busy -= 1;
    const now = this.#now();
    const { length, since } = asker.underWay.shift() ?? { length: 0, since: now };
    asker.inFlightLength -= length;
    const took = now - Math.max(since, this.#lastCarriedOut);
    this.#lastCarriedOut = now;
    asker.callCost += (took - asker.callCost) / callsInAverage;
    this.#throttle(asker);
    if (asker.link !== undefined || asker.kind.inside) return;
    this.#orphans -= 1;
    if (this.#orphans > this.#limits.maxOrphans / 2) return;
    const waiting = [...this.#waitingForOrphans];
    this.#waitingForOrphans.clear();
    for (const party of waiting) this.#throttle(party);
  }

  /** A host is to carry out a call, now or when its vat is loaded. */
  #countInFlight(call: PendingCall): void {
    if (call.isUnderWay) return;
    call.isUnderWay = true;
    this.#countWork(call.question.asker, call.method);
  }

  #countWork(asker: Connection, { body, refs }: Data): void {
    if (asker.inFlight === 0 && !asker.kind.inside) this.#busy += 1;
    asker.inFlight += 1;
    const length = body.length + refs.length * lengthOfReference;
    asker.underWay.push({ length, since: this.#now() });
    asker.inFlightLength += length;
    if (asker.link === undefined && !asker.kind.inside) this.#orphans += 1;
    this.#throttle(asker);
  }

  /**
   * Takes nothing more from a party outside while too much of its work is under way. Vats are not
   * paused: two that wait for each other would wait for good. Their quotas bound what they send.
   */
  #throttle(party: Connection): void {
    const { inside, unlimited = false } = party.kind;
    if (inside || unlimited) return;
    const { inFlight, inFlightLength, waitingOutput, isPaused, link } = party;
    const { maxInFlight, maxInFlightLength, maxWaitingOutput } = this.#limits;
    const inTime =
      this.#limits.maxInFlightMilliseconds / (party.callCost * Math.max(this.#busy, 1));
    const share = Math.max(
      inFlight / Math.min(Math.max(inTime, 1), maxInFlight),
      waitingOutput / maxWaitingOutput,
      inFlightLength / maxInFlightLength,
      this.#waitingForOrphans.has(party) ? 2 : 0,
    );
    if (!isPaused && share > 1) {
      party.isPaused = true;
      link?.pause?.();
    } else if (isPaused && share <= 0.5) {
      party.isPaused = false;
      link?.resume?.();
    }
  }

  /**
   * Answers for a party that was stopped a call that it was given.
   * @param fate - whether it was stopped because of this call, or had not begun it
   */
  answerFor(connection: Connection, id: string, fate: 'failed' | 'not begun'): void {
    const question = connection.answering.get(id);
    if (question === undefined) return;
    connection.answering.delete(id);
    this.#fail(question, fate === 'failed' ? STOPPED : notDelivered('its host was stopped'));
  }

  /** The link that was summoned is not to be had. What waited for it is refused. */
  unreachable(connection: Connection, why: string): void {
    const { held } = connection;
    connection.held = [];
    for (const { call } of held) {
      this.#unqueue(call);
      if (call.isUnderWay) this.carriedOut(call.question.asker);
      this.#refuse(call, notDelivered(why));
    }
  }

  /**
   * The session with a party has ended. Its open questions are forgotten, those it owed are
   * settled, its ephemeral objects are broken, and what only it held is dropped.
   * Lasting entries stay: the party may come back.
   */
  down(connection: Connection, why: string): void {
    if (!connection.kind.inside && connection.link !== undefined) {
      this.#orphans += connection.inFlight;
      this.#waitingForOrphans.delete(connection);
    }
    connection.link = undefined;
    connection.asked.clear();
    // What they wait for may never come.
    for (const call of [...connection.waiting]) {
      this.#dequeue(call);
      this.#cLists.unpin(call.method.refs);
    }
    for (const id of [...connection.answered.keys()]) this.#forgetAnswer(connection, id);
    connection.lastAsked = 0;
    const owed = [...connection.answering.values()];
    connection.answering.clear();
    connection.answeringLength = 0;
    for (const question of owed) this.#fail(question, unknownFate(why));
    for (const entry of [...connection.bySlot.values()]) {
      const { slot, ref } = entry;
      if (isOwn(slot)) {
        if (ref.lasting) continue;
        ref.broken = why;
        this.#cLists.forget(connection, entry);
        if (slot[0] === 'p' && ref.outcome === undefined) {
          this.#resolve(ref, {
            rejected: true,
            data: { ...errorData(unknownFate(why)), refs: [] },
          });
        }
      } else if (!entry.kept) {
        this.#cLists.forget(connection, entry);
        this.#cLists.releaseIfUnheld(ref);
      }
    }
    this.unreachable(connection, why);
    if (!connection.kind.lasting) this.#connections.delete(connection.id);
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

  /** Puts an object into a party's c-list and answers the slot, as if it had been sent there once. */
  introduce(connection: Connection, ref: Ref): string {
    const entry = this.#cLists.provideEntry(connection, ref);
    entry.sent += 1;
    return entry.slot;
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

  /** Gauges over all parties, and since the start how many sessions were ended, by reason. */
  counts(): SwitchboardCounts {
    const sums = { parties: 0, paused: 0, entries: 0, questions: 0, queued: 0, inFlight: 0 };
    for (const party of this.#connections.values()) {
      sums.parties += 1;
      if (party.isPaused) sums.paused += 1;
      sums.entries += party.bySlot.size;
      sums.questions += party.asked.size;
      sums.queued += party.queued;
      sums.inFlight += party.inFlight;
    }
    return { ...sums, ...this.#counts, violations: Object.fromEntries(this.#violations) };
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
      this.#dispatch(connection, checkMessage(allegedMessage, this.#limits));
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
    this.#emit(connection, { type: 'CTP_DISCONNECT', epoch: 0, reason: message });
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
        const question = this.#ask(connection, message.questionID, 0);
        const ref = connection.bootstrap;
        if (ref === undefined)
          return this.#fail(question, 'Cannot bootstrap: nothing is offered here');
        const body = JSON.stringify({ '@qclass': 'slot', iface: 'Alleged: Greeter', index: 0 });
        return this.#settle(question, { rejected: false, data: { body, refs: [ref] } });
      }
      case 'CTP_CALL':
        return this.#onCall(connection, message);
      case 'CTP_RETURN':
        return this.#onReturn(connection, message);
      case 'CTP_RESOLVE':
        return this.#onResolve(connection, message);
      case 'CTP_DROP':
        return this.#onDrop(connection, message);
      case 'CTP_DISCONNECT': {
        const link = connection.link!;
        const why = 'the other side ended the session';
        if (connection.kind.inside) return this.#endInside(connection, link, why);
        this.down(connection, why);
        link.end(why);
      }
    }
  }

  #onCall(connection: Connection, { questionID, target, method }: Call): void {
    const question = this.#ask(connection, questionID, method.body.length);
    this.#counts.calls += 1;
    const isPipelined = target[0] === 'q';
    if (!isPipelined && isOwn(target)) throw new WireViolation('call on an own object');
    const object = isPipelined ? undefined : this.#cLists.entryAt(connection, target).ref;
    // From here on the call is refused or delivered, and its references are needed until then.
    const call: PendingCall = { question, method: this.#cLists.take(connection, method) };
    this.#cLists.pin(call.method.refs);
    if (object !== undefined) return this.#routeToRef(call, object);
    const answer = connection.asked.get(target);
    if (answer !== undefined) return this.#routeToAnswer(call, answer);
    const ref = connection.answered.get(target);
    if (ref !== undefined) return this.#routeToRef(call, ref);
    return this.#refuse(call, NOT_A_CAPABILITY);
  }

  #onReturn(connection: Connection, message: Return): void {
    const question = connection.answering.get(message.answerID);
    if (question === undefined) throw new WireViolation('answer to no question');
    const outcome = this.#outcome(
      connection,
      'result' in message ? message.result : message.exception,
      !('result' in message),
    );
    connection.answering.delete(message.answerID);
    if (outcome.rejected && connection.kind.inside) this.#counts.failed += 1;
    connection.answeringLength -= question.length;
    // Stock @endo/captp frees an answer when its number, given as q+N, is dropped as q-N (FACTS 2, fault 3).
    this.#emit(connection, {
      type: 'CTP_DROP',
      epoch: 0,
      slotID: reverse(message.answerID),
      decRefs: 1,
    });
    this.#settle(question, outcome);
  }

  #onResolve(connection: Connection, message: Resolve): void {
    const entry = connection.bySlot.get(reverse(message.promiseID));
    if (entry === undefined) {
      // A promise that everyone dropped may still be resolved by its owner.
      const { data } = this.#outcome(
        connection,
        'res' in message ? message.res : message.rej,
        false,
      );
      for (const ref of data.refs) this.#cLists.releaseIfUnheld(ref);
      return;
    }
    if (entry.ref.owner !== connection || entry.slot[0] !== 'p') {
      throw new WireViolation('resolution of a promise of another');
    }
    if (entry.ref.outcome !== undefined) throw new WireViolation('second resolution');
    const outcome = this.#outcome(
      connection,
      'res' in message ? message.res : message.rej,
      !('res' in message),
    );
    this.#resolve(entry.ref, outcome);
  }

  #onDrop(connection: Connection, { slotID, decRefs }: Drop): void {
    if (slotID[0] === 'q') {
      this.#forgetAnswer(connection, slotID);
      // Between switchboards the number is given as q+N and dropped as q-N.
      return this.#forgetAnswer(connection, reverse(slotID));
    }
    const entry = connection.bySlot.get(slotID);
    if (entry === undefined || isOwn(slotID)) return;
    const { ref } = entry;
    entry.sent -= Math.min(decRefs, entry.sent);
    if (entry.sent > 0 && decRefs > 0 && ref.outcome !== undefined) {
      // The promise was sent again on the way, and the party has forgotten what it became.
      this.#sendResolution(connection, ref, ref.outcome);
    }
    if (entry.sent > 0 || entry.kept) return;
    this.#cLists.forget(connection, entry);
    this.#cLists.releaseIfUnheld(ref);
  }

  // ---- routing ----

  #ask(asker: Connection, id: string, length: number): Question {
    const number = Number(id.slice(2));
    if (number <= asker.lastAsked) throw new WireViolation('question number used before');
    // What a vat may ask is bounded by what each party that it asks may owe: see `#forward`.
    const { inside, unlimited = inside } = asker.kind;
    if (!unlimited && asker.asked.size >= this.#limits.maxOpenQuestions) {
      throw new WireViolation('too many open questions');
    }
    asker.lastAsked = number;
    const question: Question = { asker, id, length, queue: new Set() };
    asker.asked.set(id, question);
    return question;
  }

  #routeToAnswer(call: PendingCall, answer: Question): void {
    const { sentTo } = answer;
    if (sentTo?.connection.kind.remote) return this.#forward(call, sentTo.connection, sentTo.id);
    return this.#enqueue(call, answer.queue);
  }

  #routeToRef(call: PendingCall, ref: Ref): void {
    if (ref.slot[0] === 'p') {
      if (ref.outcome !== undefined) return this.#releaseOnto(call, ref.outcome);
      if (!ref.owner.kind.remote) return this.#enqueue(call, ref.queue);
    }
    if (ref.broken !== undefined) return this.#refuse(call, notDelivered(ref.broken));
    return this.#forward(call, ref.owner, reverse(ref.slot));
  }

  #enqueue(call: PendingCall, queue: Set<PendingCall>): void {
    if (!this.#mayWait(call)) return this.#refuse(call, notDelivered(TOO_MUCH_WAITS));
    call.waitsIn = queue;
    queue.add(call);
    call.question.asker.waiting.add(call);
  }

  #dequeue(call: PendingCall): void {
    const { asker } = call.question;
    call.waitsIn!.delete(call);
    delete call.waitsIn;
    asker.waiting.delete(call);
    this.#unqueue(call);
  }

  /** All calls of a queue, in order. It is empty then. */
  #dequeueAll(queue: Set<PendingCall>): PendingCall[] {
    if (queue.size === 0) return [];
    const calls = [...queue];
    for (const call of calls) this.#dequeue(call);
    return calls;
  }

  #unqueue({ question: { asker }, method }: PendingCall): void {
    asker.queued -= 1;
    asker.queuedLength -= method.body.length;
  }

  /** Counts a call that has to wait. @returns false where its party has too many of them */
  #mayWait({ question: { asker }, method }: PendingCall): boolean {
    const { maxQueuedCalls, maxQueuedLength } = this.#limits;
    const length = asker.queuedLength + method.body.length;
    if (asker.queued >= maxQueuedCalls || length > maxQueuedLength) return false;
    asker.queued += 1;
    asker.queuedLength = length;
    return true;
  }

  #releaseOnto(call: PendingCall, outcome: Outcome): void {
    const ref = capability(outcome);
    if (ref === undefined) return this.#refuse(call, NOT_A_CAPABILITY);
    return this.#routeToRef(call, ref);
  }

  /** @param target - as we write it: an object or promise of the receiver, or our question to it */
  #forward(call: PendingCall, receiver: Connection, target: string): void {
    if (receiver.link === undefined) return this.#hold(call, receiver, target);
    const { inside, unlimited = inside } = receiver.kind;
    const { question, method } = call;
    const { maxOpenQuestions, maxOpenLength } = this.#limits;
    if (unlimited && !inside && !question.asker.kind.inside) {
      if (!this.#isShort(method)) {
        return this.#refuse(call, notDelivered('it is too long for a power of the node'));
      }
      question.asker.link?.charge?.(this.#limits.powerCost);
    }
    const length = receiver.answeringLength + question.length;
    if (!unlimited && (receiver.answering.size >= maxOpenQuestions || length > maxOpenLength)) {
      return this.#refuse(call, notDelivered('the party owes too many answers'));
    }
    receiver.answeringLength = length;
    receiver.lastQuestion += 1;
    const id = `q+${receiver.lastQuestion}`;
    question.sentTo = { connection: receiver, id };
    receiver.answering.set(id, question);
    if (inside) this.#countInFlight(call);
    this.#emitWith(
      receiver,
      method,
      (data) => ({ type: 'CTP_CALL', epoch: 0, questionID: id, target, method: data }),
      question.asker,
    );
    if (receiver.kind.remote) {
      for (const next of this.#dequeueAll(question.queue)) this.#forward(next, receiver, id);
    }
    this.#cLists.unpin(method.refs);
  }

  /** Whether a call takes no time of the thread that all share. */
  #isShort({ body }: Data): boolean {
    const { maxPowerLength, maxPowerValues } = this.#limits;
    return (
      body.length <= maxPowerLength && isWithin({ body, slots: [] }, this.#limits, maxPowerValues)
    );
  }

  #hold(call: PendingCall, receiver: Connection, target: string): void {
    if (!this.#mayWait(call)) return this.#refuse(call, notDelivered(TOO_MUCH_WAITS));
    // It is work under way as well: a vat that sleeps would wake to all of it.
    if (receiver.kind.inside) this.#countInFlight(call);
    receiver.held.push({ call, target });
    if (receiver.held.length === 1 && !(receiver.summon?.() ?? false)) {
      this.unreachable(receiver, 'the party is gone');
    }
  }

  #refuse({ question, method }: PendingCall, reason: string): void {
    this.#counts.refused += 1;
    this.#fail(question, reason);
    this.#cLists.unpin(method.refs);
  }

  #fail(question: Question, reason: string): void {
    this.#settle(question, { rejected: true, data: { body: errorData(reason).body, refs: [] } });
  }

  #settle(question: Question, outcome: Outcome): void {
    const { asker, id } = question;
    this.#cLists.pin(outcome.data.refs);
    const { queue } = question;
    this.#releaseFirst(queue, outcome);
    // The asker's session may have ended, and even begun again with the same numbers.
    if (asker.asked.get(id) === question) {
      asker.asked.delete(id);
      this.#remember(asker, id, capability(outcome));
      this.#emitWith(asker, outcome.data, (data) => ({
        type: 'CTP_RETURN',
        epoch: 0,
        answerID: id,
        ...(outcome.rejected ? { exception: data } : { result: data }),
      }));
    }
    for (const call of this.#dequeueAll(queue)) this.#releaseOnto(call, outcome);
    this.#cLists.unpin(outcome.data.refs);
  }

  /**
   * Passes on what waits for a capability, before anybody is told of it: whoever learns that it is
   * his own object may call it at once, and what he asked for earlier comes first.
   */
  #releaseFirst(queue: Set<PendingCall>, outcome: Outcome): void {
    if (capability(outcome) === undefined) return;
    for (const call of this.#dequeueAll(queue)) this.#releaseOnto(call, outcome);
  }

  /** Calls on an answer may still be under way when it is sent, so a capability is kept until the asker drops it. */
  #remember(asker: Connection, id: string, ref: Ref | undefined): void {
    if (ref === undefined) return;
    asker.answered.set(id, ref);
    this.#cLists.pin([ref]);
    if (asker.answered.size <= this.#limits.maxOpenQuestions) return;
    for (const oldest of asker.answered.keys()) return this.#forgetAnswer(asker, oldest);
  }

  #forgetAnswer(asker: Connection, id: string): void {
    const ref = asker.answered.get(id);
    if (ref === undefined) return;
    asker.answered.delete(id);
    this.#cLists.unpin([ref]);
  }

  #resolve(ref: Ref, outcome: Outcome): void {
    ref.outcome = outcome;
    // Calls on the promise go on to what it became for as long as it is held.
    this.#cLists.pin(outcome.data.refs);
    this.#releaseFirst(ref.queue, outcome);
    for (const holder of ref.holders) this.#sendResolution(holder, ref, outcome, ref.owner);
    for (const call of this.#dequeueAll(ref.queue)) this.#releaseOnto(call, outcome);
    this.#cLists.releaseIfUnheld(ref);
  }

  /** @param resolver - whose doing it is: a vat that learns of it has work, as by a call */
  #sendResolution(holder: Connection, ref: Ref, outcome: Outcome, resolver?: Connection): void {
    const entry = holder.byRef.get(ref);
    if (entry === undefined) return;
    const isWork =
      resolver !== undefined &&
      !resolver.kind.inside &&
      holder.kind.inside &&
      holder.link !== undefined;
    if (isWork) this.#countWork(resolver, outcome.data);
    this.#emitWith(
      holder,
      outcome.data,
      (data) => ({
        type: 'CTP_RESOLVE',
        epoch: 0,
        promiseID: entry.slot,
        ...(outcome.rejected ? { rej: data } : { res: data }),
      }),
      isWork ? resolver : undefined,
    );
  }

  // ---- messages out ----

  #outcome(connection: Connection, capData: CapData, rejected: boolean): Outcome {
    return { rejected, data: this.#cLists.take(connection, capData) };
  }

  /** From Refs to the receiver's slots, written from our side; then the message leaves. */
  #emitWith(
    receiver: Connection,
    { body, refs }: Data,
    make: (data: CapData) => Message,
    asker?: Connection,
  ): void {
    const { link } = receiver;
    if (link === undefined) return;
    const { inside, remote, unlimited = inside || remote } = receiver.kind;
    if (!unlimited && receiver.bySlot.size - receiver.exports >= this.#limits.maxImports) {
      return this.#end(receiver, link, new WireViolation('too many references'));
    }
    const settledPromises: Ref[] = [];
    const sent = new Set<Entry>();
    const slots = refs.map((ref) => {
      const isNew = !receiver.byRef.has(ref);
      const entry = this.#cLists.provideEntry(receiver, ref);
      if (isNew && ref.outcome !== undefined) settledPromises.push(ref);
      sent.add(entry);
      return reverse(entry.slot);
    });
    for (const entry of sent) if (!isOwn(entry.slot)) entry.sent += 1;
    this.#emit(receiver, make({ body, slots }), body.length, asker);
    // The owner resolves a promise once; whoever gets it later learns it from us.
    for (const ref of settledPromises) this.#sendResolution(receiver, ref, ref.outcome!);
  }

  #emit(receiver: Connection, message: Message, bodyLength = 0, asker?: Connection): void {
    const { link } = receiver;
    if (link === undefined) return;
    if (receiver.kind.inside) return link.send(message, asker);
    const size = bodyLength + lengthAround;
    receiver.waitingOutput += size;
    this.#powers.gate(() => {
      receiver.waitingOutput -= size;
      if (receiver.isPaused) this.#throttle(receiver);
      if (receiver.link === link || message.type === 'CTP_DISCONNECT') link.send(message);
    }, size);
    if (receiver.waitingOutput > this.#limits.maxWaitingOutput) this.#throttle(receiver);
  }
}
