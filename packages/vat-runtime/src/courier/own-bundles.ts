/** Bundles that a node makes itself, in memory: the newest for each recipient. */
import harden from '@endo/harden';
import type { Designator, Identity } from '../locator/identity.ts';
import { type TokenBucket, makeTokenBucket } from '../switchboard/token-bucket.ts';
import type { Ciphers } from '../session/ciphers.ts';
import type { Post } from './post.ts';
import { maxContentBytes, sealBundle } from './seal.ts';
import type { Texts } from './texts.ts';

/** How long what is made is good for, in days. */
export const usualDays = 30;
/** All that are kept in memory, in bytes. */
const maxOwnBytes = 64 << 20;
/** Bytes that are sealed in a second, and at once: about 2 ms for each MiB, and its JSON. */
const sealRate = harden({ perSecond: 1 << 20, burst: 64 << 20 });

export type OwnBundle = {
  readonly id: string;
  readonly recipient: Designator;
  readonly bytes: Uint8Array;
  readonly expiryDay: number;
};

export type OwnBundles = {
  /** What there is for a node now. Undefined where nothing can be made for it. */
  make(recipient: Designator, days?: number): OwnBundle | undefined;
  /** For all nodes for which something waits, or to which an acknowledgement is owed. */
  makeAll(): readonly OwnBundle[];
  /** Something was taken of what that node sent: it does not know yet. */
  owe(recipient: Designator): void;
  get(id: string): OwnBundle | undefined;
};

export type OwnPowers = {
  readonly identity: Identity;
  readonly post: Post;
  readonly ciphers: Ciphers;
  readonly texts: Texts;
  readonly random: (byteLength: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => bigint;
};

export const makeOwnBundles = (powers: OwnPowers): OwnBundles => {
  const { identity, post, ciphers, texts, random, now } = powers;
  const made = new Map<Designator, OwnBundle & { content: string; days: number; madeAt: bigint }>();
  const owed = new Set<Designator>();
  const bucket: TokenBucket = makeTokenBucket(sealRate, () => Number(now()));

  const make = (recipient: Designator, days = usualDays): OwnBundle | undefined => {
    const before = made.get(recipient);
    // Too much was made just now: what was made before has to do.
    if (bucket.wait() > 0) return before;
    const piece = post.exportPiece(recipient, maxContentBytes);
    if (piece === undefined) return undefined;
    const content = JSON.stringify(piece);
    const isSame = before?.content === content && before.days === days;
    // Of one day all bundles are good for equally long, so there is nothing to gain by a new one.
    if (isSame && before.madeAt / 86_400_000n === now() / 86_400_000n) return before;
    const bytes = sealBundle(
      { identity, recipient, content, now: now(), days, ephemeral: random(32) },
      ciphers,
    );
    bucket.take(bytes.length);
    const expiryDay = Math.floor(Number(now()) / 86_400_000) + days + 1;
    const id = `own/${texts.toText(ciphers.hash(bytes)).slice(0, 22)}`;
    const bundle = { id, recipient, bytes, expiryDay, content, days, madeAt: now() };
    made.delete(recipient);
    made.set(recipient, bundle);
    owed.delete(recipient);
    for (const [other, { bytes: old }] of made) {
      let all = 0;
      for (const { bytes: each } of made.values()) all += each.length;
      if (all <= maxOwnBytes || old === bytes) break;
      made.delete(other);
    }
    return bundle;
  };

  return harden({
    make,
    makeAll: () =>
      [...new Set([...post.waitingFor(), ...owed, ...made.keys()])].flatMap(
        (recipient) => make(recipient) ?? [],
      ),
    owe: (recipient) => void owed.add(recipient),
    get: (id) => [...made.values()].find((bundle) => bundle.id === id),
  }) as OwnBundles;
};
