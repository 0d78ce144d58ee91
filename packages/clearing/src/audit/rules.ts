/** The sizes of audits. */

/** Accounts of one market. */
export const maxAccounts = 100_000;
/** Accounts that one turn commits to. */
export const pageSize = 50;
/** Entries that one answer has, in whole pages. */
export const pagesAtOnce = 4;
/** Audits that can be asked for. */
export const keptAudits = 4n;
/** Different sales of one epoch; what is more is counted without its words. */
export const maxSales = 500;
/** Characters of what a sale was of. */
export const maxWhat = 200;
/** Rows of one list on a page for people. */
export const maxShown = 30;
