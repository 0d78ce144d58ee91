/** What a delivery to a vat did, staged in one step, so that it is in one batch. */
import harden from '@endo/harden';
import type { Log } from '../monitor/log.ts';
import type { Committer } from '../store/committer.ts';
import type { Row } from '../store/storage.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Crank, Effect } from '../vat/delivery.ts';
import type { Inboxes, NamedData } from './inbox.ts';
import type { LastingNames } from './lasting-names.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { NodeClock } from './node-clock.ts';
import type { Timers } from './timers.ts';

export type Cranks = {
  /**
   * @param done - the item of the inbox that was carried out
   * @param label - names the vat to people
   */
  take(party: Connection, crank: Crank, done: string | undefined, label: () => string): void;
  /** An item that cannot be given to its vat is answered, and dropped. */
  drop(vat: string, key: string, reason: string): void;
  /** So that no start of the node tells an earlier time. */
  noteTime(): void;
};

export type CranksPowers = {
  readonly store: Committer;
  readonly switchboard: Switchboard;
  readonly inboxes: Inboxes;
  readonly timers: Timers;
  readonly names: LastingNames;
  readonly clock: NodeClock;
  readonly time: TimeSource;
  readonly provideParty: (id: string) => Connection | undefined;
  /** Its records wait for the disk. */
  readonly told: Log;
};

/**
 * How often the time is written when nobody asked for it, in milliseconds: a machine without a clock
 * of its own, which starts in 1970, goes on from there.
 */
const timeIsNotedEvery = 60_000;

const failureData = (code: string, message: string): NamedData => ({
  body: `#${JSON.stringify({ code, message })}`,
  refs: [],
});

export const makeCranks = (powers: CranksPowers): Cranks => {
  const { store, switchboard, inboxes, timers, names, clock, time, provideParty, told } = powers;
  const { nameOf, named } = names;
  let notedAt = -Infinity;

  const noteTime = () => {
    notedAt = time.monotonic();
    store.stage([['clock', String(clock.now())]]);
  };

  const answer = (ticket: string | undefined, ok: boolean, data: NamedData) => {
    if (ticket === undefined) return;
    const [vat, send] = ticket.split('/') as [string, string];
    inboxes.add(vat, { kind: 'answer', send: Number(send), outcome: { ok, data } });
  };

  const carryOut = (id: string, party: Connection, effect: Effect) => {
    switch (effect.kind) {
      case 'send': {
        const { target, method, args, send, notAfter } = effect;
        const ticket = send === undefined ? undefined : `${id}/${send}`;
        const [owner, slot] = nameOf(party, target);
        if (!provideParty(owner)?.kind.inside) {
          const message = 'the target is not in a vat of this node';
          if (ticket === undefined) told.tell('send.failed', { vat: id, method, fault: message });
          return answer(ticket, false, failureData('unsupported', message));
        }
        return inboxes.add(owner.slice(1), {
          kind: 'send',
          target: slot.slice(2),
          method,
          args: named(party, args),
          ...(ticket === undefined ? {} : { ticket }),
          ...(notAfter === undefined ? {} : { notAfter }),
        });
      }
      case 'answer':
        return answer(effect.ticket, effect.outcome.ok, named(party, effect.outcome.data));
      case 'timer':
        return timers.set(id, effect.timer, BigInt(effect.at));
      case 'cancel':
        return timers.cancel(id, effect.timer, BigInt(effect.at));
    }
  };

  const take: Cranks['take'] = (party, crank, done, label) => {
    const id = party.id.slice(1);
    for (const slot of crank.stored) switchboard.keep(party, slot);
    store.stage(crank.rows.map(([key, value]): Row => [`v/${id}/${key}`, value]));
    for (const effect of crank.effects) carryOut(id, party, effect);
    if (done !== undefined) inboxes.remove(id, done);
    if (crank.sawTime || (crank.rows.length > 0 && time.monotonic() > notedAt + timeIsNotedEvery)) {
      noteTime();
    }
    if (crank.lines.length === 0) return;
    const about = { vat: id, label: label() };
    for (const line of crank.lines) told.tell('vat.line', { ...about, line });
  };

  const drop: Cranks['drop'] = (vat, key, reason) => {
    const item = inboxes.read(key);
    told.tell('inbox.dropped', { vat, fault: reason });
    if (item.kind === 'send') {
      answer(item.ticket, false, failureData('gone', 'an argument exists no more'));
    }
    inboxes.remove(vat, key);
  };

  return harden({ take, drop, noteTime });
};
