/** What vat modules import. Host powers leave by `@pocas/vat-runtime/node`, test aids by `…/testing`. */
export { describe } from './actor/description.ts';
export type {
  ArgumentDescription,
  ArgumentKind,
  Described,
  Description,
  FieldDescription,
  MethodDescription,
  Text,
} from './actor/description.ts';
export { typed } from './actor/actor.ts';
export type {
  ActorDefinition,
  Changed,
  AllFacets,
  DefineActor,
  DurableMap,
  DurableSet,
  Facet,
  Forward,
  IdentityOf,
  Kit,
  KeyRange,
  MakeDurableMap,
  MakeDurableSet,
  Self,
  StateOf,
} from './actor/actor.ts';
export type { Forwarder, Message, PassOptions } from './actor/forwarder.ts';
export type { Clock, Sleeper, Timer, Timestamp } from './actor/clock.ts';
export {
  changed,
  defineActor,
  identityOf,
  makeDurableMap,
  makeDurableSet,
  send,
} from './actor/outside.ts';
export type { Continuation, Send, SendFailure, SendOptions } from './actor/send.ts';
export type { Enlivener, Grantor, VatMaker } from './actor/powers.ts';
export type { SessionSlot, WebSession, WebSessions } from './actor/web-session.ts';
export type { BundleDesk, Courier, Drop, Parcel, Taken } from './courier/mailroom.ts';
export { sha256 } from './locator/sha256.ts';
export { parseSturdyRef } from './locator/sturdy-ref.ts';
export {
  type Dealing,
  type Dkg,
  type Encapsulation,
  type Evaluation,
  type GroupKey,
  type Holder,
  type KeyShare,
  type PartialOpening,
  type Pedersen,
  type Poprf,
  type Received,
  type Run,
  type Schnorr,
  type SealedTo,
  type Threshold,
  dkg,
  hmac,
  pedersen,
  poprf,
  schnorr,
  sealedTo,
  threshold,
} from './ristretto/index.ts';
export { type Delivery, deliveryOf } from './switchboard/delivery.ts';
export { type Rate, type TokenBucket, makeTokenBucket } from './switchboard/token-bucket.ts';
