/**
 * What every endpoint is: a party's end of its connection, and the words in which it refuses.
 *
 * There are two. `own-endpoint.ts` is ours; `captp-endpoint.ts` is `@endo/captp`, unmodified, behind a
 * guard. Both speak the same messages, and one set of tests holds both.
 */
import { HandledPromise } from '@endo/eventual-send';
import type { Message } from './wire.ts';

/** The lasting objects of a party, by their slots. */
export type LastingObjects = {
  /** `o+d…` for a lasting object, undefined for any other. Throws where it must not leave the party. */
  slotOf(value: object): string | undefined;
  valueAt(slot: string): object | undefined;
};

export type EndpointPowers = {
  /** Names the party in error numbers. */
  readonly id: string;
  readonly send: (message: Message) => void;
  /** Runs `task` when the reactions to the current delivery are done. */
  readonly later: (task: () => void) => void;
  readonly lasting?: LastingObjects;
  /** Shows the party's own people what failed where others are told a fixed text. */
  readonly report?: (failure: unknown) => void;
  /** What the other side gets for `CTP_BOOTSTRAP`. A switchboard asks for nothing. */
  readonly bootstrap?: object;
};

export type Endpoint = {
  /** Takes a message from the switchboard. */
  dispatch(message: Message): void;
  /** A promise for what the other side offers to whoever connects. */
  getBootstrap(): Promise<unknown>;
  /** The presence of the object in an import slot. Made when needed: the other side must know the slot. */
  presenceAt(slot: string): object;
  /** The presence for a slot that the switchboard has just introduced. */
  introduced(slot: string): object;
  /** The slot of an imported presence or promise, undefined for anything else. */
  slotOf(value: object): string | undefined;
  /** Ends the session on this side: open questions reject with `reason`, and later calls too. */
  end(reason: string): void;
};

// Fixed texts: they tell the other side nothing.
export const NO_METHOD: string = 'Cannot call: the object has no such method';
export const LOST: string = 'Cannot call: the object cannot be brought back from the store';
export const UNREADABLE: string = 'Cannot call: the arguments cannot be read';
export const UNREADABLE_ANSWER: string = 'Cannot await answer: it cannot be read (delivered: yes)';
export const TOO_LARGE: string =
  'Cannot send: the message is too large, nests too deeply, names too many objects, or holds a symbol or too long a number';

/** A body that calls a method begins so. The name is the first group. */
export const METHOD_NAME: RegExp = /^\["([A-Za-z_$][\w$]*)",\[/;

/** Runs `method` of whatever `target` is or becomes, as `E(target)[method](...args)` does. */
export const applyMethod = (target: unknown, method: string, args: unknown[]): Promise<unknown> =>
  HandledPromise.applyMethod(target, method, args) as Promise<unknown>;
