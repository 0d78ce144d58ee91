/**
 * Messages to a party. References are rewritten to the slots that they have there, or get there.
 * What leaves the node waits until the state it was made from is on disk.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Data, Entry, Link, Outcome, Ref } from './connection.ts';
import type { Credit } from './credit.ts';
import type { Limits } from './limits.ts';
import { type CapData, type Message, WireViolation, isOwn, reverse } from './wire.ts';

/** What a message that waits takes in memory beside its body, in characters. */
const lengthAround = 500;

export type OutputPowers = {
  readonly limits: Limits;
  readonly cLists: CLists;
  readonly credit: Credit;
  /** A party holds too much to be sent more: its session ends. */
  readonly end: (receiver: Connection, link: Link, violation: WireViolation) => void;
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
    make: (data: CapData) => Message,
    asker?: Connection,
  ): void {
    const { link } = receiver;
    if (link === undefined) return;
    const { limits, cLists, end } = this.#powers;
    const { inside, remote, unlimited = inside || remote } = receiver.kind;
    if (!unlimited && receiver.bySlot.size - receiver.exports >= limits.maxImports) {
      return end(receiver, link, new WireViolation('too many references'));
    }
    const settledPromises: Ref[] = [];
    const sent = new Set<Entry>();
    const slots = refs.map((ref) => {
      const isNew = !receiver.byRef.has(ref);
      const entry = cLists.provideEntry(receiver, ref);
      if (isNew && ref.outcome !== undefined) settledPromises.push(ref);
      sent.add(entry);
      return reverse(entry.slot);
    });
    for (const entry of sent) if (!isOwn(entry.slot)) entry.sent += 1;
    this.send(receiver, make({ body, slots }), body.length, asker);
    // The owner resolves a promise once; whoever gets it later learns it from us.
    for (const ref of settledPromises) this.sendResolution(receiver, ref, ref.outcome!);
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
