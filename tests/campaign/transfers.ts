/** What the client asked for and was told, which no crash of the node can touch. */
export type Transfer = {
  readonly id: string;
  /** Numbers of purses. */
  readonly from: number;
  readonly to: number;
  readonly value: bigint;
  /** When the answer came, by the clock of the machine; undefined where none did. */
  acknowledged: number | undefined;
};

export type Log = {
  readonly transfers: readonly Transfer[];
  add(from: number, to: number, value: bigint): Transfer;
  acknowledge(transfer: Transfer): void;
  /** How it stood at a moment: an answer that came later is none. */
  asOf(millis: number): Log;
};

export const makeLog = (transfers: Transfer[] = []): Log => ({
  transfers,
  add(from, to, value) {
    const transfer = { id: `t${transfers.length}`, from, to, value, acknowledged: undefined };
    transfers.push(transfer);
    return transfer;
  },
  acknowledge(transfer) {
    transfer.acknowledged = Date.now();
  },
  asOf: (millis) =>
    makeLog(
      transfers.map((transfer) => {
        const { acknowledged } = transfer;
        // `Date.now()` rounds down, so the answer came before the end of that millisecond.
        const known = acknowledged !== undefined && acknowledged + 1 <= millis;
        return { ...transfer, acknowledged: known ? acknowledged : undefined };
      }),
    ),
});
