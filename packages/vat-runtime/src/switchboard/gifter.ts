/**
 * The giver of gifts: beside an object of another node goes what its owner is to give the receiver.
 *
 * The gift is deposited over the link to the owner, behind all that was sent there before. So what was
 * asked of the object here comes before what the receiver asks of it.
 */
import type { Connection, Entry, Ref } from './connection.ts';
import { type Gift, type GiftAgain } from './gifts.ts';
import type { Limits } from './limits.ts';
import type { Nodes } from './nodes.ts';
import type { Output } from './output.ts';
import { type TokenBucket, makeTokenBucket } from './token-bucket.ts';
import { isOwn, reverse } from './wire.ts';

export type GifterPowers = {
  readonly limits: Limits;
  readonly output: Output;
  readonly nodes: Nodes;
  readonly now: () => number;
  /** Runs a task behind the calls of a party for an object that wait here. */
  readonly behindCalls: (ref: Ref, asker: Connection, task: () => void) => void;
};

export class Gifter {
  readonly #powers: GifterPowers;
  readonly #asked = new WeakMap<Connection, TokenBucket>();
  #given = 0;

  constructor(powers: GifterPowers) {
    this.#powers = powers;
  }

  /** Gifts since the start. */
  get given(): number {
    return this.#given;
  }

  /**
   * The gift beside a slot of a message, deposited. Once for each session, since the slot stands for it
   * then; and again where calls from here are under way to it, behind which the receiver has to come.
   */
  giftFor(receiver: Connection, entry: Entry, at: number): Gift | undefined {
    const { nodes } = this.#powers;
    const { ref } = entry;
    if (entry.given === true && ref.openCalls === undefined) return undefined;
    if (!this.#mayGive(receiver, ref)) return undefined;
    const exporter = nodes.designatorOf(ref.owner.id);
    const receiverName = nodes.designatorOf(receiver.id);
    if (exporter === undefined || receiverName === undefined) return undefined;
    entry.given = true;
    const id = nodes.makeGiftId();
    this.#deposit(ref, receiverName, id);
    const where = nodes.locationsOf(exporter);
    return { at, id, exporter, ...(where === undefined ? {} : { where }) };
  }

  /** A receiver wants one more, behind what it sent until now. */
  again(receiver: Connection, { number, slot, id }: GiftAgain): void {
    const ref = receiver.bySlot.get(slot)?.ref;
    const receiverName = this.#powers.nodes.designatorOf(receiver.id);
    if (isOwn(slot) && ref !== undefined) {
      return this.#powers.output.send(receiver, {
        type: 'GIFT_ANSWER',
        number,
        slot: reverse(slot),
      });
    }
    const refuse = () => this.#powers.output.send(receiver, { type: 'GIFT_ANSWER', number });
    if (ref === undefined || receiverName === undefined) return refuse();
    if (!this.#mayGive(receiver, ref) || !this.#bucketOf(receiver).takeOne()) return refuse();
    // Calls of the receiver for it may wait here as well, and its owner may be lost meanwhile.
    this.#powers.behindCalls(ref, receiver, () => {
      if (this.#mayGive(receiver, ref)) this.#deposit(ref, receiverName, id);
      else refuse();
    });
  }

  #mayGive(receiver: Connection, { owner, slot, broken }: Ref): boolean {
    if (!receiver.kind.remote || !owner.kind.remote || owner === receiver) return false;
    return slot[0] === 'o' && owner.link !== undefined && broken === undefined;
  }

  #deposit({ owner, slot }: Ref, receiver: string, id: string): void {
    this.#given += 1;
    this.#powers.output.send(owner, { type: 'GIFT_DEPOSIT', id, receiver, slot: reverse(slot) });
  }

  #bucketOf(receiver: Connection): TokenBucket {
    const { limits, now } = this.#powers;
    let bucket = this.#asked.get(receiver);
    if (bucket === undefined) {
      const rate = { perSecond: limits.giftsAgainPerSecond, burst: limits.giftsAgainBurst };
      bucket = makeTokenBucket(rate, now);
      this.#asked.set(receiver, bucket);
    }
    return bucket;
  }
}
