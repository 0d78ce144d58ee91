/**
 * Messages to a party. References are rewritten to the slots that they have there, or get there.
 * What leaves the node waits until the state it was made from is on disk.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Data, Entry, Link, Outcome, Ref } from './connection.ts';
import type { Credit } from './credit.ts';
import { type Gift, lengthOfGift } from './gifts.ts';
import type { Limits } from './limits.ts';
import {
  type CapData,
  type Call,
  type Message,
  type Resolve,
  type Return,
  WireViolation,
  reverse,
} from './wire.ts';

/** What a message that waits takes in memory beside its body, in characters. */
const lengthAround = 500;

export type OutputPowers = {
  readonly limits: Limits;
  readonly cLists: CLists;
  readonly credit: Credit;
  /** A party holds too much to be sent more: its session ends. */
  readonly end: (receiver: Connection, link: Link, violation: WireViolation) => void;
  /** How another node may have an object from its owner. */
  readonly giftFor: (receiver: Connection, entry: Entry, at: number) => Gift | undefined;
};

export class Output {
  readonly #powers: OutputPowers;

  constructor(powers: OutputPowers) {
    this.#powers = powers;
  }

  /** Sends a message without references. */
  send(receiver: Connection, message: Message, bodyLength = 0, asker?: Connection): void {
    const { link } = receiver;
    if (link === undefined) return;
    if (receiver.kind.inside) return link.send(message, asker);
    this.#powers.credit.atGate(receiver, bodyLength + lengthAround, () => {
      if (receiver.link === link || message.type === 'CTP_DISCONNECT') link.send(message);
    });
  }

  /** From Refs to the receiver's slots, written from our side; then the message leaves. */
  sendWith(
    receiver: Connection,
    { body, refs }: Data,
    make: (data: CapData) => Call | Return | Resolve,
    asker?: Connection,
  ): void {
    const { link } = receiver;
    if (link === undefined) return;
    const { limits, end } = this.#powers;
    const { inside, remote, unlimited = inside || remote } = receiver.kind;
    if (!unlimited && receiver.bySlot.size - receiver.exports >= limits.maxImports) {
      return end(receiver, link, new WireViolation('too many references'));
    }
    const { slots, gifts, settledPromises } = this.dataFor(receiver, refs);
    const message = make({ body, slots });
    const length = body.length + gifts.length * lengthOfGift;
    this.send(receiver, gifts.length === 0 ? message : { ...message, gifts }, length, asker);
    // The owner resolves a promise once; whoever gets it later learns it from us.
    for (const ref of settledPromises) this.sendResolution(receiver, ref, ref.outcome!);
  }

  /** The slots in which a party has objects, or gets them, and how it may have them from their owners. */
  dataFor(
    receiver: Connection,
    refs: readonly Ref[],
  ): {
    readonly slots: readonly string[];
    readonly gifts: readonly Gift[];
    /** Those that it has not heard of. */
    readonly settledPromises: readonly Ref[];
  } {
    const { limits, cLists, giftFor } = this.#powers;
    const gifts: Gift[] = [];
    const settledPromises: Ref[] = [];
    const sent = new Set<Entry>();
    const slots = refs.map((ref, at) => {
      const isNew = !receiver.byRef.has(ref);
      const entry = cLists.provideEntry(receiver, ref);
      if (isNew && ref.outcome !== undefined) settledPromises.push(ref);
      sent.add(entry);
      if (receiver.kind.remote && gifts.length < limits.maxGiftsPerMessage) {
        const gift = giftFor(receiver, entry, at);
        if (gift !== undefined) gifts.push(gift);
      }
      return reverse(entry.slot);
    });
    for (const entry of sent) cLists.countSent(receiver, entry);
    return { slots, gifts, settledPromises };
  }

  /** @param resolver - whose doing it is: a vat that learns of it has work, as by a call */
  sendResolution(holder: Connection, ref: Ref, outcome: Outcome, resolver?: Connection): void {
    const entry = holder.byRef.get(ref);
    if (entry === undefined) return;
    const isWork =
      resolver !== undefined &&
      !resolver.kind.inside &&
      holder.kind.inside &&
      holder.link !== undefined;
    if (isWork) this.#powers.credit.count(resolver, outcome.data);
    this.sendWith(
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
}
