/**
 * What the two sides of a handshake say, and how it is read: the hellos, which travel sealed inside Noise,
 * and the listener's verdict. Records of JSON in printable ASCII, with exactly the keys that are named here.
 */
import { concatBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';
import {
  type Designator,
  type Signer,
  isDesignator,
  verifyIdentity,
} from '../locator/designator.ts';
import { type SignedLocations, verifyLocations } from '../locator/signed-locations.ts';
import type { Ciphers } from './ciphers.ts';
import { refuse } from './link-faults.ts';
import { fromUtf8, toUtf8 } from './utf8.ts';

export type Role = 'dialer' | 'listener';

/** What one side has proved (its key) and what it says about itself. */
export type Introduction = {
  readonly designator: Designator;
  /** Random for each start of the process: another one means that the node was restarted. */
  readonly incarnation: string;
  /** Whether it keeps its key, and references to what it exports, across restarts. */
  readonly lasting: boolean;
  /** Where it says that it can be dialled. */
  readonly locations: readonly string[];
  /** The same as it signed it, to be passed on. */
  readonly signed?: SignedLocations;
};

const incarnationBytes = 16;
const signatureBytes = 64;
/** A hello with as many locations as there may be, each at its longest, fits. */
export const maxHelloBytes = 4096;
const maxVerdictBytes = 256;

/** Names this protocol, in what is signed and in the prologue of Noise. */
export const domain = 'pocas link 2';
const printable = /^[\x20-\x7e]*$/;

/** A new incarnation, to be made once at each start of a process. */
export const makeIncarnation = (random: (byteLength: number) => Uint8Array): string =>
  toBase64Url(random(incarnationBytes));
harden(makeIncarnation);

/** Whether a text is from `makeIncarnation`. */
export const isIncarnation = (value: unknown): value is string =>
  isBase64Url(value, incarnationBytes);

/** The record in `bytes` if it has exactly these keys. */
const readRecord = (bytes: Uint8Array, keys: readonly string[]): Record<string, unknown> => {
  const text = fromUtf8(bytes);
  if (text === undefined || !printable.test(text)) return refuse('LINK_MALFORMED');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('LINK_MALFORMED');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('LINK_MALFORMED');
  }
  // The cast holds: what JSON.parse makes of an object has string keys and unknown values.
  const record = value as Record<string, unknown>;
  const found = Object.keys(record);
  if (found.length !== keys.length || !keys.every((key) => found.includes(key))) {
    return refuse('LINK_MALFORMED');
  }
  return record;
};

const isBase64Url = (value: unknown, byteLength: number): value is string =>
  typeof value === 'string' && fromBase64Url(value, byteLength) !== undefined;

const isMoment = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const helloKeys = ['designator', 'incarnation', 'lasting', 'locations', 'moment', 'signature'];

/** What the side in `role` signs: what it does, and the one handshake in which it does. */
const statement = (role: Role, hash: Uint8Array): Uint8Array =>
  concatBytes(toUtf8(`${domain}\n${role}\n`), hash);

export type Hello = { readonly introduction: Introduction; readonly moment: number | undefined };

/** @param hash - of the handshake, as its writer knew it */
export const readHello = (
  bytes: Uint8Array,
  role: Role,
  hash: Uint8Array,
  ours: Designator,
  expect: Designator | undefined,
  { ed25519 }: Ciphers,
): Hello => {
  if (bytes.length > maxHelloBytes) refuse('LINK_OVERSIZED');
  const record = readRecord(bytes, helloKeys);
  const { designator, incarnation, lasting, moment, signature } = record;
  if (
    typeof designator !== 'string' ||
    !isIncarnation(incarnation) ||
    typeof lasting !== 'boolean' ||
    // A listener binds itself later, and says when in its verdict.
    (role === 'dialer' ? !isMoment(moment) : moment !== null) ||
    !isBase64Url(signature, signatureBytes) ||
    // Nobody dials a client.
    (record['locations'] !== null && !lasting)
  ) {
    return refuse('LINK_MALFORMED');
  }
  // The cast holds: it was looked at above.
  const when = moment === null ? undefined : (moment as number);
  if (designator === ours) return refuse('LINK_SELF');
  if (expect !== undefined && designator !== expect) return refuse('LINK_UNEXPECTED');
  if (!isDesignator(designator)) return refuse('LINK_BAD_KEY');
  const proof = fromBase64Url(signature, signatureBytes)!;
  if (!verifyIdentity(designator, statement(role, hash), proof, ed25519)) {
    return refuse('LINK_UNPROVED');
  }
  const shown = { designator, incarnation, lasting };
  if (record['locations'] === null) {
    return harden({ introduction: { ...shown, locations: [] }, moment: when });
  }
  const signed = verifyLocations(record['locations'], ed25519);
  if (signed?.designator !== designator) return refuse('LINK_UNPROVED');
  const { locations } = signed;
  return harden({ introduction: { ...shown, locations, signed }, moment: when });
};

/** @returns when the listener bound itself, or undefined where it refused */
export const readVerdict = (bytes: Uint8Array): number | undefined => {
  if (bytes.length > maxVerdictBytes) refuse('LINK_OVERSIZED');
  const { taken, moment } = readRecord(bytes, ['taken', 'moment']);
  if (taken === false && moment === null) return undefined;
  return taken === true && isMoment(moment) ? moment : refuse('LINK_MALFORMED');
};

/** A hello of this side, to be made when the hash of the handshake so far is known. */
export const writeHello = (
  role: Role,
  identity: Signer,
  said: {
    readonly incarnation: string;
    readonly lasting: boolean;
    readonly locations: SignedLocations | undefined;
    readonly moment: number | undefined;
  },
  hash: Uint8Array,
): Uint8Array =>
  toUtf8(
    JSON.stringify({
      designator: identity.designator,
      incarnation: said.incarnation,
      lasting: said.lasting,
      locations: said.locations ?? null,
      moment: said.moment ?? null,
      signature: toBase64Url(identity.sign(statement(role, hash))),
    }),
  );

/** @param moment - when the listener bound itself, or undefined where it refuses */
export const writeVerdict = (moment: number | undefined): Uint8Array =>
  toUtf8(JSON.stringify({ taken: moment !== undefined, moment: moment ?? null }));
