/**
 * Where calls go, and how their questions are settled.
 *
 * - A call on an answer or a promise that is not settled waits here, and is released only onto a
 *   capability; for an answer that another node owes, it is forwarded and waits there.
 * - Every question is settled, if need be with a reason that says whether the call was delivered.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Data, Outcome, PendingCall, Question, Ref } from './connection.ts';
import type { Credit } from './credit.ts';
import type { Limits } from './limits.ts';
import { Lines, isPending } from './lines.ts';
import type { Output } from './output.ts';
import type { Receiver } from './receiver.ts';
import { Waiting } from './waiting.ts';
import { WireViolation, errorData, isCapability, isWithin, reverse } from './wire.ts';

export type RoutingPowers = {
  readonly limits: Limits;
  readonly cLists: CLists;
  readonly credit: Credit;
  readonly output: Output;
  readonly receiver: Receiver;
};

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

/** A call on an object of another node is under way, or has turned out to be one. */
const noteOpen = (question: Question, ref: Ref): void => {
  noteClosed(question);
  question.calls = ref;
  ref.openCalls ??= new Set();
  ref.openCalls.add(question);
};

const noteClosed = (question: Question): void => {
  const { calls } = question;
  if (calls === undefined) return;
  delete question.calls;
  calls.openCalls!.delete(question);
  if (calls.openCalls!.size === 0) delete calls.openCalls;
};

export class Routing {
  readonly #limits: Limits;
  readonly #cLists: CLists;
  readonly #credit: Credit;
  readonly #output: Output;
  readonly #receiver: Receiver;
  readonly #waiting: Waiting;
  readonly #lines: Lines;
  #refused = 0;

