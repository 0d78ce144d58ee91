/**
 * The receiver of gifts: withdraws what another node introduces from who owns it.
 *
 * What names it waits meanwhile: a call in line for its target (`lines.ts`), an answer or what a
 * promise became by itself. Then it is delivered with the owner's own reference, which is the same
 * object however it came; or, where that is not to be had in time, with what forwards, which says so
 * (`Ref.forwarded`). It is settled either way, as guards want it, and as it may be stored.
 *
 * A slot that was delivered as forwarding stays so for as long as somebody here has it: one slot
 * never stands for two objects at a time.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Data, Ref, Withdrawal } from './connection.ts';
import { type Gift } from './gifts.ts';
import type { Limits } from './limits.ts';
import { type Nodes, noNodes } from './nodes.ts';
import type { Output } from './output.ts';
import { type TokenBucket, makeTokenBucket } from './token-bucket.ts';
import { type CapData, isOwn, reverse } from './wire.ts';
import { type Open, isHome, release, replace, wait } from './withdrawal.ts';

/** What became of what was introduced here. */
export const handoffOutcomes = [
  'direct',
  'unreachable',
  'refused',
  'late',
  'too many',
  'unknown node',
] as const;
export type HandoffOutcome = (typeof handoffOutcomes)[number];

export type ReceiverPowers = {
  readonly limits: Limits;
  readonly cLists: CLists;
  readonly output: Output;
  readonly nodes: Nodes;
  /** The party with an id, where there is one. */
  readonly known: (party: string) => Connection | undefined;
  readonly now: () => number;
  /** Whether calls of a party for an object wait here, and a task that is run behind them. */
  readonly isBusy: (ref: Ref, asker: Connection) => boolean;
  readonly behindCalls: (ref: Ref, asker: Connection, task: () => void) => void;
  /** A reference of the party is direct now, or forwards for as long as it is held. */
  readonly onOutcome: (giver: Connection, outcome: HandoffOutcome) => void;
};

export class Receiver {
  readonly #powers: ReceiverPowers;
  readonly #open = new Map<number, Open>();
  readonly #underWay = new WeakMap<Connection, number>();
  readonly #dials = new WeakMap<Connection, TokenBucket>();
  #lastNumber = 0;

  constructor(powers: ReceiverPowers) {
    this.#powers = powers;
  }

  /** Withdrawals that are not over. */
  get open(): number {
    return this.#open.size;
  }

