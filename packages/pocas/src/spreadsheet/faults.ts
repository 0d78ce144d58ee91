/** What is wrong in a file that somebody wrote by hand: where, what, and what to write instead. */

export type Fault = {
  /** What the file is called. */
  readonly file: string;
  /** As a spreadsheet counts, from 1, the header included. 0: the file as a whole. */
  readonly line: number;
  /** The header of the cell, as it stands in the file. */
  readonly column?: string;
  /** A sentence without its end: what is wrong, and what to write instead. */
  readonly words: string;
};

/** All that is said of a file is said of the first so many; the rest is counted. */
const mostShown = 20;

export const describeFault = ({ file, line, column, words }: Fault): string => {
  const where = line === 0 ? file : `${file}, line ${line}`;
  return `${where}${column === undefined ? '' : `, column "${column}"`}: ${words}`;
};

/** A line for each of the first, and how many more there are. */
export const describeFaults = (faults: readonly Fault[]): string => {
  const lines = faults.slice(0, mostShown).map(describeFault);
  const more = faults.length - lines.length;
  return [...lines, ...(more === 0 ? [] : [`and ${more} more`])].join('\n');
};

/** A file of which nothing was used. */
export class SpreadsheetError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(describeFaults(faults));
    this.name = 'SpreadsheetError';
    this.faults = faults;
  }
}
