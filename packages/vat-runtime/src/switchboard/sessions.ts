/**
 * Sessions: how the one with each party begins, rests and ends, and what every part is told of it.
 *
 * An end comes from the party, from whoever runs it or carries its link, or from here, where it broke the
 * protocol or a limit, or where all parties together have too much.
 */
import type { CLists } from './c-lists.ts';
import type { Connection, Link } from './connection.ts';
import type { Credit, Gate } from './credit.ts';
import type { Exporter } from './exporter.ts';
import { formatHeld } from './held-slots.ts';
import type { Output } from './output.ts';
import type { Receiver } from './receiver.ts';
import type { Routing } from './routing.ts';
import { WireViolation, isLasting, isOwn } from './wire.ts';

export type SessionsPowers = {
  /** By id. Those who cannot come back go with their sessions. */
  readonly parties: Map<string, Connection>;
  readonly cLists: CLists;
  readonly credit: Credit;
  readonly output: Output;
  readonly routing: Routing;
  readonly receiver: Receiver;
  readonly exporter: Exporter;
  readonly gate: Gate;
  /** The objects of another node that rows name. Without it no node is told what is held of it. */
  readonly namedOf: ((owner: string) => Iterable<string>) | undefined;
  /** A session is ended from here. */
  readonly onViolation: (connection: Connection, reason: string) => void;
};

export class Sessions {
  readonly #powers: SessionsPowers;
  readonly #cLists: CLists;
  readonly #output: Output;
  readonly #routing: Routing;
  readonly #receiver: Receiver;
  /** Sessions that were ended for a violation, by its reason. */
  readonly #violations = new Map<string, number>();

  constructor(powers: SessionsPowers) {
    this.#powers = powers;
    this.#cLists = powers.cLists;
    this.#output = powers.output;
    this.#routing = powers.routing;
    this.#receiver = powers.receiver;
  }

  /** Those that were ended from here since the start, by reason. */
  get violations(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#violations);
  }

  /** The session with a party begins. What waited for it is delivered, in order. */
  up(connection: Connection, link: Link): void {
    connection.link = link;
    connection.lastSession += 1;
    this.#powers.credit.sessionBegan(connection);
    this.#receiver.onUp(connection);
    this.#routing.deliverHeld(connection);
    // After the calls that waited, which may be the last to need an object.
    if (connection.kind.remote) this.#sayHeld(connection);
  }

  /** Tells another node which of its lasting objects are held here: the rest it need not keep. */
  #sayHeld(connection: Connection): void {
    const { namedOf } = this.#powers;
    if (namedOf === undefined) return;
    const held = new Set(namedOf(connection.id));
    for (const slot of connection.bySlot.keys()) if (isOwn(slot) && isLasting(slot)) held.add(slot);
    const { upTo, slots } = formatHeld(held);
    this.#output.send(connection, { type: 'CTP_HELD', epoch: 0, upTo, slots }, slots.length);
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
    if (held.length === 0 && connection.bySlot.size === 0)
      this.#powers.parties.delete(connection.id);
  }

  /** The link that was summoned is not to be had. What waited for it is refused. */
  unreachable(connection: Connection, why: string): void {
    this.#receiver.onUnreachable(connection);
    this.#routing.refuseHeld(connection, why);
  }

  /**
   * The session with a party has ended. Its open questions are forgotten, those it owed are
   * settled, its ephemeral objects are broken, and what only it held is dropped.
   * Lasting entries stay: the party may come back.
   */
  down(connection: Connection, why: string): void {
    this.#powers.credit.sessionEnds(connection);
    connection.link = undefined;
    this.#receiver.onDown(connection);
    this.#powers.exporter.onDown(connection);
    this.#routing.forgetQuestions(connection);
    this.#routing.failOwed(connection, why);
    for (const entry of [...connection.bySlot.values()]) {
      const { slot, ref } = entry;
      if (isOwn(slot)) {
        if (ref.lasting) continue;
        ref.broken = why;
        this.#cLists.forget(connection, entry);
        const isOpen = ref.outcome === undefined && ref.isSettling !== true;
        if (slot[0] === 'p' && isOpen) this.#routing.breakPromise(ref, why);
      } else if (!entry.kept) {
        this.#cLists.forget(connection, entry);
        this.#cLists.releaseIfUnheld(ref);
      } else delete entry.given;
    }
    this.#cLists.sessionEnded(connection);
    this.#routing.refuseHeld(connection, why);
    if (!connection.kind.lasting) this.#powers.parties.delete(connection.id);
  }

  /** The party ends it. */
  disconnect(connection: Connection): void {
    const link = connection.link!;
    const why = 'the other side ended the session';
    if (connection.kind.inside) return this.#endInside(connection, link, why);
    this.down(connection, why);
    return link.end(why);
  }

  /** The session of the party outside with the most objects ends. */
  makeRoom(next: Connection): void {
    let largest = next;
    for (const party of this.#powers.parties.values()) {
      const { inside, unlimited = false } = party.kind;
      if (inside || unlimited || party.link === undefined) continue;
      if (party.exports > largest.exports) largest = party;
    }
    const violation = new WireViolation('too many objects in all');
    if (largest === next) throw violation;
    this.end(largest, largest.link!, violation);
  }

  /** The node ends it, since the party broke the protocol or a limit. */
  end(connection: Connection, link: Link, { message, reason }: WireViolation): void {
    this.#violations.set(reason, (this.#violations.get(reason) ?? 0) + 1);
    this.#powers.onViolation(connection, reason);
    if (connection.kind.inside) return this.#endInside(connection, link, message);
    this.#output.send(connection, { type: 'CTP_DISCONNECT', epoch: 0, reason: message });
    this.#powers.gate(() => link.end(message), 0);
    this.down(connection, 'its session was ended');
  }

  /** A vat may have done more, of which the node has not heard yet, and its rows may name what it holds. */
  #endInside(connection: Connection, link: Link, why: string): void {
    this.pause(connection);
    link.end(why);
  }
}
