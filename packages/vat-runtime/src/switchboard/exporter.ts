/**
 * The owner of what is handed over: keeps deposited gifts until those for whom they are come for them.
 *
 * Giver and receiver are those of the sessions, as proved. A gift for somebody else, one that was
 * had, one that is too old and one that never was are the same: after a while, nothing.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Ref } from './connection.ts';
import { WireViolation } from './forms.ts';
import type { GiftDeposit, GiftWithdraw } from './gifts.ts';
import type { Limits } from './limits.ts';
import type { Nodes } from './nodes.ts';
import type { Output } from './output.ts';
import { isOwn, reverse } from './wire.ts';

export type ExporterPowers = {
  readonly limits: Limits;
  readonly cLists: CLists;
  readonly output: Output;
  readonly nodes: Nodes;
  /** Runs a task behind the calls of a party for an object that wait here. */
  readonly behindCalls: (ref: Ref, asker: Connection, task: () => void) => void;
};

type Deposit = {
  readonly ref: Ref;
  /** It stands behind calls of its giver that wait here. */
  isReady: boolean;
  readonly forget: () => void;
};

type Wait = { readonly connection: Connection; readonly answer: (ref: Ref | undefined) => void };

/** How many gifts for one receiver any giver may have there, whatever others have. */
const fewGifts = 16;

const countIn = (counts: Map<string, number>, key: string, change: number): void => {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
};

export class Exporter {
  readonly #powers: ExporterPowers;
  /** By giver, receiver and id. */
  readonly #deposits = new Map<string, Deposit>();
  readonly #waits = new Map<string, Wait>();
  /** Deposits by giver, by receiver, and by both. */
  readonly #counts = new Map<string, number>();
  readonly #waitCounts = new Map<string, number>();

  constructor(powers: ExporterPowers) {
    this.#powers = powers;
  }

  /** Gifts that nobody has withdrawn yet, and withdrawals that wait for theirs. */
  get open(): { deposits: number; waits: number } {
    return { deposits: this.#deposits.size, waits: this.#waits.size };
  }

  deposit(giver: Connection, { id, receiver, slot }: GiftDeposit): void {
    const { cLists, nodes, limits, behindCalls } = this.#powers;
    if (isOwn(slot)) throw new WireViolation('a gift of an own object');
    const { ref } = cLists.entryAt(giver, slot);
    // What every stranger has is for himself: two of them would cost rows otherwise.
    if (ref === giver.bootstrap) return;
    const forWhom = nodes.partyOf(receiver);
    const pair = `${giver.id} ${forWhom}`;
    const key = `${pair} ${id}`;
    if (this.#deposits.has(key) || !this.#hasRoom(giver.id, forWhom)) return;
    const counted = [`${giver.id} `, ` ${forWhom}`, pair];
    for (const each of counted) countIn(this.#counts, each, 1);
    cLists.pin([ref]);
    const cancel = nodes.after(limits.maxGiftMilliseconds, () => forget());
    const forget = () => {
      if (!this.#deposits.delete(key)) return;
      cancel();
      for (const each of counted) countIn(this.#counts, each, -1);
      cLists.unpin([ref]);
    };
    const made: Deposit = { ref, isReady: false, forget };
    this.#deposits.set(key, made);
    behindCalls(ref, giver, () => {
      made.isReady = true;
      const wait = this.#waits.get(key);
      if (wait !== undefined && this.#deposits.get(key) === made) this.#give(made, wait.answer);
    });
  }

  withdraw(receiver: Connection, { number, giver, id }: GiftWithdraw): void {
    const { output, cLists, nodes, limits } = this.#powers;
    const key = `${nodes.partyOf(giver)} ${receiver.id} ${id}`;
    const answer = (ref: Ref | undefined) => {
      if (ref === undefined || ref.broken !== undefined) {
        return output.send(receiver, { type: 'GIFT_ANSWER', number });
      }
      const entry = cLists.provideEntry(receiver, ref);
      cLists.countSent(receiver, entry);
      return output.send(receiver, { type: 'GIFT_ANSWER', number, slot: reverse(entry.slot) });
    };
    const deposit = this.#deposits.get(key);
    if (deposit?.isReady === true) return this.#give(deposit, answer);
    const waiting = this.#waitCounts.get(receiver.id) ?? 0;
    if (this.#waits.has(key) || waiting >= limits.maxAwaitedGifts) return answer(undefined);
    countIn(this.#waitCounts, receiver.id, 1);
    const end = (ref: Ref | undefined) => {
      if (!this.#waits.delete(key)) return;
      cancel();
      countIn(this.#waitCounts, receiver.id, -1);
      answer(ref);
    };
    const cancel = nodes.after(limits.maxAwaitedMilliseconds, () => end(undefined));
    this.#waits.set(key, { connection: receiver, answer: end });
  }

  /** The session of a party has ended: it hears no answer. What is deposited for it, or by it, stays. */
  onDown(connection: Connection): void {
    for (const wait of [...this.#waits.values()]) {
      if (wait.connection === connection) wait.answer(undefined);
    }
  }

  #give(deposit: Deposit, answer: (ref: Ref | undefined) => void): void {
    answer(deposit.ref);
    deposit.forget();
  }

  #hasRoom(giver: string, receiver: string): boolean {
    const { maxGiftsOfGiver, maxGiftsForReceiver } = this.#powers.limits;
    const count = (key: string) => this.#counts.get(key) ?? 0;
    if (count(`${giver} `) >= maxGiftsOfGiver) return false;
    return count(` ${receiver}`) < maxGiftsForReceiver || count(`${giver} ${receiver}`) < fewGifts;
  }
}
