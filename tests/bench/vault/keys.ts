/** What a group's key costs its members: making it, handing it on, and opening with it. */
import { ristretto255_FROST as frost } from '@noble/curves/ed25519.js';
import {
  type Dealing,
  type GroupKey,
  type KeyShare,
  type Run,
  dkg,
  hmac,
  pedersen,
  schnorr,
  sealedTo,
  threshold,
} from '@pocas/vat-runtime/ristretto';

const seed = Buffer.alloc(32, 1).toString('base64url');
let drawn = 0;
/** Another 64 bytes each time, as text. */
const random = (): string => hmac(seed, `${(drawn += 1)}`);

export type Group = {
  readonly run: Run;
  readonly secretKeys: readonly string[];
  readonly dealings: readonly Dealing[];
};

export const groupOf = (members: number, needed: number): Group => {
  const secretKeys = Array.from({ length: members }, () => pedersen.scalar(random()));
  const run: Run = {
    id: `run ${random()}`,
    threshold: BigInt(needed),
    members: secretKeys.map((secretKey, at) => ({
      index: BigInt(at + 1),
      key: schnorr.publicKey(secretKey),
    })),
  };
  const dealings = secretKeys.map((secretKey, at) =>
    dkg.deal(run, BigInt(at + 1), { secretKey }, random()),
  );
  return { run, secretKeys, dealings };
};

export type Made = { readonly key: GroupKey; readonly share: KeyShare };

/** As it comes from the vault: what was looked at before in this process was another. */
const asReceived = (dealing: Dealing): Dealing => {
  const fresh = structuredClone(dealing);
  for (const part of [fresh.commitments, fresh.sealed, fresh]) Object.freeze(part);
  return fresh;
};

/** One member's part but for its own dealing: it receives all, reckons key and share, confirms, and checks all words. */
export const takePart = ({ run, secretKeys, dealings: known }: Group, at: number): Made => {
  const dealings = known.map(asReceived);
  const me = BigInt(at + 1);
  const secretKey = secretKeys[at]!;
  const parts = dealings.map((dealing) => {
    const received = dkg.receive(run, me, secretKey, dealing, random());
    if (!received.ok) throw Error('Cannot measure: an honest dealing was refused');
    return { dealer: dealing.dealer, share: received.share };
  });
  const key = dkg.keyOf(run, dealings);
  const share = dkg.shareOf(run, me, key, parts);
  const confirmation = dkg.confirm(run, dealings, me, secretKey, random());
  // As many words as there are members, each looked at; only one of them is right here.
  const words = run.members.map(({ index }) => ({ index, confirmation }));
  dkg.confirmedBy(run, dealings, words);
  return { key, share };
};

/** The same key, to as many other holders of which as many are needed, by just enough of the old ones. */
export const handOn = (
  { run, secretKeys }: Group,
  key: GroupKey,
  shares: readonly KeyShare[],
): { readonly next: Run; readonly dealOf: (at: number) => Dealing } => {
  const next: Run = {
    ...run,
    id: `run ${random()}`,
    from: { key, dealers: run.members.slice(0, Number(key.threshold)) },
  };
  return {
    next,
    dealOf: (at) =>
      dkg.deal(next, BigInt(at + 1), { secretKey: secretKeys[at]!, share: shares[at]! }, random()),
  };
};

/**
 * What a viewer does with the answers of just enough holders: unseals each, checks its proof, and combines.
 *
 * @returns an act that can be repeated
 */
export const openingOf = (key: GroupKey, shares: readonly KeyShare[]): (() => void) => {
  const context = 'camera 1, segment 1';
  const sealed = threshold.encapsulate(key.groupKey, context, random());
  const viewer = pedersen.scalar(random());
  const viewerKey = schnorr.publicKey(viewer);
  const answers = shares.slice(0, Number(key.threshold)).map((share) => {
    const partial = threshold.open(share, sealed.encapsulation, context, 'request', random());
    const text = JSON.stringify([partial.value, partial.proof]);
    return { index: share.index, text: sealedTo.seal(viewerKey, text, 'answer', random()) };
  });
  const verificationKeys = new Map(
    key.verificationKeys.map((holder) => [holder.index, holder.key]),
  );
  return () => {
    const partials = answers.map(({ index, text }) => {
      const opened = sealedTo.open(viewer, text, 'answer');
      const [value, proof] = JSON.parse(opened ?? '[]') as [string, string];
      const partial = { index, value, proof };
      const known = verificationKeys.get(index)!;
      if (!threshold.verifyPartial(known, partial, sealed.encapsulation, 'request')) {
        throw Error('Cannot measure: an honest part was refused');
      }
      return partial;
    });
    const found = threshold.combine(partials, sealed.encapsulation, key.groupKey, context);
    if (found !== sealed.key) throw Error('Cannot measure: it did not open');
  };
};

/** One member's part in the library's own key generation, which seals nothing and names nobody. */
export const frostPart = (members: number, needed: number): (() => void) => {
  const signers = { min: needed, max: members };
  const ids = Array.from({ length: members }, (_, at) => frost.Identifier.fromNumber(at + 1));
  const [own, ...others] = ids.map((id) => frost.DKG.round1(id, signers));
  const theirs = others.map((other) => other.public);
  const shares = others.map((other, at) => {
    const rest = [own!.public, ...theirs.filter((_, index) => index !== at)];
    return frost.DKG.round2(other.secret, rest)[ids[0]!]!;
  });
  return () => {
    // Its own first step again, of which the rest cannot be used; then the others with what was made before.
    frost.DKG.round1(ids[0]!, signers);
    const secret = structuredClone(own!.secret);
    frost.DKG.round2(secret, theirs);
    frost.DKG.round3(secret, theirs, shares);
  };
};
