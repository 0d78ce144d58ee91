/**
 * The c-lists of all parties: which object stands in which slot, and who still needs it.
 *
 * There is one Ref for each object. It stays as long as some party holds it, or something pins it:
 * a call that waits, a promise that settled to it, an answer that may still be called.
 * After that its owner is told, by `drop`, how many times it was received.
 */
import { Connection, type Data, type Entry, type PendingCall, type Ref } from './connection.ts';
import type { Limits } from './limits.ts';
import { numberOf } from './held-slots.ts';
import { type CapData, WireViolation, isLasting, isOwn } from './wire.ts';

/** Where lasting c-list entries are kept between restarts. */
export type LastingSlots = {
  /** What stands in a party's slot: the owner's id and the owner's slot. */
  at(party: string, slot: string): { owner: string; slot: string } | undefined;
  /** The slot in which a party already keeps an object. */
  slotOf(party: string, owner: string, slot: string): string | undefined;
  /** A slot that this party never had. */
  next(party: string): string;
  keep(party: string, slot: string, owner: string, ownerSlot: string): void;
  /** Forgets what stands in a party's slot. The slot is not given again. */
  erase(party: string, slot: string): void;
  /** Whether the party was given this slot at some time, whatever became of it. */
  wasGiven(party: string, slot: string): boolean;
  /** Whether a row names an object of another node: then it may be asked for again. */
  isNamed(owner: string, slot: string): boolean;
};

/** What is said of a reference that its exporter has erased. */
const GONE =
  'the reference is no longer kept: its holder gave it up, or was not heard of for too long';

export type CListPowers = {
  readonly slots: LastingSlots;
  readonly limits: Limits;
  /** The connection of the party with this id, made if need be. */
  readonly provide: (id: string) => Connection | undefined;
  /** Nobody holds the object any more: its owner may forget it too. */
  readonly drop: (owner: Connection, slot: string, received: number) => void;
  /** What stands for another node's object need not do so any more. */
  readonly onIdle: (alias: Ref) => void;
  /**
   * All parties outside together have sent too many objects. Ends the session of the one with the
   * most. @throws WireViolation where it is `next`
   */
  readonly onFull: (next: Connection) => void;
};

const isNeeded = ({ holders, pins, queue }: Ref): boolean =>
  holders.size > 0 || pins > 0 || queue.size > 0;

export class CLists {
  readonly #powers: CListPowers;
  /** Objects that parties outside have in their tables as their own. */
  #exportsOutside = 0;
  /** The owner of what exists no more. */
  readonly #nobody = new Connection('', { inside: false, remote: false, lasting: false });

  constructor(powers: CListPowers) {
    this.#powers = powers;
  }

  /** The one Ref of a party's own object. */
  refAt(owner: Connection, slot: string): Ref {
    const known = owner.bySlot.get(slot);
    if (known !== undefined) return known.ref;
    const ref: Ref = {
      owner,
      slot,
      lasting: isLasting(slot) && owner.kind.lasting,
      received: owner.receivedBefore.get(slot) ?? 0,
      holders: new Set(),
      pins: 0,
      queue: new Set(),
    };
    owner.receivedBefore.delete(slot);
    const entry = { slot, ref, sent: 0, kept: false };
    owner.bySlot.set(slot, entry);
    owner.byRef.set(ref, entry);
    owner.exports += 1;
    if (ref.lasting) owner.lastingExports += 1;
    if (slot[0] === 'p') owner.promises += 1;
    if (!owner.kind.inside) this.#exportsOutside += 1;
    return ref;
  }

  /** A party's entry in one of its slots. @throws WireViolation where there is none */
  entryAt(connection: Connection, slot: string): Entry {
    const known = connection.bySlot.get(slot);
    if (known !== undefined) return known;
    if (isOwn(slot)) {
      if (isLasting(slot) && !connection.kind.lasting) {
        throw new WireViolation('lasting slot of a party that does not last');
      }
      this.#makeRoom(connection, slot);
      this.refAt(connection, slot);
      return connection.bySlot.get(slot)!;
    }
    const kept = isLasting(slot) ? this.#powers.slots.at(connection.id, slot) : undefined;
    const owner = kept && this.#powers.provide(kept.owner);
    if (kept === undefined || owner === undefined) {
      // Another node may have been away for longer than what it holds is kept for it.
      if (connection.kind.remote && this.#powers.slots.wasGiven(connection.id, slot)) {
        return this.#goneEntry(slot);
      }
      throw new WireViolation('unknown slot');
    }
    const ref = this.refAt(owner, kept.slot);
    this.place(connection, slot, ref);
    return connection.bySlot.get(slot)!;
  }

