/**
 * Lines: calls of another node to one object, where the first of them waits for a gift.
 *
 * Whoever introduces waits, and nobody else: a line is for one object and one asker. What he asked of
 * the object before comes before what he asks of it later.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Data, PendingCall, Ref } from './connection.ts';
import type { Waiting } from './waiting.ts';

/** Whether a reference in it is still being withdrawn. */
export const isPending = ({ gifts }: Data): boolean => gifts !== undefined;

export type LinesPowers = {
  readonly waiting: Waiting;
  readonly cLists: CLists;
  /** Where a call goes that has left its line. */
  readonly passOn: (call: PendingCall, ref: Ref) => void;
};

export class Lines {
  readonly #powers: LinesPowers;

  constructor(powers: LinesPowers) {
    this.#powers = powers;
  }

  /** Whether a call may not go on yet. One that goes home to its sender waits for nothing. */
  mustWait({ question: { asker }, method }: PendingCall, ref: Ref): boolean {
    if (ref.owner === asker) return false;
    return isPending(method) || this.isBusy(ref, asker);
  }

  isBusy(ref: Ref, asker: Connection): boolean {
    return ref.lines?.has(asker) ?? false;
  }

  /** Puts a call last in line. @returns false where its party has too many that wait */
  enter(call: PendingCall, ref: Ref): boolean {
    const { waiting, cLists } = this.#powers;
    const { asker } = call.question;
    const line = ref.lines?.get(asker) ?? new Set();
    if (!waiting.enqueue(call, line)) return false;
    ref.lines ??= new Map();
    ref.lines.set(asker, line);
    call.inLineFor = ref;
    cLists.pin([ref]);
    const { gifts } = call.method;
    if (gifts !== undefined) gifts.whenReady = () => this.#goOn(ref, asker);
    return true;
  }

  /** Runs a task when all that stand in line now have left it. */
  after(ref: Ref, asker: Connection, task: () => void): void {
    const last = [...(ref.lines?.get(asker) ?? [])].at(-1);
    if (last === undefined) return task();
    last.after ??= [];
    last.after.push(task);
  }

  /** Empties all lines for a promise that has settled: its calls go to what it became. */
  dissolve(ref: Ref, passOn: (call: PendingCall) => void): void {
    for (const line of [...(ref.lines?.values() ?? [])]) {
      for (const call of [...line]) this.#leave(call, ref, passOn);
    }
  }

  #goOn(ref: Ref, asker: Connection): void {
    const line = ref.lines?.get(asker) ?? [];
    for (const call of line) {
      if (isPending(call.method)) return;
      this.#leave(call, ref, (next) => this.#powers.passOn(next, ref));
    }
  }

  #leave(call: PendingCall, ref: Ref, passOn: (call: PendingCall) => void): void {
    const { waiting, cLists } = this.#powers;
    const { lines } = ref;
    const line = call.waitsIn!;
    waiting.dequeue(call);
    delete call.inLineFor;
    if (line.size === 0) {
      lines!.delete(call.question.asker);
      if (lines!.size === 0) delete ref.lines;
    }
    passOn(call);
    for (const task of call.after ?? []) task();
    delete call.after;
    cLists.unpin([ref]);
  }
}
