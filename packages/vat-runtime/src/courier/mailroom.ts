/**
 * Where bundles come and go at a node, and what may be handed to whoever carries them.
 *
 * A carrier leaves bundles and takes others along. Of what is in those for this node he is told nothing,
 * not even whether it was new or was taken at all: that would say something about its sender.
 */
import harden from '@endo/harden';
import { M } from '@endo/patterns';
import type { Designator, Identity } from '../locator/identity.ts';
import type { Ciphers } from '../session/ciphers.ts';
import { type Rate, makeTokenBucket } from '../switchboard/token-bucket.ts';
import { makePower } from '../vat/guard.ts';
import { type BundleHeader, BundleRefusedError, dayMilliseconds, maxDays } from './bundle-form.ts';
import { type Incoming, makeDrops, maxPieceLength } from './drops.ts';
import { makeOwnBundles } from './own-bundles.ts';
import type { Post } from './post.ts';
import { openBundle } from './seal.ts';
import { type Shelf, partBytes } from './shelf.ts';
import type { Texts } from './texts.ts';

/** A bundle that may be taken along. */
export type Parcel = {
  readonly id: string;
  /** The node that it is for. */
  readonly to: Designator;
  /** In bytes. */
  readonly size: bigint;
  /** Milliseconds since 1970. */
  readonly until: bigint;
};

/** A bundle that is being left here, piece by piece. */
export type Drop<Left> = {
  /** The next piece: base64url of at most 2,880 bytes. */
  add(piece: string): void;
  end(): Promise<Left>;
};

/** For whoever carries bundles. It can be handed on, and taken back, as any reference. */
export type Courier = {
  /** All that may be taken along: what others left here, and what this node has to send itself. */
  pickUp(): readonly Parcel[];
  /** A part of one, 48 KiB in base64url, by its number from 0. */
  read(id: string, part: bigint): string;
  /** Leaves a bundle: for this node, or for one that it knows. */
  drop(): Drop<'left'>;
};

/** For whoever runs the node. */
export type BundleDesk = {
  /** A bundle for a node: all that was not acknowledged, or only what was taken. @see read */
  make(to: Designator, days?: bigint): Parcel;
  read(id: string, part: bigint): string;
  /** Brings a bundle for this node, and says what was in it. */
  drop(): Drop<Taken>;
};

/** What was taken of a bundle. */
export type Taken = {
  readonly sender: Designator;
  readonly taken: bigint;
  readonly known: bigint;
};

const DropI = M.interface('Drop', {
  add: M.call(M.string({ stringLengthLimit: maxPieceLength })).returns(M.undefined()),
  end: M.call().returns(M.promise()),
});
const ReadGuard = M.call(M.string({ stringLengthLimit: 100 }), M.bigint()).returns(M.string());
const CourierI = M.interface('Courier', {
  pickUp: M.call().returns(M.array()),
  read: ReadGuard,
  drop: M.call().returns(M.remotable('Drop')),
});
const BundleDeskI = M.interface('BundleDesk', {
  make: M.call(M.string({ stringLengthLimit: 52 }))
    .optional(M.or(M.bigint(), M.undefined()))
    .returns(M.record()),
  read: ReadGuard,
  drop: M.call().returns(M.remotable('Drop')),
});

export type MailroomPowers = {
  readonly identity: Identity;
  readonly shelf: Shelf;
  readonly post: Post;
  readonly ciphers: Ciphers;
  readonly texts: Texts;
  readonly random: (byteLength: number) => Uint8Array;
  /** Milliseconds since 1970, by the node's clock. */
  readonly now: () => bigint;
  /** Resolves when all that was done so far is on disk. */
  readonly settled: () => Promise<void>;
  readonly onTaken: (taken: { sender: Designator; taken: number; known: number }) => void;
  readonly onRefused: (fault: string) => void;
};

/**
 * How often one carrier may ask what there is, in a second and at once: all that waits for all nodes is
 * looked at for it, and the answer may be as long as answers are.
 */
const pickUpRate: Rate = harden({ perSecond: 1, burst: 10 });

export type Mailroom = {
  /** @param carrier - whose quota what is left counts for */
  makeCourier(carrier: string): Courier;
  readonly desk: BundleDesk;
};

/** It is for a node with which this one has nothing to do. */
const notKept = () =>
  Error('Cannot keep bundle: it is for a node that this one does not know; bring it there');

