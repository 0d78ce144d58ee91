/**
 * What comes in: what each kind of message does, once its form is checked.
 *
 * What it names is looked up in the sender's tables: its slots become Refs, its numbers questions. From
 * there on calls, answers and what promises became are for `routing.ts`, and what nodes say of gifts for
 * who gives (`gifter.ts`), who is given (`receiver.ts`) or who owns (`exporter.ts`). Drops end here.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Entry, Outcome, PendingCall } from './connection.ts';
import type { Exporter } from './exporter.ts';
import type { Gifter } from './gifter.ts';
import type { Gift, GiftDone } from './gifts.ts';
import { type HeldSlots, numberOf, parseHeld } from './held-slots.ts';
import type { Output } from './output.ts';
import type { Receiver } from './receiver.ts';
import type { Routing } from './routing.ts';
import {
  type Call,
  type CapData,
  type Drop,
  type Held,
  type Message,
  type Resolve,
  type Return,
  WireViolation,
  isCapability,
  isOwn,
  reverse,
} from './wire.ts';

export type InputPowers = {
  readonly cLists: CLists;
  readonly output: Output;
  readonly routing: Routing;
  readonly receiver: Receiver;
  readonly gifter: Gifter;
  readonly exporter: Exporter;
  /** A party ends its session. */
  readonly disconnect: (connection: Connection) => void;
  /** A party does not hold any more what was kept for it in a slot. */
  readonly erase: (party: string, slot: string) => void;
  /** Another node has said what it holds. Without it nobody reads that. */
  readonly onHeld: ((connection: Connection, held: HeldSlots) => void) | undefined;
};

export class Input {
  readonly #powers: InputPowers;
  readonly #cLists: CLists;
  readonly #output: Output;
  readonly #routing: Routing;
  readonly #receiver: Receiver;
  readonly #counts = { calls: 0, failed: 0 };

  constructor(powers: InputPowers) {
    this.#powers = powers;
    this.#cLists = powers.cLists;
    this.#output = powers.output;
    this.#routing = powers.routing;
    this.#receiver = powers.receiver;
  }

  /** Since the start: calls taken, and those that a vat answered with an error. */
  get counts(): { calls: number; failed: number } {
    return { ...this.#counts };
  }

  /** Takes a message that was checked. @throws WireViolation where the party may not send it now */
  take(connection: Connection, message: Message): void {
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
      case 'CTP_DISCONNECT':
        return this.#powers.disconnect(connection);
      case 'GIFT_DEPOSIT':
        return this.#powers.exporter.deposit(connection, message);
      case 'GIFT_WITHDRAW':
        return this.#powers.exporter.withdraw(connection, message);
      case 'GIFT_ANSWER':
        return this.#receiver.onAnswer(connection, message.number, message.slot);
      case 'GIFT_TAKEN':
        return this.#cLists.serveElsewhere(connection, message.slot, message.times);
      case 'GIFT_DONE':
        return this.#onDone(connection, message);
      case 'GIFT_AGAIN':
        return this.#powers.gifter.again(connection, message);
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
      if (remote && numberOf(slotID) !== undefined) this.#powers.erase(connection.id, slotID);
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
      return isOfNode ? this.#powers.erase(connection.id, entry.slot) : undefined;
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
