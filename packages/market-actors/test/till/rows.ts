/** Rows of a vat, so that two stories can be compared. */
// `any`: rows as they come out of JSON.
type Any = any;

/** The vat's journal, and what is reckoned from it. */
export const isJournal = (key: string): boolean => /^v\/1\/(?:j\/|head$|meta$)/.test(key);

/** A row without its checksum: that of the row itself, and in the journal all that is reckoned from rows. */
export const plain = (key: string, row: string): unknown => {
  const value = JSON.parse(row.slice(row.search(/[[{"\d]/))) as Any;
  if (!isJournal(key)) return value;
  const { prev: _prev, hash: _hash, sum: _sum, changes, rows, ...rest } = value as Any;
  const changed = changes ?? rows;
  return { ...rest, changed: typeof changed === 'object' ? Object.keys(changed).toSorted() : 0 };
};