  /**
   * Stands for an object that was erased. It is in nobody's tables, and a new one each time, so that
   * no two of them are taken for the same object.
   */
  #goneEntry(slot: string): Entry {
    const ref: Ref = {
      ...{ owner: this.#nobody, slot: 'o+1', lasting: false, received: 0, pins: 0, broken: GONE },
      ...{ holders: new Set<Connection>(), queue: new Set<PendingCall>() },
    };
    return { slot, ref, sent: 0, kept: false };
  }

  /** The entry in which a party holds an object, made when it has none. */
  provideEntry(connection: Connection, ref: Ref): Entry {
    const known = connection.byRef.get(ref);
    if (known !== undefined) return known;
    const { slots } = this.#powers;
    const { lasting } = connection.kind;
    const isKept = lasting && ref.lasting;
    const old = isKept ? slots.slotOf(connection.id, ref.owner.id, ref.slot) : undefined;
    let slot = old;
    if (slot === undefined && isKept) slot = slots.next(connection.id);
    if (slot === undefined) {
      connection.lastImport += 1;
      slot = `${ref.slot[0]}-${connection.lastImport}`;
    }
    const entry: Entry = { slot, ref, sent: 0, kept: old !== undefined };
    connection.bySlot.set(slot, entry);
    connection.byRef.set(ref, entry);
    ref.holders.add(connection);
    // Another node may store what it is sent and use it years later, so its entry is kept at once.
    if (isKept && connection.kind.remote) this.keep(connection, entry);
    return entry;
  }

  /** A party is sent what stands in an entry of others' objects. */
  countSent(connection: Connection, entry: Entry): void {
    if (isOwn(entry.slot)) return;
    entry.sent += 1;
    entry.ref.servedElsewhere?.delete(connection);
    entry.ref.holders.add(connection);
    // Under the number that it had, which was given for nothing else.
    if (connection.kind.remote && isLasting(entry.slot)) this.keep(connection, entry);
  }

  /** A node has an object from its owner: it needs what it was sent so often only as a name for it. */
  serveElsewhere(connection: Connection, slot: string, times: number): void {
    const entry = connection.bySlot.get(slot);
    if (entry === undefined || isOwn(slot) || !connection.kind.remote) return;
    entry.given = true;
    entry.sent -= Math.min(times, entry.sent);
    if (entry.sent > 0) return;
    const { ref } = entry;
    ref.servedElsewhere ??= new Set();
    ref.servedElsewhere.add(connection);
    ref.holders.delete(connection);
    // A name lasts as long as the session, so it is none of those that the node may store.
    if (entry.kept && numberOf(slot) !== undefined) {
      entry.kept = false;
      this.#powers.slots.erase(connection.id, slot);
    }
    this.releaseIfUnheld(ref);
  }

  /** Gives a party an object in a slot agreed beforehand, for good. */
  place(connection: Connection, slot: string, ref: Ref): void {
    const entry = { slot, ref, sent: 0, kept: true };
    connection.bySlot.set(slot, entry);
    connection.byRef.set(ref, entry);
    ref.holders.add(connection);
  }

  /** From a sender's slots to Refs. What it sends of its own is counted, to be given back. */
  take(connection: Connection, { body, slots }: CapData): Data {
    const entries = slots.map((slot) => this.entryAt(connection, slot));
    for (const entry of new Set(entries)) if (isOwn(entry.slot)) entry.ref.received += 1;
    return { body, refs: entries.map(({ ref }) => ref) };
  }

  /** Makes an entry outlive the session. */
  keep(connection: Connection, entry: Entry): void {
    if (entry.kept) return;
    entry.kept = true;
    this.#powers.slots.keep(connection.id, entry.slot, entry.ref.owner.id, entry.ref.slot);
  }

  #makeRoom(connection: Connection, slot: string): void {
    // The objects of a vat of ours are bounded by what it may store.
    const { inside, unlimited = inside } = connection.kind;
    const { maxExports, maxPromises, maxLastingExports, maxExportsInAll, maxLinks } =
      this.#powers.limits;
    const { exports, lastingExports, promises } = connection;
    if (unlimited) return;
    if (slot[0] === 'p' && promises >= maxPromises) throw new WireViolation('too many promises');
    if (
      isLasting(slot) ? lastingExports >= maxLastingExports : exports - lastingExports >= maxExports
    ) {
      throw new WireViolation('too many objects');
    }
    // What is held of nodes that are away cannot be taken from them. It shuts nobody out who has few.
    const isOneOfFew = exports < maxExportsInAll / maxLinks - 1;
    if (!inside && this.#exportsOutside >= maxExportsInAll && !isOneOfFew)
      this.#powers.onFull(connection);
  }

