/** Times of an exchange, in milliseconds. */
const minute = 60_000n;
const day = 24n * 60n * minute;

/** How far in the future the deadline of an exchange may lie. */
export const maxTerm: bigint = 30n * day;

/** How long to wait before asking again, after having waited `wait`: a minute at first, a day at last. */
export const nextWait = (wait: bigint): bigint => {
  if (wait === 0n) return minute;
  const longer = wait * 2n;
  return longer > day ? day : longer;
};

/** Times as keys of one length, so that they stand in order. */
export const timeKey = (time: bigint): string => String(time).padStart(20, '0');
