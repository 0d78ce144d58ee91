/** How the halves of obligations and lines change: pure functions, for vats and for tests outside of one. */
export { type ObligationLimits, obligationLimits } from './limits.ts';
export { type Proposed, hashOfText, originOf, originOfRound, pairOf } from './terms.ts';
export { dayOf, minuteOf } from '@pocas/vat-runtime/verify';
export { isSmall } from './weigh.ts';
export { type Own, differenceOf, isPage } from './compare.ts';
export {
  type Half,
  type HalfAct,
  type HalfMessage,
  type HalfStep,
  type Lock,
  type Note,
  type Statement,
  act,
  apply,
  hear,
  lock,
  lodgeable,
  newHalf,
  release,
  unlodgeable,
} from './half.ts';
export {
  type LineHalf,
  type LineMessage,
  type LineNote,
  type LineStep,
  applyLine,
  draw,
  drawEnded,
  fell,
  headroom,
  hearDraw,
  hearLine,
  lineAct,
  lineUnlodgeable,
  lockLine,
  newLineHalf,
  noteDrawn,
  releaseLine,
} from './line-half.ts';