  get exportsOutside(): number {
    return this.#exportsOutside;
  }

  /** Takes an entry out of a party's tables. */
  forget(connection: Connection, entry: Entry): void {
    if (!connection.bySlot.delete(entry.slot)) return;
    if (isOwn(entry.slot)) {
      connection.exports -= 1;
      if (entry.ref.lasting) connection.lastingExports -= 1;
      if (entry.slot[0] === 'p') connection.promises -= 1;
      if (!connection.kind.inside) this.#exportsOutside -= 1;
    }
    connection.byRef.delete(entry.ref);
    entry.ref.holders.delete(connection);
    entry.ref.servedElsewhere?.delete(connection);
  }

  /** Keeps references alive here while nobody may hold them. */
  pin(refs: readonly Ref[]): void {
    for (const ref of refs) ref.pins += 1;
  }

  /** Takes back what `pin` gave, and releases what nobody needs now. */
  unpin(refs: readonly Ref[]): void {
    for (const ref of refs) ref.pins -= 1;
    for (const ref of refs) this.releaseIfUnheld(ref);
  }

  /**
   * Another node keeps what it exported until it is given back. A vat that sleeps may have it in its
   * rows: its name says all, so nothing of it has to be in memory but how often it came.
   */
  #giveBack(owner: Connection, slot: string, received: number): void {
    if (numberOf(slot) === undefined) return;
    if (!this.#powers.slots.isNamed(owner.id, slot)) this.#powers.drop(owner, slot, received);
    else if (received > 0) owner.receivedBefore.set(slot, received);
  }

  /** No row names an object of another node any more. */
  unnamed(owner: Connection, slot: string): void {
    const entry = owner.bySlot.get(slot);
    if (entry !== undefined) return this.releaseIfUnheld(entry.ref);
    const received = owner.receivedBefore.get(slot) ?? 0;
    owner.receivedBefore.delete(slot);
    this.#giveBack(owner, slot, received);
  }

  /**
   * Another node holds no longer what was kept for it, unless it was sent it again in this session:
   * that is on the way, and will be given back by itself.
   */
  eraseKept(party: string, connection: Connection | undefined, slot: string): void {
    const { slots } = this.#powers;
    const entry = connection?.bySlot.get(slot);
    if (connection === undefined || entry === undefined) return slots.erase(party, slot);
    if (entry.sent > 0) return;
    if (entry.kept) slots.erase(party, slot);
    this.forget(connection, entry);
    this.releaseIfUnheld(entry.ref);
  }

  /** A session of another node has ended: what is on the way is lost, and counts for nobody. */
  sessionEnded(connection: Connection): void {
    if (!connection.kind.remote) return;
    connection.receivedBefore.clear();
    connection.saidHeld = false;
    for (const entry of connection.bySlot.values()) {
      if (isOwn(entry.slot)) entry.ref.received = 0;
      else entry.sent = 0;
    }
  }

  /** Forgets an object that nobody holds and nothing pins, and what it became if it is a promise. */
  releaseIfUnheld(ref: Ref): void {
    if (isNeeded(ref)) return;
    // What others stand for is kept until they do so no more.
    if (ref.direct !== undefined) return this.releaseIfUnheld(ref.direct);
    const { owner, outcome, aliases } = ref;
    if (aliases !== undefined) return this.#leave([...aliases]);
    const entry = owner.byRef.get(ref);
    if (entry !== undefined) {
      this.forget(owner, entry);
      if (ref.lasting && owner.kind.remote) this.#giveBack(owner, ref.slot, ref.received);
      else if (ref.received > 0) this.#powers.drop(owner, ref.slot, ref.received);
    }
    if (outcome !== undefined) {
      delete ref.outcome;
      this.unpin(outcome.data.refs);
    }
    for (const node of ref.servedElsewhere ?? []) this.forget(node, node.byRef.get(ref)!);
  }

  #leave(aliases: readonly Ref[]): void {
    if (!aliases.some(isNeeded)) for (const alias of aliases) this.#powers.onIdle(alias);
  }

  /** What arrives as `alias` is `direct` from here on. */
  alias(alias: Ref, direct: Ref): void {
    alias.direct = direct;
    direct.aliases ??= new Set();
    direct.aliases.add(alias);
  }

  /** What arrives as `alias` is itself again. */
  unalias(alias: Ref): void {
    const { direct } = alias;
    if (direct === undefined) return;
    delete alias.direct;
    delete alias.isLeaving;
    direct.aliases!.delete(alias);
    if (direct.aliases!.size === 0) delete direct.aliases;
    this.releaseIfUnheld(alias);
    this.releaseIfUnheld(direct);
  }
}
