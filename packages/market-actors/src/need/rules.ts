/** How needs are counted, and when a count is too small to hide somebody (SPEC M3). */

/** Below so many people of a kind, a need without a name may tell whose it is. */
export const fewPeople = 5n;
/** Open needs of a market, and people who need one and the same thing. */
export const maxNeeds = 1_000;
export const maxSignals = 1_000;
/** Answers to one need, and of one person to needs that are open. */
export const maxAnswers = 30;
export const maxGiven = 30;
/** How many of a list one view has. */
export const shown = 30;

/** Kinds that differ only by case or by spaces are one: what people type is counted together. */
export const kindOf = (text: string): string =>
  text
    .toLowerCase()
    .split(' ')
    .filter((word) => word !== '')
    .join(' ');

/** Whether a text has one of the words that a market does not want. */
export const isUnwanted = (unwanted: readonly string[], ...texts: readonly string[]): boolean =>
  unwanted.some((word) =>
    texts.some((text) => kindOf(word) !== '' && kindOf(text).includes(kindOf(word))),
  );

/** Everybody in these lists, each counted once: nobody looks like a crowd by asking for a thing five times. */
export const countPeople = (lists: Iterable<readonly bigint[]>): bigint => {
  const all = new Set<bigint>();
  for (const list of lists) for (const member of list) all.add(member);
  return BigInt(all.size);
};