  /** Whether something is to be withdrawn from a party. */
  waitsFor({ id }: Connection): boolean {
    for (const { exporter } of this.#open.values()) if (exporter === id) return true;
    return false;
  }

  /**
   * From a sender's slots to Refs, as `CLists.take`, and pins them. Where it has `gifts` then, it waits
   * for some.
   * @param pipelined - it is one capability, and calls on it that went to the sender come before others
   */
  take(giver: Connection, capData: CapData, gifts: readonly Gift[] = [], pipelined = false): Data {
    const { cLists, nodes } = this.#powers;
    const data: Data = cLists.take(giver, capData);
    cLists.pin(data.refs);
    if (!giver.kind.remote || nodes === noNodes) return data;
    const fence = pipelined
      ? this.#fence(giver, data.refs[0]!, capData.slots[0]!, gifts[0])
      : undefined;
    if (fence !== undefined) {
      wait(data, fence);
      return data;
    }
    const fences = new Map<Ref, Open | undefined>();
    for (const gift of gifts) {
      const ref = data.refs[gift.at]!;
      if (this.#isWelcome(giver, ref, gift)) this.#begin(giver, ref, gift);
      else fences.set(ref, this.#fenceBy(giver, ref, gift));
    }
    for (const ref of new Set(data.refs)) {
      const awaited = fences.get(ref) ?? ref.withdrawal;
      if (awaited !== undefined) wait(data, awaited);
      else if (ref.direct !== undefined) {
        replace(data, ref, ref.direct);
        this.#giveBack(ref);
      }
      if (this.#powers.isBusy(ref, giver)) this.#waitBehindCalls(data, ref, giver);
    }
    return data;
  }

  /** What waits is not waited for: it is as it came. */
  abandon(data: Data): void {
    for (const each of data.gifts?.pending ?? []) each.waiting.delete(data);
    delete data.gifts;
  }

  /** The same for what is delivered as it came, since too much of the giver's waits. */
  forward(giver: Connection, data: Data): void {
    for (const { ref } of data.gifts?.pending ?? []) this.#forward(giver, ref, 'too many');
    this.abandon(data);
  }

  /** The answer of an exporter, or of an introducer who cannot deposit again. */
  onAnswer(from: Connection, number: number, slot: string | undefined): void {
    const { cLists } = this.#powers;
    const open = this.#open.get(number);
    const [direct] = slot === undefined ? [] : cLists.take(from, { body: '', slots: [slot] }).refs;
    const isExpected =
      open !== undefined &&
      (from.id === open.exporter ||
        (from === open.giver && (direct === undefined || isHome(open))));
    if (isExpected) {
      const { ref, giver } = open;
      // What came back here may stand in line behind calls of the introducer himself.
      if (isHome(open)) this.#powers.behindCalls(ref, giver, () => this.#end(open, ref));
      else if (direct === undefined || direct.broken !== undefined) this.#fail(open, 'refused');
      else this.#end(open, direct.direct ?? direct);
    }
    // It came too late, or is an object that came in another way as well.
    if (direct !== undefined) cLists.releaseIfUnheld(direct);
  }

  /** The session with a party has begun. */
  onUp(connection: Connection): void {
    for (const open of [...this.#open.values()]) {
      if (open.exporter === connection.id && !open.isSent) this.#send(open, connection);
    }
  }

  /** The session with a party has ended. */
  onDown(connection: Connection): void {
    for (const open of [...this.#open.values()]) {
      if (open.exporter === connection.id) open.isSent = false;
      // What it was asked to pass on before is lost or there: nobody knows.
      if (open.giver === connection && open.isAgain) this.#waitLess(open);
    }
    for (const { slot, ref } of [...connection.bySlot.values()]) {
      if (!isOwn(slot)) continue;
      this.#powers.cLists.unalias(ref);
      // What forwards may still work where what ends with this session does not.
      if (!ref.lasting)
        for (const alias of [...(ref.aliases ?? [])]) this.#powers.cLists.unalias(alias);
    }
  }

  /** Nobody will deposit it again: what waits takes what there is. */
  #waitLess(open: Open): void {
    const { ref } = open;
    const { withdrawal, direct } = ref;
    if (withdrawal === undefined) return this.#end(open, direct ?? ref);
    for (const data of open.waiting) {
      data.gifts!.pending.delete(open);
      wait(data, withdrawal);
    }
    open.waiting.clear();
    this.#end(open, ref);
  }

  /** Nobody here has what a slot stands for. It may be under way, so who sends it is asked. */
  onIdle(alias: Ref): void {
    if (alias.isLeaving === true) return;
    alias.isLeaving = true;
    const { owner, slot } = alias;
    this.#powers.output.send(owner, { type: 'GIFT_DONE', slot: reverse(slot) });
  }

  /** A party is not to be had. */
  onUnreachable({ id }: Connection): void {
    for (const open of [...this.#open.values()]) {
      if (open.exporter === id && !open.isSent) this.#fail(open, 'unreachable');
    }
  }

  /** Whether what forwards may become something else now, and the gift says what. */
  #isWelcome(giver: Connection, ref: Ref, { exporter }: Gift): boolean {
    const { nodes } = this.#powers;
    if (ref.direct !== undefined || ref.withdrawal !== undefined) return false;
    if (ref.holders.size > 0 || ref.aliases !== undefined) return false;
    return nodes.partyOf(exporter) !== giver.id && exporter !== nodes.self;
  }

  #begin(giver: Connection, ref: Ref, gift: Gift): void {
    const exporter = this.#powers.nodes.partyOf(gift.exporter);
    const { id } = gift;
    const open = this.#make(giver, ref, { exporter, id, isAgain: false, isFence: false });
    if (open === undefined) return;
    ref.withdrawal = open;
    this.#reach(open, gift);
  }

  /**
   * What is introduced is here, or on its way, and calls that the introducer made on it since may not
   * be there yet: it comes behind them.
   */
  #fenceBy(giver: Connection, ref: Ref, gift: Gift): Open | undefined {
    const exporter = (ref.withdrawal as Open | undefined)?.exporter ?? ref.direct?.owner.id;
    if (exporter === undefined || exporter !== this.#powers.nodes.partyOf(gift.exporter)) {
      return undefined;
    }
    const open = this.#make(giver, ref, { exporter, id: gift.id, isAgain: false, isFence: true });
    return open && this.#reach(open, undefined);
  }

  /** A slot that is only a name here keeps nothing alive at who sent it. */
  #giveBack(alias: Ref): void {
    const { owner, slot, received: times } = alias;
    delete alias.isLeaving;
    if (times === 0) return;
    alias.received = 0;
    this.#powers.output.send(owner, { type: 'GIFT_TAKEN', slot: reverse(slot), times });
  }

  /** Who gets an object may not call it before its introducer's own calls that wait here. */
  #waitBehindCalls(data: Data, ref: Ref, giver: Connection): void {
    const behind: Withdrawal = { ref, waiting: new Set() };
    wait(data, behind);
    this.#powers.behindCalls(ref, giver, () => release(behind));
  }

  /**
   * Calls on what is introduced went to the introducer, who passes them on: those that will go to it
   * directly may not come before. So it is asked for behind them. Other messages wait for the gift as it
   * came: were they to wait for this as well, two links could wait for each other.
   */
  #fence(giver: Connection, ref: Ref, slot: string, gift: Gift | undefined): Open | undefined {
    if (giver.link === undefined) return undefined;
    if (gift !== undefined && this.#isWelcome(giver, ref, gift)) this.#begin(giver, ref, gift);
    const owner = (ref.withdrawal as Open | undefined)?.exporter ?? ref.direct?.owner.id;
    const exporter = isOwn(slot) ? owner : giver.id;
    if (exporter === undefined) return undefined;
    const open = this.#makeAgain(giver, ref, slot, exporter);
    return open === undefined || isHome(open) ? open : this.#reach(open, undefined);
  }

  /** @returns undefined where too much is under way, or nothing may begin now */
  #make(
    giver: Connection,
    ref: Ref,
    rest: Pick<Open, 'exporter' | 'id' | 'isAgain' | 'isFence'>,
  ): Open | undefined {
    const { limits, nodes, cLists } = this.#powers;
    const underWay = this.#underWay.get(giver) ?? 0;
    if (underWay >= limits.maxWithdrawals) {
      if (rest.exporter !== giver.id) this.#forward(giver, ref, 'too many');
      return undefined;
    }
    this.#underWay.set(giver, underWay + 1);
    this.#lastNumber += 1;
    const open: Open = {
      ...rest,
      ref,
      waiting: new Set(),
      number: this.#lastNumber,
      giver,
      session: giver.lastSession,
      isSent: false,
      cancel: nodes.after(limits.maxWithdrawalMilliseconds, () => this.#fail(open, 'late')),
    };
    this.#open.set(open.number, open);
    cLists.pin([ref]);
    return open;
  }

  /** It is to be deposited again, behind all that went to the introducer before. */
  #makeAgain(giver: Connection, ref: Ref, slot: string, exporter: string): Open | undefined {
    const { output, nodes } = this.#powers;
    const id = nodes.makeGiftId();
    const open = this.#make(giver, ref, { exporter, id, isAgain: true, isFence: true });
    if (open === undefined) return undefined;
    const { number } = open;
    output.send(giver, { type: 'GIFT_AGAIN', number, slot: reverse(slot), id });
    return open;
  }

