/**
 * What anybody can recompute of what actors publish: pure functions, the same in a vat (by
 * `@pocas/vat-runtime/actors`, or this) and in other programs and browsers (by `@pocas/vat-runtime/verify`).
 */
export {
  type DrawEntry,
  type DrawExplanation,
  type Seat,
  type Verdict,
  commitmentOf,
  drawIdOf,
  drawOne,
  resultOf,
  shuffle,
  verifyDraw,
} from './randomness.ts';
export {
  type HiddenEntry,
  type JournalEntry,
  type JournalHead,
  type PrivacyLabel,
  type Receipt,
  equivocation,
  hashOf,
  receipt,
  textOf,
  verifyEntries,
} from './journal-rules.ts';
export {
  type Wanted,
  AttestationShape,
  FactsShape,
  PresentationShape,
  attest,
  challengeOf,
  checkAttestation,
  checkPresentation,
  present,
  purposeOf,
} from './attestation.ts';
export { dayOf, minuteOf } from './day.ts';
