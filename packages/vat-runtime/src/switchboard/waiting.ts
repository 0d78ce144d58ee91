/**
 * Calls that wait: in the queue of an answer or a promise until it is settled, or at a party until
 * its link is up. Each counts for the party that made it, which may have so many.
 */
import type { Connection, HeldCall, PendingCall } from './connection.ts';
import type { Limits } from './limits.ts';

export class Waiting {
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Puts a call last in a queue. @returns false where its party has too many that wait */
  enqueue(call: PendingCall, queue: Set<PendingCall>): boolean {
    if (!this.#mayWait(call)) return false;
    call.waitsIn = queue;
    queue.add(call);
    call.question.asker.waits.calls.add(call);
    return true;
  }

  /** Takes a call out of its queue. */
  dequeue(call: PendingCall): void {
    call.waitsIn!.delete(call);
    delete call.waitsIn;
    call.question.asker.waits.calls.delete(call);
    this.#uncount(call);
  }

  /** All calls of a queue, in order. It is empty then. */
  dequeueAll(queue: Set<PendingCall>): PendingCall[] {
    if (queue.size === 0) return [];
    const calls = [...queue];
    for (const call of calls) this.dequeue(call);
    return calls;
  }

  uncount({ waits }: Connection, length: number): void {
    waits.count -= 1;
    waits.length -= length;
  }

  /** Keeps a call until the link of its receiver is up. @returns false as `enqueue` does */
  hold(held: HeldCall, receiver: Connection): boolean {
    if (!this.#mayWait(held.call)) return false;
    receiver.held.push(held);
    return true;
  }

  /** All calls that a receiver's link kept waiting, in order. Each counts until it is its turn. */
  *takeHeld(receiver: Connection): Iterable<HeldCall> {
    const { held } = receiver;
    receiver.held = [];
    for (const each of held) {
      this.#uncount(each.call);
      yield each;
    }
  }

  #uncount({ question, method }: PendingCall): void {
    this.uncount(question.asker, method.body.length);
  }

  /** Counts a call that has to wait. @returns false where its party has too many of them */
  #mayWait({ question, method }: PendingCall): boolean {
    return this.count(question.asker, method.body.length);
  }

  /** Counts what a party has waiting. @returns false where it has too much of it */
  count({ waits }: Connection, added: number): boolean {
    const { maxQueuedCalls, maxQueuedLength } = this.#limits;
    const length = waits.length + added;
    if (waits.count >= maxQueuedCalls || length > maxQueuedLength) return false;
    waits.count += 1;
    waits.length = length;
    return true;
  }
}
