/**
 * How a reference is handed over where three nodes meet, as it stands on the wire between nodes.
 *
 * The introducer A sends B a message with an object of C. Beside the slot, an export of A's own that
 * forwards, stands a gift; and A has deposited the gift at C, over its own link, behind all that it
 * sent there before. B withdraws it, and is answered with C's own slot. A gift fits one giver and
 * one receiver, as their sessions have proved, once, for a minute.
 *
 * These messages are about links and not about objects: they are never held up by what they are for.
 */
import { isOwn, record, slot, violation } from './forms.ts';
import { checkHeld } from './held-slots.ts';
import type { Limits } from './limits.ts';

/** Where a node says that it is, with its signature over that: what `locator/signed-locations.ts` makes. */
export type Whereabouts = {
  readonly designator: string;
  readonly locations: readonly string[];
  readonly signedAt: number;
  readonly signature: string;
};

/** Beside the slots of a message: one of them can be had from its owner. */
export type Gift = {
  /** Which of the slots. */
  readonly at: number;
  /** Unguessable, from the introducer. */
  readonly id: string;
  /** The designator of the node that owns the object. */
  readonly exporter: string;
  /** Where that node says that it is. Without it only who knows the node can withdraw. */
  readonly where?: Whereabouts;
};

/** To the exporter: an object that the sender holds there, for somebody else. */
export type GiftDeposit = {
  type: 'GIFT_DEPOSIT';
  id: string;
  /** The designator of the node that may withdraw it. */
  receiver: string;
  slot: string;
};
/** To the exporter, by the receiver. */
export type GiftWithdraw = {
  type: 'GIFT_WITHDRAW';
  /** The receiver's own, for the answer. */
  number: number;
  /** The designator of the node that deposited it. */
  giver: string;
  id: string;
};
/** The object, in the receiver's c-list; without a slot, there is none: the answer to all that is wrong. */
export type GiftAnswer = { type: 'GIFT_ANSWER'; number: number; slot?: string };
/**
 * To the introducer: what stands in this slot is to be deposited once more, under an id of the
 * receiver's, behind all that the receiver sent to it this way before. Of an object of the
 * receiver's own, the introducer gives the answer itself.
 */
export type GiftAgain = { type: 'GIFT_AGAIN'; number: number; slot: string; id: string };
/**
 * To the introducer: what stands in this slot was withdrawn, and the slot is only a name for it now. So
 * often as it was sent it is not needed any more.
 */
export type GiftTaken = { type: 'GIFT_TAKEN'; slot: string; times: number };
/**
 * To the introducer: the receiver wants to forget that the slot is a name. Back from him: it was not sent
 * since, and if it comes again, then with a gift. Where it was, there is no answer.
 */
export type GiftDone = { type: 'GIFT_DONE'; slot: string };
export type GiftMessage =
  GiftDeposit | GiftWithdraw | GiftAnswer | GiftAgain | GiftTaken | GiftDone;

const ID = /^[A-Za-z0-9_-]{22}$/;
/** 32 bytes in base32. Whether somebody can have that key is found out by dialling. */
const DESIGNATOR = /^[a-z2-7]{52}$/;
const maxLocations = 8;
const maxLocationLength = 400;
/** Commas and brackets of a gift at most, and one comma before it. */
export const partsOfGift = 17;
/** About as long is a gift in JSON. */
export const lengthOfGift = 400;

const id = (value: unknown): string =>
  typeof value === 'string' && ID.test(value) ? value : violation('bad gift');
const designator = (value: unknown): string =>
  typeof value === 'string' && DESIGNATOR.test(value) ? value : violation('bad designator');
const count = (value: unknown): number =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : violation('bad gift number');
const text = (value: unknown, maxLength: number): string =>
  typeof value === 'string' && value.length <= maxLength ? value : violation('bad locations');

/** The form only: the signature is looked at by who dials. */
const where = (value: unknown): Whereabouts => {
  const { designator: node, locations, signedAt, signature } = record(value, 4);
  if (!Array.isArray(locations) || locations.length > maxLocations) {
    return violation('bad locations');
  }
  return {
    designator: designator(node),
    locations: Array.from(locations, (location) => text(location, maxLocationLength)),
    signedAt: count(signedAt),
    signature: text(signature, 128),
  };
};

/** @throws WireViolation where it is not a list of gifts for some of these slots */
export const checkGifts = (
  value: unknown,
  slots: readonly string[],
  { maxGiftsPerMessage }: Limits,
): readonly Gift[] => {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxGiftsPerMessage) {
    return violation('bad gifts');
  }
  return Array.from(value, (each: unknown): Gift => {
    const hasWhere = typeof each === 'object' && each !== null && 'where' in each;
    const gift = record(each, hasWhere ? 4 : 3);
    const at = count(gift['at']);
    const given = slots[at];
    // Only objects of the sender's own are handed over: promises forward until they are settled.
    if (given === undefined || given[0] !== 'o' || !isOwn(given)) violation('bad gift');
    const clean = { at, id: id(gift['id']), exporter: designator(gift['exporter']) };
    return hasWhere ? { ...clean, where: where(gift['where']) } : clean;
  });
};

export const isGiftType = (type: unknown): type is GiftMessage['type'] =>
  typeof type === 'string' && type.startsWith('GIFT_');

/** @throws WireViolation where it is not one of the six kinds, whole, and nothing more */
export const checkGiftMessage = (value: object): GiftMessage => {
  const { type } = value as { type?: unknown };
  switch (type) {
    case 'GIFT_DEPOSIT': {
      const message = record(value, 4);
      const given = slot(message['slot']);
      if (given[0] !== 'o') violation('bad gift');
      return {
        type,
        id: id(message['id']),
        receiver: designator(message['receiver']),
        slot: given,
      };
    }
    case 'GIFT_WITHDRAW': {
      const message = record(value, 4);
      return {
        type,
        number: count(message['number']),
        giver: designator(message['giver']),
        id: id(message['id']),
      };
    }
    case 'GIFT_ANSWER': {
      const hasSlot = 'slot' in value;
      const message = record(value, hasSlot ? 3 : 2);
      const number = count(message['number']);
      if (!hasSlot) return { type, number };
      const given = slot(message['slot']);
      return given[0] === 'o' ? { type, number, slot: given } : violation('bad gift');
    }
    case 'GIFT_AGAIN': {
      const message = record(value, 4);
      return {
        type,
        number: count(message['number']),
        slot: slot(message['slot']),
        id: id(message['id']),
      };
    }
    case 'GIFT_TAKEN': {
      const message = record(value, 3);
      return { type, slot: slot(message['slot']), times: count(message['times']) };
    }
    case 'GIFT_DONE':
      return { type, slot: slot(record(value, 2)['slot']) };
    default:
      return violation('unknown kind');
  }
};

/** What a node may say beside what other parties may, for `checkMessage`. A page is given none of it. */
export type GiftRules = {
  readonly isGiftType: typeof isGiftType;
  readonly checkGiftMessage: typeof checkGiftMessage;
  readonly checkGifts: typeof checkGifts;
  readonly checkHeld: typeof checkHeld;
};
export const giftRules: GiftRules = { isGiftType, checkGiftMessage, checkGifts, checkHeld };
