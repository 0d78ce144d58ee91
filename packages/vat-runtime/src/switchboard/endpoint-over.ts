/**
 * A party's end of its connection, of our own: it speaks the messages of `@endo/captp` and no others.
 *
 * Against `captp-endpoint.ts`, stock captp behind a guard, it costs a fraction for each call and each
 * reference (docs/decisions/0012-endpoint.md). What holds here:
 * - a call reaches methods behind a guard, or of a client's own objects, and nothing else; one that is made on an answer or on
 *   a promise waits for it, and is refused where that becomes no capability;
 * - of errors only those cross with their words that were written for others (`errors.ts`);
 * - every question settles: with its answer, a failure that says why, or the end of the session;
 * - what was received is counted, and given back when nothing here needs it; what was sent is counted
 *   too, so that an object that is dropped while it is sent again stays;
 * - a message that cannot be sent, because it is too large or holds what must not leave, changes nothing.
 */
import { HandledPromise } from '@endo/eventual-send';
import harden from '@endo/harden';
import {
  type Endpoint,
  type EndpointPowers,
  LOST,
  METHOD_NAME,
  NO_METHOD,
  TOO_LARGE,
  UNREADABLE,
  UNREADABLE_ANSWER,
} from './endpoint.ts';
import { fatedError, noteFate } from './delivery.ts';
import { originalOf } from './errors.ts';
import { defaultLimits } from './limits.ts';
import { callMethod, hasMethod } from './methods.ts';
import type { Bodies, Encoded, ValueAt } from './plain-bodies.ts';
import { type Handler, type RemotePromise, makePresence, makeRemotePromise } from './presence.ts';
import {
  type Call,
  type CapData,
  type Message,
  errorData,
  isCapability,
  isLasting,
  isOwn,
  isWithin,
  reverse,
} from './wire.ts';

const NOT_A_CAPABILITY = 'Cannot deliver call: the answer it was made on is not a capability';
const TOO_MANY = 'Cannot deliver call: too many calls wait for one answer (delivered: no)';
/** Of what was asked before the end nobody knows; what is asked after it is certainly not done. */
const afterEnd = (reason: string): string =>
  reason
    .replace('Cannot await answer', 'Cannot call')
    .replace('(delivered: unknown)', '(delivered: no)');
const UNSENDABLE = 'Cannot answer: the result cannot be sent';

/** What the other side was sent, and has not given back as often. */
type Export = {
  readonly value: object;
  sent: number;
  /** For a promise: it was told what it became. */
  told: boolean;
};
/** What it sent, and how often. */
type Import = { value: WeakRef<object>; received: number };

const defaultIface = 'Alleged: Presence';

