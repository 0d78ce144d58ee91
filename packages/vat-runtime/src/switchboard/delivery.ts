/**
 * What became of a call by `E` that rejected because of a node, and not because of the object.
 *
 * The text says it, since text is all that crosses: it ends with `(delivered: no)` and its like. An
 * error of an object may have the same text. So an endpoint notes which errors nodes made: those of the
 * form that only switchboards and endpoints write, `errorData`, and never the code of an object. Whoever
 * runs another node, or the process of an object, can write that form too: he can say what he likes of
 * calls to his own objects, as by any answer, and of no others.
 */
import { type CapData, errorData } from './wire.ts';

/**
 * - `no`: nothing of the call was done, and nothing will be: it may be made again.
 * - `unknown`: it may have been carried out, or not. Make it again only where that does no harm.
 * - `failed`: its vat was stopped while it carried it out, so nothing of it was done; it would be again.
 */
export type Delivery = 'no' | 'unknown' | 'failed';

const fates = new WeakMap<object, Delivery>();

const SUFFIX = / \(delivered: (no|unknown|failed)\)$/;

const fateIn = (text: string): Delivery | undefined =>
  SUFFIX.exec(text)?.[1] as Delivery | undefined;

/** An error that this side made. */
export const fatedError = (text: string): Error => {
  const error = Error(text);
  const fate = fateIn(text);
  if (fate !== undefined) fates.set(error, fate);
  return error;
};

/** Notes that an error which was read from some data was made by a node, if it was. */
export const noteFate = (error: unknown, { body, slots }: CapData): void => {
  if (!(error instanceof Error) || slots.length > 0) return;
  const fate = fateIn(error.message);
  if (fate !== undefined && body === errorData(error.message).body) fates.set(error, fate);
};

/**
 * Whether a call by `E` that rejected with this error was delivered. undefined for every other error:
 * those of the object itself, and those that somebody caught and passed on, which were about his call.
 */
export const deliveryOf = (error: unknown): Delivery | undefined =>
  Object(error) === error ? fates.get(error as object) : undefined;