export const makeMailroom = (powers: MailroomPowers): Mailroom => {
  const { identity, shelf, post, ciphers, texts, now, settled } = powers;
  const own = makeOwnBundles(powers);
  const drops = makeDrops(texts, now);
  const isOwn = ({ recipient }: BundleHeader) => recipient === identity.designator;

  /** @throws BundleRefusedError, or what `takePiece` says. Nothing was taken then. */
  const takeIn = async (bundle: Uint8Array): Promise<Taken> => {
    const { sender, content } = openBundle(bundle, identity, now(), ciphers);
    if (!post.isKnown(sender)) throw new BundleRefusedError('unknown-sender');
    let piece: unknown;
    try {
      piece = JSON.parse(content);
    } catch {
      throw new BundleRefusedError('malformed');
    }
    const { taken, known } = await post.takePiece(sender, piece);
    if (taken + known > 0) own.owe(sender);
    powers.onTaken({ sender, taken, known });
    await settled();
    return harden({ sender, taken: BigInt(taken), known: BigInt(known) });
  };
  const noteRefusal = (error: unknown) => powers.onRefused((error as Error).message);

  const makeDrop = <Left>(incoming: Incoming, end: () => Promise<Left>): Drop<Left> =>
    makePower('Drop', DropI, { add: (piece: string) => incoming.add(piece), end });

  const parcelOf = (id: string, to: Designator, size: number, expiryDay: number): Parcel =>
    harden({ id, to, size: BigInt(size), until: BigInt(expiryDay) * BigInt(dayMilliseconds) });

  const read = (id: string, part: bigint): string => {
    const number = Number(part);
    const bytes = id.startsWith('own/')
      ? own.get(id)?.bytes.subarray(number * partBytes, (number + 1) * partBytes)
      : shelf.part(id, number);
    if (bytes === undefined || bytes.length === 0 || part < 0n) {
      throw RangeError('Cannot read bundle: it is not here any more, or has no such part');
    }
    return texts.toText(bytes);
  };

  const ownParcel = ({
    id,
    recipient,
    bytes,
    expiryDay,
  }: NonNullable<ReturnType<typeof own.get>>) => parcelOf(id, recipient, bytes.length, expiryDay);

  return harden({
    makeCourier(carrier: string): Courier {
      const pickUps = makeTokenBucket(pickUpRate, () => Number(now()));
      return makePower('Courier', CourierI, {
        pickUp() {
          if (!pickUps.takeOne()) {
            throw Error('Cannot list bundles: it was asked for too often; try again in a second');
          }
          return harden([
            ...own.makeAll().map(ownParcel),
            ...shelf
              .list()
              .map(({ id, recipient, size, expiryDay }) =>
                parcelOf(id, recipient, size, expiryDay),
              ),
          ]);
        },
        read,
        drop() {
          const incoming = drops.begin(carrier, (header, size) => {
            if (isOwn(header)) return;
            if (!post.isKnown(header.recipient)) throw notKept();
            shelf.assertRoom(size, header.recipient, carrier);
          });
          return makeDrop(incoming, async () => {
            const { bundle, header } = incoming.end();
            if (isOwn(header)) await takeIn(bundle).catch(noteRefusal);
            else await shelf.put(bundle, header, carrier);
            await settled();
            return 'left' as const;
          });
        },
      });
    },
    desk: makePower('BundleDesk', BundleDeskI, {
      make(to: Designator, days?: bigint) {
        if (days !== undefined && !(days >= 1n && days <= BigInt(maxDays))) {
          throw RangeError(`Cannot make bundle: it may be good for 1 to ${maxDays} days`);
        }
        if (!post.isKnown(to)) {
          throw Error('Cannot make bundle: this node does not know the node that it is for');
        }
        const bundle = own.make(to, days === undefined ? undefined : Number(days));
        if (bundle === undefined) {
          throw Error(
            'Cannot make bundle: the relation with that node is quarantined, or too much was made just now',
          );
        }
        return ownParcel(bundle);
      },
      read,
      drop() {
        const incoming = drops.begin('', (header) => {
          if (!isOwn(header)) throw new BundleRefusedError('other-recipient');
        });
        return makeDrop(incoming, () => takeIn(incoming.end().bundle));
      },
    }),
  }) as Mailroom;
};
