/**
 * Actors that any vat may use. A vat module imports them like its own sources, and they become part
 * of its text; the makers work inside a vat only.
 */
export { RequestIdShape, isKnownLately, once, onceLately } from './once.ts';
export { type Refusal, type RefusalCode, refuse } from './refusal.ts';
export {
  type Budget,
  type BudgetGrantor,
  type BudgetView,
  type Returned,
  type Spent,
  type Split,
  makeBudget,
  maxBudgetDepth,
} from './budget.ts';
export { type Box, type Sealer, type Unsealed, type Unsealer, makeSealerKit } from './sealer.ts';
export {
  type Accepted,
  type DrawOptions,
  type DrawParticipant,
  type DrawPhase,
  type DrawPublic,
  type DrawView,
  type Drawn,
  makeDraw,
  maxDrawParticipants,
} from './draw.ts';
export {
  type JournalKeeper,
  type JournalOptions,
  type JournalReader,
  type JournalWriter,
  makeJournal,
  maxEntries,
} from './journal.ts';
export {
  type Notice,
  type Notifier,
  type NotifierKit,
  type Updater,
  makeNotifier,
} from './notifier.ts';
export * from './verify.ts';
export { type CaretakerKit, makeCaretaker } from './caretaker.ts';
export { type MembraneKit, type MembraneRules, makeMembrane } from './membrane.ts';
export { type Fence, type Fences, makeFences } from './fence.ts';
export type { Revoked, Revoker, RevokerStatus } from './revoker.ts';
export type { Rules, Witness } from './rules.ts';
export type { Claimed, Founding, Joined, PlaceInvitation, PlaceShare } from './place.ts';
export type {
  ActOption,
  Acts,
  Drafted,
  Granted,
  Mandate,
  MandateTerms,
  MandateView,
  Wish,
} from './acts.ts';
export { type Carried, type MandateAct, areTerms, longestMandate, makeMandate } from './mandate.ts';
export { MandateActI, MandateI, MandateTermsShape } from './mandate-guards.ts';
export { makeCharter } from './charter.ts';
export { daysUnit, maxListed } from './charter-acts.ts';
export { ActsI, WishShape } from './charter-guards.ts';
export type {
  AnnouncedChange,
  Charter,
  CharterChange,
  CharterDefinition,
  CharterFirst,
  CharterInside,
  CharterItem,
  CharterList,
  CharterNumber,
  CharterPowers,
  CharterPublic,
  CharterView,
} from './charter-types.ts';
export { type Bounds, day } from './charter-values.ts';
export type { Admitted, Assembly, BallotShare, Convened, Convener, Convening } from './convene.ts';
export type { Attestation, AttestationFacts, Presentation } from './attestation-types.ts';
export {
  type AttestationGrant,
  type AttestationGrantView,
  type AttestationsTaken,
  type Attestor,
  makeAttestor,
  maxBatchOfAttestations,
} from './attestor.ts';
export {
  type Gate,
  type GateKeeper,
  type GateTerms,
  type GateView,
  type Opened,
  type Requirement,
  makeAttestationGate,
} from './attestation-gate.ts';
/** Words that the pages of all actors share. */
export { ChangesGuard, LabelShape, TextShape, changes, look } from './words.ts';
export { type Electorate, type ElectorateHost, makeElectorate } from './electorate.ts';