  constructor({ limits, cLists, credit, output, receiver }: RoutingPowers) {
    this.#limits = limits;
    this.#cLists = cLists;
    this.#credit = credit;
    this.#output = output;
    this.#receiver = receiver;
    this.#waiting = new Waiting(limits);
    this.#lines = new Lines({
      waiting: this.#waiting,
      cLists,
      passOn: (call, ref) => this.#passOn(call, ref),
    });
  }

  /** Calls that were not delivered. */
  get refused(): number {
    return this.#refused;
  }

  /** A party asks a question. @throws WireViolation where it may not */
  ask(asker: Connection, id: string, length: number): Question {
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

  /** A call on an answer, by the number of its question, which the same party asked. */
  routeToAnswer(call: PendingCall, id: string): void {
    const { asked, answered } = call.question.asker;
    const question = asked.get(id);
    if (question !== undefined) {
      const { sentTo, queue } = question;
      const isFree = queue.size === 0 && !isPending(call.method);
      if (isFree && sentTo?.connection.kind.remote === true) {
        return this.#forwardOn(question, call, sentTo);
      }
      this.#enqueue(call, queue);
      if (call.method.gifts !== undefined) {
        call.method.gifts.whenReady = () => this.#pipeline(question);
      }
      return this.#pipeline(question);
    }
    const ref = answered.get(id);
    if (ref !== undefined) return this.routeToRef(call, ref);
    return this.#refuse(call, NOT_A_CAPABILITY);
  }

  /** Passes calls on an answer that another node owes on to it, up to one that waits for a gift. */
  #pipeline(question: Question): void {
    const { sentTo, asker, queue } = question;
    if (sentTo?.connection.kind.remote !== true) return;
    for (const call of queue) {
      if (isPending(call.method) && sentTo.connection !== asker) return;
      this.#waiting.dequeue(call);
      this.#forwardOn(question, call, sentTo);
    }
  }

  #forwardOn(
    question: Question,
    call: PendingCall,
    { connection, id }: NonNullable<Question['sentTo']>,
  ): void {
    question.pipelined ??= [];
    question.pipelined.push(call.question);
    this.#forward(call, connection, id);
  }

  routeToRef(call: PendingCall, ref: Ref): void {
    if (!this.#isQueued(ref) && this.#lines.mustWait(call, ref)) {
      if (!this.#lines.enter(call, ref)) this.#refuse(call, notDelivered(TOO_MUCH_WAITS));
      return;
    }
    return this.#passOn(call, ref);
  }

  /** Runs a task behind the calls of a party for an object that wait for gifts. */
  behindCalls(ref: Ref, asker: Connection, task: () => void): void {
    this.#lines.after(ref, asker, task);
  }

  /** Whether calls on it wait here until it is settled. */
  #isQueued({ slot, owner, outcome, isSettling }: Ref): boolean {
    return slot[0] === 'p' && outcome === undefined && (!owner.kind.remote || isSettling === true);
  }

  #passOn(call: PendingCall, ref: Ref): void {
    if (ref.outcome !== undefined) return this.#releaseOnto(call, ref.outcome);
    if (this.#isQueued(ref)) return this.#enqueue(call, ref.queue);
    if (ref.broken !== undefined) return this.#refuse(call, notDelivered(ref.broken));
    if (ref.slot[0] === 'p') ref.isPipelined = true;
    if (ref.owner.kind.remote) noteOpen(call.question, ref);
    return this.#forward(call, ref.owner, reverse(ref.slot));
  }

  /** What waited for the link of a party is delivered, in order. */
  deliverHeld(receiver: Connection): void {
    for (const { call, target } of this.#waiting.takeHeld(receiver)) {
      this.#forward(call, receiver, target);
    }
  }

  /** What waited for the link of a party is refused. */
  refuseHeld(receiver: Connection, why: string): void {
    for (const { call } of this.#waiting.takeHeld(receiver)) {
      this.#credit.uncountCall(call);
      this.#refuse(call, notDelivered(why));
    }
  }

  #enqueue(call: PendingCall, queue: Set<PendingCall>): void {
    if (this.#waiting.enqueue(call, queue)) return;
    this.#refuse(call, notDelivered(TOO_MUCH_WAITS));
  }

  #releaseOnto(call: PendingCall, outcome: Outcome): void {
    const ref = capability(outcome);
    if (ref === undefined) return this.#refuse(call, NOT_A_CAPABILITY);
    return this.routeToRef(call, ref);
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
    if (inside) this.#credit.countCall(call);
    this.#output.sendWith(
      receiver,
      method,
      (data) => ({ type: 'CTP_CALL', epoch: 0, questionID: id, target, method: data }),
      question.asker,
    );
    this.#pipeline(question);
    this.#letGo(method);
  }

  /** Whether a call takes no time of the thread that all share. */
  #isShort({ body }: Data): boolean {
    const { maxPowerLength, maxPowerValues } = this.#limits;
    return (
      body.length <= maxPowerLength && isWithin({ body, slots: [] }, this.#limits, maxPowerValues)
    );
  }

  #hold(call: PendingCall, receiver: Connection, target: string): void {
    if (!this.#waiting.hold({ call, target }, receiver)) {
      return this.#refuse(call, notDelivered(TOO_MUCH_WAITS));
    }
    // It is work under way as well: a vat that sleeps would wake to all of it.
    if (receiver.kind.inside) this.#credit.countCall(call);
    if (receiver.held.length === 1 && !(receiver.summon?.() ?? false)) {
      this.refuseHeld(receiver, 'the party is gone');
    }
  }

  #refuse({ question, method }: PendingCall, reason: string): void {
    this.#refused += 1;
    this.fail(question, reason);
    this.#letGo(method);
  }

  /** What a call named is not needed for it any more. */
  #letGo(method: Data): void {
    this.#receiver.abandon(method);
    this.#cLists.unpin(method.refs);
  }

  /** Answers a question with an error of the node's own. */
  fail(question: Question, reason: string): void {
    this.settle(question, { rejected: true, data: { body: errorData(reason).body, refs: [] } });
  }

  /** Answers a question: tells its asker, and passes on what waits for the answer. */
  settle(question: Question, outcome: Outcome): void {
    const { asker, id } = question;
    noteClosed(question);
    question.isSettled = true;
    const became = capability(outcome);
    if (became?.owner.kind.remote) {
      for (const next of question.pipelined ?? []) if (!next.isSettled) noteOpen(next, became);
    }
    this.#cLists.pin(outcome.data.refs);
    const { queue } = question;
    this.#releaseFirst(queue, outcome);
    // The asker's session may have ended, and even begun again with the same numbers.
    if (asker.asked.get(id) === question) {
      asker.asked.delete(id);
      this.#remember(asker, id, capability(outcome));
      this.#output.sendWith(asker, outcome.data, (data) => ({
        type: 'CTP_RETURN',
        epoch: 0,
        answerID: id,
        ...(outcome.rejected ? { exception: data } : { result: data }),
      }));
    }
    for (const call of this.#waiting.dequeueAll(queue)) this.#releaseOnto(call, outcome);
    this.#cLists.unpin(outcome.data.refs);
  }

  /**
   * Does with what came what is to be done with it, when all that it names is there. It waits by itself,
   * and counts for who sent it; where too much does, it is taken as it came.
   */
  whenReady(sender: Connection, data: Data, task: () => void): void {
    const done = () => {
      task();
      this.#cLists.unpin(data.refs);
    };
    const { length } = data.body;
    if (data.gifts !== undefined && !this.#waiting.count(sender, length)) {
      this.#receiver.forward(sender, data);
    }
    if (data.gifts === undefined) return done();
    data.gifts.whenReady = () => {
      this.#waiting.uncount(sender, length);
      done();
    };
  }

  /**
   * Passes on what waits for a capability, before anybody is told of it: whoever learns that it is
   * his own object may call it at once, and what he asked for earlier comes first.
   */
  #releaseFirst(queue: Set<PendingCall>, outcome: Outcome): void {
    if (capability(outcome) === undefined) return;
    for (const call of this.#waiting.dequeueAll(queue)) this.#releaseOnto(call, outcome);
  }

  /** Calls on an answer may still be under way when it is sent, so a capability is kept until the asker drops it. */
  #remember(asker: Connection, id: string, ref: Ref | undefined): void {
    if (ref === undefined) return;
    asker.answered.set(id, ref);
    this.#cLists.pin([ref]);
    if (asker.answered.size <= this.#limits.maxOpenQuestions) return;
    for (const oldest of asker.answered.keys()) return this.forgetAnswer(asker, oldest);
  }

  /** A number that its asker dropped, or cannot use any more: no call can be made on it. */
  forgetAnswer(asker: Connection, id: string): void {
    const ref = asker.answered.get(id);
    if (ref === undefined) return;
    asker.answered.delete(id);
    this.#cLists.unpin([ref]);
  }

  /** Settles a promise: tells its holders, and passes on what waits for it. */
  resolve(ref: Ref, outcome: Outcome): void {
    // Whoever is sent it from here on is told with it.
    const holders = [...ref.holders];
    ref.outcome = outcome;
    const became = capability(outcome);
    if (became?.owner.kind.remote)
      for (const next of [...(ref.openCalls ?? [])]) noteOpen(next, became);
    // Calls on the promise go on to what it became for as long as it is held.
    this.#cLists.pin(outcome.data.refs);
    this.#lines.dissolve(ref, (call) => this.#releaseOnto(call, outcome));
    this.#releaseFirst(ref.queue, outcome);
    for (const holder of holders) this.#output.sendResolution(holder, ref, outcome, ref.owner);
    for (const call of this.#waiting.dequeueAll(ref.queue)) this.#releaseOnto(call, outcome);
    this.#cLists.releaseIfUnheld(ref);
  }

  // ---- the end of a session ----

  /**
   * Answers for a party that was stopped a call that it was given.
   * @param fate - whether it was stopped because of this call, or had not begun it
   */
  answerFor(connection: Connection, id: string, fate: 'failed' | 'not begun'): void {
    const question = connection.answering.get(id);
    if (question === undefined) return;
    connection.answering.delete(id);
    this.fail(question, fate === 'failed' ? STOPPED : notDelivered('its host was stopped'));
  }

  /** What a party asked is forgotten, and so are its calls that wait. */
  forgetQuestions(connection: Connection): void {
    connection.asked.clear();
    // What they wait for may never come. What stands in line is on its way: it waits for others only.
    for (const call of [...connection.waits.calls]) {
      if (call.inLineFor !== undefined) continue;
      this.#waiting.dequeue(call);
      this.#letGo(call.method);
    }
    for (const id of [...connection.answered.keys()]) this.forgetAnswer(connection, id);
    connection.lastAsked = 0;
  }

  /** What a party owed is answered: nobody knows what became of it. */
  failOwed(connection: Connection, why: string): void {
    const owed = [...connection.answering.values()];
    connection.answering.clear();
    connection.answeringLength = 0;
    for (const question of owed) this.fail(question, unknownFate(why));
  }

  /** A promise that nobody can settle any more is rejected. */
  breakPromise(ref: Ref, why: string): void {
    const { body } = errorData(unknownFate(why));
    this.resolve(ref, { rejected: true, data: { body, refs: [] } });
  }
}
