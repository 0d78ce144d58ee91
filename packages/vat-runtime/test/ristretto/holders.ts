/** Runs of key generation in tests: holders with keys, and all of them honest unless a test says otherwise. */
import {
  type Dealing,
  type GroupKey,
  type KeyShare,
  type Run,
  dkg,
} from '@pocas/vat-runtime/ristretto';
import { keyPairOf, randomOf } from './support.ts';

export type Own = { readonly secretKey: string; readonly share?: KeyShare };

export const ownOf = (index: bigint): Own => ({
  secretKey: keyPairOf(`holder ${index}`).secretKey,
});

export const holdersOf = (indices: readonly number[]) =>
  indices.map((index) => ({
    index: BigInt(index),
    key: keyPairOf(`holder ${index}`).publicKey,
  }));

export const runOf = (id: string, threshold: number, indices: readonly number[]): Run => ({
  id,
  threshold: BigInt(threshold),
  members: holdersOf(indices),
});

export const dealIn = (run: Run, dealer: bigint, share?: KeyShare): Dealing => {
  const own = share === undefined ? ownOf(dealer) : { ...ownOf(dealer), share };
  return dkg.deal(run, dealer, own, randomOf(`deal ${dealer}`));
};

/** A member's share from these dealings. @throws where one of them lies to it */
export const takeShare = (run: Run, me: bigint, dealings: readonly Dealing[]): KeyShare => {
  const parts = dealings.map((dealing) => {
    const received = dkg.receive(run, me, ownOf(me).secretKey, dealing, randomOf('receive'));
    if (!received.ok) throw Error(`complaint about ${dealing.dealer}`);
    return { dealer: dealing.dealer, share: received.share };
  });
  return dkg.shareOf(run, me, dkg.keyOf(run, dealings), parts);
};

export type Held = { readonly key: GroupKey; readonly shares: readonly KeyShare[] };

export const finish = (run: Run, dealings: readonly Dealing[]): Held => ({
  key: dkg.keyOf(run, dealings),
  shares: run.members.map(({ index }) => takeShare(run, index, dealings)),
});

/** Everybody is honest and there. */
export const made = (run: Run): Held =>
  finish(
    run,
    run.members.map(({ index }) => dealIn(run, index)),
  );
