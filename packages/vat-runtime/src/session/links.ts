/**
 * All links of a node: how many there may be, which of them goes when there are too many, and what
 * they carried.
 */
import harden from '@endo/harden';
import type { Limits } from '../switchboard/limits.ts';
import type { Channel, Link } from './link.ts';

type Traffic = { readonly in: number; readonly out: number };

export type LinkCounts = {
  /** Since the start: links that were opened, and that ended without a handshake. */
  readonly opened: number;
  readonly refused: number;
  /** What all of them carried. */
  readonly frames: Traffic;
  readonly bytes: Traffic;
  /** Links, those without a handshake yet included. */
  readonly links: number;
  readonly handshakes: number;
  /** Links that ended, by one of a fixed set of reasons, and "other". */
  readonly ended: Readonly<Record<string, number>>;
};

/** A link from its first byte on, whether or not its handshake is done. */
export type LinkHandle = { readonly close: (reason: string) => void };

export type Links = {
  /** Makes room for a link that came in. @returns false where every link is somebody's */
  makeRoom(): boolean;
  /** A link without a handshake yet. @param isDialled - by this node, and not by whoever it may be */
  add(handle: LinkHandle, isDialled: boolean): void;
  /** Its handshake is done. */
  open(handle: LinkHandle, link: Link): void;
  /** Something came over it. */
  heard(handle: LinkHandle, link: Link): void;
  /** It has ended. @param link - undefined where it was never open */
  ended(handle: LinkHandle, link: Link | undefined, reason: string): void;
  /** The same channel, with what it carries counted. */
  counted(channel: Channel): Channel;
  size(): number;
  counts(): LinkCounts;
  closeAll(reason: string): void;
};

/** Different reasons that are counted: the other side's own words are not among them. */
const maxReasons = 64;

/** @param isStranger - whether the party of a link was given nothing, and has nothing open */
export const makeLinks = (
  { maxLinks, maxHandshakes }: Pick<Limits, 'maxLinks' | 'maxHandshakes'>,
  isStranger: (link: Link) => boolean,
): Links => {
  /** Those that came in and are without a handshake, the oldest first. */
  const opening = new Set<LinkHandle>();
  /** Those that this node dialled: they make no room for anybody, or a flood would keep it from dialling. */
  const dialling = new Set<LinkHandle>();
  /** The others, the one that has been silent for longest first. */
  const open = new Map<LinkHandle, Link>();
  const reasons = new Map<string, number>();
  let opened = 0;
  let refused = 0;
  const frames = { in: 0, out: 0 };
  const bytes = { in: 0, out: 0 };
  const size = () => opening.size + dialling.size + open.size;

  return harden({
    makeRoom() {
      const [oldest] = opening;
      const tooMany = size() >= maxLinks;
      if (oldest !== undefined && (tooMany || opening.size >= maxHandshakes)) {
        oldest.close('too many links wait for a handshake');
        return true;
      }
      if (!tooMany) return true;
      for (const [handle, link] of open) {
        if (!isStranger(link)) continue;
        handle.close('too many links');
        return true;
      }
      return false;
    },
    add: (handle: LinkHandle, isDialled: boolean) =>
      void (isDialled ? dialling : opening).add(handle),
    open(handle: LinkHandle, link: Link) {
      opening.delete(handle);
      dialling.delete(handle);
      open.set(handle, link);
      opened += 1;
    },
    heard(handle: LinkHandle, link: Link) {
      open.delete(handle);
      open.set(handle, link);
    },
    ended(handle: LinkHandle, link: Link | undefined, reason: string) {
      opening.delete(handle);
      dialling.delete(handle);
      open.delete(handle);
      const known = reasons.size < maxReasons || reasons.has(reason) ? reason : 'other';
      reasons.set(known, (reasons.get(known) ?? 0) + 1);
      if (link === undefined) refused += 1;
    },
    counted: (channel: Channel): Channel => ({
      ...channel,
      send(message) {
        frames.out += 1;
        bytes.out += message.length;
        channel.send(message);
      },
      listen: ({ onBytes, onClose }) =>
        channel.listen({
          onBytes(message) {
            frames.in += 1;
            bytes.in += message.length;
            onBytes(message);
          },
          onClose,
        }),
    }),
    size,
    counts: () => ({
      opened,
      refused,
      frames: { ...frames },
      bytes: { ...bytes },
      links: size(),
      handshakes: opening.size + dialling.size,
      ended: Object.fromEntries(reasons),
    }),
    closeAll(reason: string) {
      for (const handle of [...opening, ...dialling, ...open.keys()]) handle.close(reason);
    },
  });
};
harden(makeLinks);
