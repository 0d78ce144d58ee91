/**
 * The node's mailroom, and the facets of those who carry bundles.
 *
 *   carrier/<n>  what a carrier was called by the operator. His facet is the power `courier.<n>`
 */
import harden from '@endo/harden';
import { type BundleDesk, type Courier, makeMailroom } from '../courier/mailroom.ts';
import type { Post } from '../courier/post.ts';
import { type ShelfLimits, openShelf } from '../courier/shelf.ts';
import type { Identity } from '../locator/identity.ts';
import { nodeCiphers as ciphers } from '../machine/node-ciphers.ts';
import { texts } from '../machine/texts.ts';
import type { Log } from '../monitor/log.ts';
import { RowDamagedError } from '../store/checked-storage.ts';
import type { Committer } from '../store/committer.ts';
import type { NodeClock } from './node-clock.ts';
import type { ControlParty } from './powers.ts';

export type Couriers = {
  /** Bundles by hand: for the operator. */
  readonly desk: BundleDesk;
  /** A facet for somebody who carries bundles, with a quota of his own. It lasts. */
  makeCourier(label: string): Courier;
  /** Bytes that are kept for others. */
  keptBytes(): number;
  stop(): void;
};

export type CouriersPowers = {
  readonly identity: Identity;
  readonly store: Committer;
  readonly post: Post;
  readonly control: ControlParty;
  readonly random: (byteLength: number) => Uint8Array;
  readonly clock: NodeClock;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  readonly log: Log;
  readonly limits?: Partial<ShelfLimits>;
};

/** How often what is not good any more is looked for, in milliseconds. */
const lookMilliseconds = 3_600_000;
const maxLabelLength = 64;
const pad = (number: number): string => String(number).padStart(6, '0');

export const openCouriers = async (powers: CouriersPowers): Promise<Couriers> => {
  const { identity, store, post, control, random, clock, after, log, limits } = powers;
  const { now } = clock;
  const shelf = await openShelf({
    ...{ store, texts, ciphers, now },
    ...(limits === undefined ? {} : { limits }),
  });
  const mailroom = makeMailroom({
    ...{ identity, shelf, post, ciphers, texts, random, now, settled: store.settled },
    onTaken: ({ sender, taken, known }) =>
      log.tell('bundle.taken', { designator: sender, items: taken, known }),
    onRefused: (fault) => log.tell('bundle.refused', { fault }),
  });
  const define = (carrier: string): Courier =>
    // The cast holds: `define` answers what it is given.
    control.define(`courier.${carrier}`, mailroom.makeCourier(carrier)) as unknown as Courier;
  let last = 0;
  for (const [key] of await store.list('carrier/')) {
    const carrier = key.slice('carrier/'.length);
    if (!/^\d{6}$/.test(carrier)) throw new RowDamagedError(key);
    define(carrier);
    last = Math.max(last, Number(carrier));
  }
  let cancel = () => {};
  const look = () => {
    cancel = after(lookMilliseconds, () => {
      shelf.expire();
      look();
    });
  };
  look();

  return harden({
    desk: mailroom.desk,
    makeCourier(label: string) {
      if (label.length === 0 || label.length > maxLabelLength) {
        throw RangeError(`Cannot make courier: a label has 1 to ${maxLabelLength} characters`);
      }
      last += 1;
      store.stage([[`carrier/${pad(last)}`, JSON.stringify(label)]]);
      return define(pad(last));
    },
    keptBytes: shelf.bytes,
    stop: () => cancel(),
  });
};
