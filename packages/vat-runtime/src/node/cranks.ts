/** What a delivery to a vat did, staged in one step, so that it is in one batch. */
import harden from '@endo/harden';
import type { SendFailure } from '../actor/send.ts';
import type { Log } from '../monitor/log.ts';
import type { Committer } from '../store/committer.ts';
import type { Row } from '../store/storage.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { WireViolation } from '../switchboard/wire.ts';
import type { Crank, Effect } from '../vat/delivery.ts';
import type { Inboxes } from './inbox.ts';
import type { LastingNames } from './lasting-names.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { NodeClock } from './node-clock.ts';
import type { Post } from './post.ts';
import { failureData } from './streams.ts';
import type { Tickets } from './tickets.ts';
import type { Timers } from './timers.ts';

/** The vat whose crank it is. */
export type CrankSource = {
  readonly id: string;
  /** Names it to people. */
  readonly label: string;
  /** Whether it runs in the process of an owner. */
  readonly isGuest: boolean;
};

export type Cranks = {
  /**
   * @param done - the item of the inbox that was carried out
   * @throws WireViolation where it names what the vat does not have; then nothing of it was taken
   */
  take(party: Connection, source: CrankSource, crank: Crank, done: string | undefined): void;
  /** An item that its vat cannot be given, or not again, is answered as failed and dropped. */
  drop(vat: string, key: string, reason: string, failure: SendFailure): void;
  /** So that no start of the node tells an earlier time. */
  noteTime(): void;
};

export type CranksPowers = {
  readonly store: Committer;
  readonly switchboard: Switchboard;
  readonly inboxes: Inboxes;
  readonly post: Post;
  readonly timers: Timers;
  readonly names: LastingNames;
  readonly tickets: Tickets;
  readonly clock: NodeClock;
  readonly time: TimeSource;
  /** Its records wait for the disk. */
  readonly told: Log;
};

/**
 * How often the time is written when nobody asked for it, in milliseconds: a machine without a clock
 * of its own, which starts in 1970, goes on from there.
 */
const timeIsNotedEvery = 60_000;

export const makeCranks = (powers: CranksPowers): Cranks => {
  const { store, switchboard, inboxes, post, timers, names, tickets } = powers;
  const { clock, time, told } = powers;
  const { nameOf, named } = names;
  let notedAt = -Infinity;

  const noteTime = () => {
    notedAt = time.monotonic();
    store.stage([['clock', String(clock.now())]]);
  };

  /** @returns what does it, once all that the crank names was found */
  const prepare = (party: Connection, { id, isGuest }: CrankSource, effect: Effect) => {
    switch (effect.kind) {
      case 'send': {
        const { target, method, args, send, notAfter } = effect;
        const ticket = send === undefined ? undefined : `${id}/${send}`;
        const to = nameOf(party, target);
        const letter = {
          ...{ method, args: named(party, args) },
          ...(notAfter === undefined ? {} : { notAfter }),
        };
        return () => post.send({ vat: id }, to, letter, ticket);
      }
      case 'answer': {
        const { ticket, outcome } = effect;
        const data = named(party, outcome.data);
        const opened = isGuest ? tickets.open(id, ticket) : ticket;
        if (opened === undefined) throw new WireViolation('answer to no message');
        return () => post.answer(opened, outcome.ok, data);
      }
      case 'timer':
        return () => timers.set(id, effect.timer, BigInt(effect.at));
      case 'cancel':
        return () => timers.cancel(id, effect.timer, BigInt(effect.at));
    }
  };

  const take: Cranks['take'] = (party, source, crank, done) => {
    const { id, label } = source;
    // First, and it may throw: what comes from a process may name what it was never given.
    const steps = crank.effects.map((effect) => prepare(party, source, effect));
    for (const slot of crank.stored) switchboard.keep(party, slot);
    store.stage(crank.rows.map(([key, value]): Row => [`v/${id}/${key}`, value]));
    for (const step of steps) step();
    if (done !== undefined) inboxes.remove(id, done);
    const isLate = crank.rows.length > 0 && time.monotonic() > notedAt + timeIsNotedEvery;
    if (crank.sawTime || (isLate && !crank.unlinked)) noteTime();
    if (crank.lines.length === 0) return;
    for (const line of crank.lines) told.tell('vat.line', { vat: id, label, line });
  };

  const drop: Cranks['drop'] = (vat, key, reason, { code, message }) => {
    const item = inboxes.read(key);
    told.tell('inbox.dropped', { vat, fault: reason });
    if (item.kind === 'send') post.answer(item.ticket, false, failureData(code, message));
    inboxes.remove(vat, key);
  };

  return harden({ take, drop, noteTime });
};