/** @param bodies - how values are written and read */
export const makeEndpointOver = (
  { decodeArguments, decodeBody, encodeBody, encodeCall }: Bodies,
  { send, later, lasting, bootstrap, report }: EndpointPowers,
): Endpoint => {
  /** Of all that has a slot here, exports and imports. */
  const slots = new WeakMap<object, string>();
  const exports = new Map<string, Export>();
  const imports = new Map<string, Import>();
  /** Where calls on an object, a promise or an answer of the other side go. */
  const targets = new WeakMap<object, string>();
  const questions = new Map<string, RemotePromise>();
  /** Promises of the other side that are not settled. */
  const unsettled = new Map<string, RemotePromise>();
  /** What may still be called by the number of its question. */
  const answers = new Map<string, Promise<unknown>>();
  let waitingCalls = 0;
  let lastExport = 0;
  let lastQuestion = 0;
  let endedWhy: string | undefined;

  // ---- what is sent ----

  const slotFor = (value: object): string => {
    let slot = slots.get(value);
    if (slot !== undefined) return slot;
    if (value instanceof Promise) slot = `p+${(lastExport += 1)}`;
    else slot = lasting?.slotOf(value) ?? `o+${(lastExport += 1)}`;
    slots.set(value, slot);
    return slot;
  };

  /** Whether the other side could call it if it were sent. Anything may come out of an answer here. */
  const isReachable = (value: object, name: string): boolean => {
    try {
      return hasMethod(value, name) && slotFor(value) !== undefined;
    } catch {
      return false;
    }
  };

  /** Says what a promise became, unless it was given back meanwhile. */
  const followPromise = (slot: string, exported: Export): void => {
    const settle = (isRejected: boolean, value: unknown) => {
      if (endedWhy !== undefined || exports.get(slot) !== exported) return;
      exported.told = true;
      const { encoded, failed } = encodeSettlement(isRejected, value);
      const { data } = encoded;
      const header = { type: 'CTP_RESOLVE', epoch: 0, promiseID: reverse(slot) } as const;
      emit(failed ? { ...header, rej: data } : { ...header, res: data }, encoded);
    };
    (exported.value as Promise<unknown>).then(
      (value) => settle(false, value),
      (reason: unknown) => settle(true, reason),
    );
  };

  /** Sends a message, and remembers what it gave to the other side. */
  const emit = (message: Message, { data, values }: Encoded): void => {
    send(message);
    for (const [i, slot] of data.slots.entries()) {
      if (!isOwn(slot)) continue;
      const known = exports.get(slot);
      if (known !== undefined) {
        known.sent += 1;
        continue;
      }
      const exported = { value: values[i]!, sent: 1, told: false };
      exports.set(slot, exported);
      if (slot[0] === 'p') followPromise(slot, exported);
    }
  };

  const fixedFailure = (text: string): Encoded => ({ data: errorData(text), values: [] });

  /** What a promise or a question became, in a form that can be sent: if need be as a failure. */
  const encodeSettlement = (
    isRejected: boolean,
    value: unknown,
  ): { readonly encoded: Encoded; readonly failed: boolean } => {
    try {
      const encoded = encodeBody(harden(value), slotFor);
      const original = isRejected ? originalOf(value) : undefined;
      if (original !== undefined) report?.(original);
      const isSendable = isWithin(encoded.data, defaultLimits, defaultLimits.maxValuesInAnswer);
      return isSendable
        ? { encoded, failed: isRejected }
        : { encoded: fixedFailure(TOO_LARGE), failed: true };
    } catch (error) {
      if (isRejected && originalOf(error) === undefined) {
        return { encoded: fixedFailure(UNSENDABLE), failed: true };
      }
      return encodeSettlement(true, error);
    }
  };

  // ---- what is asked ----

  const ask = (
    makeMessage: (questionID: string) => Message,
    encoded: Encoded,
  ): Promise<unknown> => {
    lastQuestion += 1;
    const questionID = `q-${lastQuestion}`;
    const question = makeRemotePromise(handler);
    targets.set(question.promise, questionID);
    questions.set(questionID, question);
    emit(makeMessage(questionID), encoded);
    return question.promise;
  };

  const call = (target: object, encoded: Encoded): Promise<unknown> => {
    const { data: method } = encoded;
    if (!isWithin(method, defaultLimits, defaultLimits.maxValuesInCall)) {
      throw RangeError(TOO_LARGE);
    }
    const slot = targets.get(target)!;
    return ask(
      (questionID) => ({ type: 'CTP_CALL', epoch: 0, questionID, target: slot, method }),
      encoded,
    );
  };

  const assertOpen = () => {
    if (endedWhy !== undefined) throw fatedError(afterEnd(endedWhy));
  };

  /** One for all presences and promises; each is given to it with the call. */
  const handler: Handler = harden({
    applyMethod(target: object, name: PropertyKey, args: unknown[]) {
      assertOpen();
      return call(
        target,
        typeof name === 'string'
          ? encodeCall(name, args, slotFor)
          : encodeBody(harden([name, args]), slotFor),
      );
    },
    // Only what is no endpoint of ours answers these two.
    applyFunction(target: object, args: unknown[]) {
      assertOpen();
      return call(target, encodeBody(harden([null, args]), slotFor));
    },
    get(target: object, name: PropertyKey) {
      assertOpen();
      return call(target, encodeBody(harden([name]), slotFor));
    },
  });

  // ---- what is received ----

  const collected = new FinalizationRegistry((slot: string) => {
    const known = imports.get(slot);
    // It may have been imported again since.
    if (known === undefined || known.value.deref() !== undefined) return;
    imports.delete(slot);
    giveBack(slot, known.received);
  });

  const giveBack = (slotID: string, decRefs: number): void => {
    if (endedWhy === undefined) send({ type: 'CTP_DROP', epoch: 0, slotID, decRefs });
  };

  const exportAt = (slot: string): object | undefined =>
    exports.get(slot)?.value ?? (isLasting(slot) ? lasting?.valueAt(slot) : undefined);

  const importAt = (slot: string, iface = defaultIface): object => {
    const known = imports.get(slot);
    const alive = known?.value.deref();
    if (alive !== undefined) return alive;
    let value: object;
    if (slot[0] === 'p') {
      const remote = makeRemotePromise(handler);
      unsettled.set(slot, remote);
      value = remote.promise;
    } else value = makePresence(iface, handler);
    const reference = new WeakRef(value);
    if (known === undefined) imports.set(slot, { value: reference, received: 0 });
    else known.value = reference;
    slots.set(value, slot);
    targets.set(value, slot);
    collected.register(value, slot);
    return value;
  };

  /** @param slot - as the other side writes it */
  const valueAt: ValueAt = (slot, iface) => {
    if (isOwn(slot)) return importAt(reverse(slot), iface);
    const value = exportAt(reverse(slot));
    if (value === undefined) throw Error('Cannot read message: it names what was not exported');
    return value;
  };

  /** Reads with `read`, and counts what the data refers to, whether it could be read or not. */
  const take = <T>(data: CapData, read: (data: CapData, valueAt: ValueAt) => T): T => {
    try {
      return read(data, valueAt);
    } finally {
      if (data.slots.length > 0) count(data.slots);
    }
  };

  const count = (sent: readonly string[]): void => {
    for (const slot of new Set(sent)) {
      if (!isOwn(slot)) continue;
      const mine = reverse(slot);
      const known = imports.get(mine);
      if (known !== undefined) known.received += 1;
      // The body does not mention it, so nothing else would ever give it back.
      else giveBack(mine, 1);
    }
  };

  // ---- calls from the other side ----

  const settleAnswer = (questionID: string, isRejected: boolean, value: unknown): void => {
    if (endedWhy !== undefined) return;
    const { encoded, failed } = encodeSettlement(isRejected, value);
    const { data } = encoded;
    const isKept = !failed && data.slots[0]?.[0] === 'o' && isCapability(data.body);
    if (!isKept) answers.delete(questionID);
    const header = { type: 'CTP_RETURN', epoch: 0, answerID: questionID } as const;
    emit(failed ? { ...header, exception: data } : { ...header, result: data }, encoded);
  };

  const refuse = (questionID: string, text: string): void =>
    send({ type: 'CTP_RETURN', epoch: 0, answerID: questionID, exception: errorData(text) });

  const answerWith = (questionID: string, answer: Promise<unknown>): void => {
    answers.set(questionID, answer);
    if (answers.size > defaultLimits.maxOpenQuestions) forgetOldest();
    answer.then(
      (value) => settleAnswer(questionID, false, value),
      (reason: unknown) => settleAnswer(questionID, true, reason),
    );
  };

  /** The other side should have dropped it long ago. */
  const forgetOldest = (): void => {
    for (const oldest of answers.keys()) return void answers.delete(oldest);
  };

  const resolved = Promise.resolve();

  const onCall = ({ questionID, target, method }: Call): void => {
    const [, name] = METHOD_NAME.exec(method.body) ?? [];
    const isObject = target[0] === 'o';
    let object: object | undefined;
    try {
      if (isObject) object = exportAt(reverse(target));
    } catch {
      if (method.slots.length > 0) count(method.slots);
      return refuse(questionID, LOST);
    }
    const promise = isObject
      ? undefined
      : target[0] === 'q'
        ? answers.get(target)
        : (exportAt(reverse(target)) as Promise<unknown> | undefined);
    const isCallable =
      name !== undefined &&
      (isObject ? object !== undefined && hasMethod(object, name) : promise !== undefined);
    if (!isCallable) {
      if (method.slots.length > 0) count(method.slots);
      return refuse(questionID, target[0] === 'q' ? NOT_A_CAPABILITY : NO_METHOD);
    }
    let args: readonly unknown[];
    try {
      args = take(method, decodeArguments);
    } catch {
      return refuse(questionID, UNREADABLE);
    }
    if (object !== undefined) {
      const callee = object;
      return answerWith(
        questionID,
        resolved.then(() => callMethod(callee, name, args)),
      );
    }
    if (waitingCalls >= defaultLimits.maxQueuedCalls) return refuse(questionID, TOO_MANY);
    waitingCalls += 1;
    answerWith(
      questionID,
      promise!.then(
        (value) => {
          waitingCalls -= 1;
          return callOn(value, name, args);
        },
        () => {
          waitingCalls -= 1;
          throw Error(NOT_A_CAPABILITY);
        },
      ),
    );
  };

  /** A call on what an answer or a promise became. */
  const callOn = (value: unknown, name: string, args: readonly unknown[]): unknown => {
    if (typeof value === 'object' && value !== null) {
      // An object of the other side: the call goes back there.
      if (targets.has(value)) return HandledPromise.applyMethod(value, name, args as unknown[]);
      if (isReachable(value, name)) return callMethod(value, name, args);
    }
    throw Error(NOT_A_CAPABILITY);
  };

  // ---- the session ----

  /** Settles a question or a promise with what the other side said. */
  const settle = ({ resolve, reject }: RemotePromise, data: CapData, isRejected: boolean): void => {
    let value: unknown;
    try {
      value = take(data, decodeBody);
    } catch {
      return reject(Error(UNREADABLE_ANSWER));
    }
    if (isRejected) noteFate(value, data);
    (isRejected ? reject : resolve)(value);
  };

  const end = (reason: string): void => {
    if (endedWhy !== undefined) return;
    endedWhy = reason;
    for (const { reject } of [...questions.values(), ...unsettled.values()])
      reject(fatedError(reason));
    for (const table of [questions, unsettled, answers, exports, imports]) table.clear();
  };

  return Object.freeze({
    dispatch(message: Message) {
      if (endedWhy !== undefined) return;
      switch (message.type) {
        case 'CTP_CALL':
          return onCall(message);
        case 'CTP_RETURN': {
          const { answerID } = message;
          const isRejected = !('result' in message);
          const data = isRejected ? message.exception : message.result;
          const question = questions.get(answerID);
          if (question === undefined) return count(data.slots);
          questions.delete(answerID);
          settle(question, data, isRejected);
          // Until the reactions are done, calls may still be made on the answer's number.
          if (!isRejected && isCapability(data.body)) later(() => giveBack(answerID, 0));
          return;
        }
        case 'CTP_RESOLVE': {
          const { promiseID } = message;
          const isRejected = !('res' in message);
          const data = isRejected ? message.rej : message.res;
          const promise = unsettled.get(promiseID);
          if (promise === undefined) return count(data.slots);
          unsettled.delete(promiseID);
          return settle(promise, data, isRejected);
        }
        case 'CTP_DROP': {
          const { slotID, decRefs } = message;
          if (slotID[0] === 'q') {
            answers.delete(slotID);
            answers.delete(reverse(slotID));
            return;
          }
          const mine = reverse(slotID);
          const exported = exports.get(mine);
          if (exported === undefined) return;
          exported.sent -= decRefs;
          if (exported.sent <= 0) exports.delete(mine);
          // It was sent again on the way, and the other side has forgotten what it became.
          else if (exported.told) followPromise(mine, exported);
          return;
        }
        case 'CTP_BOOTSTRAP':
          if (bootstrap !== undefined) {
            return answerWith(message.questionID, Promise.resolve(bootstrap));
          }
          return refuse(message.questionID, 'Cannot bootstrap: nothing is offered here');
        case 'CTP_DISCONNECT':
          return end(`Cannot await answer: ${message.reason} (delivered: unknown)`);
      }
    },
    getBootstrap() {
      if (endedWhy !== undefined) return Promise.reject(fatedError(afterEnd(endedWhy)));
      return ask(
        (questionID) => ({ type: 'CTP_BOOTSTRAP', epoch: 0, questionID }),
        fixedFailure(''),
      );
    },
    presenceAt(slot: string) {
      if (isOwn(slot)) throw Error('Cannot import: the slot is this side’s own');
      return importAt(slot);
    },
    introduced(slot: string) {
      const value = importAt(slot);
      imports.get(slot)!.received += 1;
      return value;
    },
    slotOf(value: object) {
      const slot = slots.get(value);
      return slot === undefined || isOwn(slot) ? undefined : slot;
    },
    end,
  }) as Endpoint;
};
