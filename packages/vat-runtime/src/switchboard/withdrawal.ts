/** One withdrawal, and what waits for it. The objects in a message are replaced in one place: here. */
import type { Connection, Data, Ref, Withdrawal } from './connection.ts';

export type Open = Withdrawal & {
  readonly number: number;
  readonly giver: Connection;
  /** The session in which it was introduced. */
  readonly session: number;
  /** The party of the exporter. */
  readonly exporter: string;
  /** The gift. */
  readonly id: string;
  /** The introducer was asked to deposit it: it is behind all that went to him before. */
  readonly isAgain: boolean;
  /** What comes is already there, and only the order is waited for. */
  readonly isFence: boolean;
  isSent: boolean;
  cancel: () => void;
};

/** The object is the receiver's own, or came to the introducer from here. */
export const isHome = ({ exporter, giver }: Open): boolean => exporter === giver.id;

export const wait = (data: Data, withdrawal: Withdrawal): void => {
  data.gifts ??= { pending: new Set() };
  data.gifts.pending.add(withdrawal);
  withdrawal.waiting.add(data);
};

/** Goes on with all that waits for nothing else now. */
export const release = (withdrawal: Withdrawal, direct: Ref = withdrawal.ref): void => {
  const ready: (() => void)[] = [];
  for (const data of withdrawal.waiting) {
    replace(data, withdrawal.ref, direct);
    const { pending, whenReady } = data.gifts!;
    pending.delete(withdrawal);
    if (pending.size > 0) continue;
    delete data.gifts;
    if (whenReady !== undefined) ready.push(whenReady);
  }
  for (const goOn of ready) goOn();
};

/** Whoever waits has pinned what it names, each as often as it is there. */
export const replace = (data: Data, ref: Ref, direct: Ref): void => {
  if (direct === ref) return;
  data.refs = data.refs.map((each) => {
    if (each !== ref) return each;
    ref.pins -= 1;
    direct.pins += 1;
    return direct;
  });
};
