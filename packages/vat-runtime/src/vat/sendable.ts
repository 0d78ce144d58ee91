/**
 * Whether a turn's answer and messages can leave the vat. It is asked before the turn is committed:
 * afterwards a failure would come too late to undo what the turn wrote.
 */
import harden from '@endo/harden';
import { makeMarshal } from '@endo/marshal';
import { type Passable, getInterfaceOf, passStyleOf } from '@endo/pass-style';
import { isWritten, standIn } from '../switchboard/errors.ts';
import { type Limits, defaultLimits } from '../switchboard/limits.ts';
import { isWithin } from '../switchboard/wire.ts';
import { isPlainArray, isReference, maxPlainDepth, namesOfPlain } from './plain.ts';

export type AssertSendable = (value: unknown) => void;

const largestSure = 1n << 256n;
/** What surely passes: small, and no object. */
const isSure = (value: unknown): boolean => {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return true;
    case 'bigint':
      return value < largestSure && value > -largestSure;
    case 'string':
      return value.length < 1000;
    default:
      return value === null;
  }
};

/** What a value may still take of the limits: characters of its body, and references. */
type Room = { characters: number; references: number };
/** Far below all limits: a value costs `most` characters at least, so there are few of them too. */
const newRoom = (): Room => ({ characters: 200_000, references: 200 });
/** Of what stands around an atom or a name in a body, or of a whole reference without its own name. */
const most = 100;
/** A character may be written as six. */
const lengthOf = (text: string): number => most + 6 * text.length;

const take = (room: Room, characters: number): boolean => {
  room.characters -= characters;
  return room.characters >= 0;
};

/**
 * Whether a value is plain, small, and may leave as far as its objects are concerned; false where it has
 * to be encoded to know. Most answers are such records and lists.
 */
const isSurelySendable = (
  value: unknown,
  assertObject: (value: object) => void,
  room: Room,
  depth = 0,
): boolean => {
  if (typeof value !== 'object' || value === null)
    return isSure(value) && take(room, typeof value === 'string' ? lengthOf(value) : most);
  if (depth > maxPlainDepth || !take(room, most)) return false;
  const names = isPlainArray(value) ? value.keys() : namesOfPlain(value);
  if (names === undefined) {
    room.references -= 1;
    const iface = isReference(value) ? getInterfaceOf(value) : undefined;
    if (iface === undefined || room.references < 0 || !take(room, lengthOf(iface))) return false;
    assertObject(value);
    return true;
  }
  for (const name of names) {
    if (!take(room, lengthOf(`${name}`))) return false;
    const part = (value as Record<PropertyKey, unknown>)[name];
    if (!isSurelySendable(part, assertObject, room, depth + 1)) return false;
  }
  return true;
};

/** What the vat that asks has to say about an object. Nothing of a vat runs while a value is encoded. */
let assertObjectNow: (value: object) => void = () => {};

// The same encoding as captp's, with a slot for each object and nothing noted anywhere.
const { toCapData } = makeMarshal<string>(
  (value) => {
    assertObjectNow(value as object);
    return 'o+1';
  },
  undefined,
  {
    serializeBodyFormat: 'capdata',
    // The tags go nowhere; without them no error would be shown here.
    errorTagging: 'on',
    marshalSaveError(error: Error) {
      if (isWritten(error)) return;
      throw standIn(
        TypeError('Cannot send: it holds an error that the engine made; send one of your own'),
        error,
      );
    },
  },
);

/**
 * @param assertObject - throws for an object that must not leave the vat
 * @returns throws where a value is no passable one, holds such an object, or exceeds the limits
 */
export const makeAssertSendable =
  (assertObject: (value: object) => void, limits: Limits = defaultLimits): AssertSendable =>
  (value) => {
    if (isSure(value)) return;
    if (isSurelySendable(value, assertObject, newRoom())) return;
    harden(value);
    // A single reference, the most frequent answer, needs no encoding. What a promise becomes is not known yet.
    const style = passStyleOf(value as Passable);
    if (style === 'promise') return;
    if (style === 'remotable') return assertObject(value as object);
    assertObjectNow = assertObject;
    if (!isWithin(toCapData(value as Passable), limits)) {
      throw RangeError(
        'Cannot send: the value is too large, nests too deeply, or names too many objects',
      );
    }
  };
