/**
 * Water-filling (SPEC 7.4, the equal steps): a common level rises until all is poured, and nobody gets more
 * than there is room for. It is the uniform rule: who has less room than the level is filled, all others
 * get the same, so nobody gains by saying that there is more or less room than there is.
 */

/**
 * What each gets. The parts sum to `amount`, or to all the room there is; two who are not full differ by 1
 * at most, and then the earlier has more.
 *
 * @param amount - not negative
 * @param rooms - how much each can take, not negative
 */
export const fillEqually = (amount: bigint, rooms: readonly bigint[]): bigint[] => {
  const sorted = [...rooms].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let left = amount;
  let level = 0n;
  let open = BigInt(sorted.length);
  // Raises the level to the next smallest room, as long as what is left suffices for all who are open.
  for (const room of sorted) {
    const step = room - level;
    if (step * open > left) break;
    left -= step * open;
    level = room;
    open -= 1n;
  }
  if (open > 0n) level += left / open;
  let ones = open > 0n ? left % open : 0n;
  return rooms.map((room) => {
    if (room <= level) return room;
    if (ones === 0n) return level;
    ones -= 1n;
    return level + 1n;
  });
};
