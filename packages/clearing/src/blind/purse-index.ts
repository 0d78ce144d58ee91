/** For holders of blind credits, in a wallet's vat, a program or a page. */
export { type Warning, lapsing, warnings } from './care.ts';
export { chooseTokens, splitValue } from './choose.ts';
export { purseKey } from './derive.ts';
export {
  askFor,
  batchesOf,
  deposit,
  emptyPurse,
  finish,
  giveUp,
  learn,
  pay,
  paymentOf,
  shownTokens,
  swap,
  worth,
  writeOff,
} from './purse.ts';
export type * from './purse-types.ts';
export { type Ask, restoreAll } from './restore.ts';
export { fewMembers } from './tags.ts';