  /** @returns undefined where that is over already */
  #reach(open: Open, gift: Gift | undefined): Open | undefined {
    const { nodes, known } = this.#powers;
    let exporter = known(open.exporter);
    if (exporter?.link === undefined) {
      if (!this.#mayDial(open.giver)) return this.#fail(open, 'too many');
      // Where it is may be new, also of one that is known.
      exporter = (gift && nodes.provide(gift.exporter, gift.where)) ?? exporter;
    }
    if (exporter?.link !== undefined) return this.#send(open, exporter);
    return exporter?.summon?.() ? open : this.#fail(open, 'unknown node');
  }

  #mayDial(giver: Connection): boolean {
    const { limits, now } = this.#powers;
    let bucket = this.#dials.get(giver);
    if (bucket === undefined) {
      const rate = { perSecond: limits.giftDialsPerSecond, burst: limits.giftDialBurst };
      bucket = makeTokenBucket(rate, now);
      this.#dials.set(giver, bucket);
    }
    return bucket.takeOne();
  }

  #send(open: Open, exporter: Connection): Open | undefined {
    const giver = this.#powers.nodes.designatorOf(open.giver.id);
    if (giver === undefined) return this.#fail(open, 'unknown node');
    open.isSent = true;
    this.#powers.output.send(exporter, {
      type: 'GIFT_WITHDRAW',
      number: open.number,
      giver,
      id: open.id,
    });
    return open;
  }

  #forward(giver: Connection, ref: Ref, why: HandoffOutcome): void {
    ref.forwarded = why;
    this.#powers.onOutcome(giver, why);
  }

  #fail(open: Open, why: HandoffOutcome): undefined {
    if (!this.#open.has(open.number)) return;
    const { ref, giver } = open;
    if (!isHome(open) && ref.direct === undefined) this.#forward(giver, ref, why);
    this.#end(open, ref.direct ?? ref);
  }

  /** @param found - what comes; the introducer's own where it is not to be had */
  #end(open: Open, found: Ref): void {
    const { cLists, onOutcome } = this.#powers;
    if (!this.#open.delete(open.number)) return;
    open.cancel();
    const { ref, giver } = open;
    this.#underWay.set(giver, this.#underWay.get(giver)! - 1);
    if (ref.withdrawal === open) delete ref.withdrawal;
    // Once it is here as what forwards, it stays that.
    const direct = ref.holders.size > 0 ? ref : found;
    cLists.pin([direct]);
    if (direct !== ref && !open.isFence) {
      onOutcome(giver, 'direct');
      const isOver = giver.link === undefined || giver.lastSession !== open.session;
      if (!isOver) cLists.alias(ref, direct);
    }
    if (ref.direct !== undefined) this.#giveBack(ref);
    release(open, direct);
    cLists.unpin([ref]);
    cLists.unpin([direct]);
  }
}
