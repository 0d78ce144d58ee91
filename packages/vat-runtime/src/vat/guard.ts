/**
 * Guards: what a method looks at before and after it runs.
 *
 * As `@endo/exo` does, but with messages of ours: a wrong argument is named by its place and its kind; a
 * wrong answer is the fault of whoever wrote the method, so the caller gets a fixed text, and the vat's
 * own console what is wrong.
 */
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import { type Passable, toThrowable } from '@endo/pass-style';
import {
  type InterfaceGuard,
  type MethodGuard,
  M,
  type Pattern,
  getAwaitArgGuardPayload,
  getInterfaceGuardPayload,
  getMethodGuardPayload,
  isAwaitArgGuard,
  isRawGuard,
  mustMatch,
} from '@endo/patterns';
import { OBJECT_FAILED, copies, isWritten, standIn } from '../switchboard/errors.ts';
import { noteGuarded } from '../switchboard/methods.ts';
import { mismatch } from './mismatch.ts';
import { sureMatcher } from './sure.ts';

export type Guard = InterfaceGuard<Record<string, MethodGuard>>;
export type Method = (...args: unknown[]) => unknown;
export type Methods = Record<string, Method>;

/** A method as it is written: with `this`, and its arguments checked. */
export type Inner<This> = (this: This, ...args: unknown[]) => unknown;

/** What an error becomes that leaves a method: what can be sent, and no better known than it was. */
export const throwable = (error: unknown): unknown => {
  try {
    return copies(toThrowable(error), error);
  } catch (reason) {
    // It is said that it cannot be thrown; or it is a proxy, say, that throws when it is looked at.
    return isWritten(reason) ? reason : standIn(Error(OBJECT_FAILED), reason);
  }
};

const passes = (value: unknown, pattern: Pattern): boolean => {
  try {
    // Also where the pattern is satisfied with anything, what cannot be sent is not.
    mustMatch(harden(value) as Passable, pattern);
    return true;
  } catch {
    return false;
  }
};

/** A check that its value passes; undefined where none is made. */
type Check = ((value: unknown) => boolean) | undefined;

const makeCheck = (guard: Pattern): Check => {
  if (isRawGuard(guard)) return undefined;
  const isSure = sureMatcher(guard);
  if (isSure === undefined) return (value) => passes(value, guard);
  return (value) => isSure(value) || passes(value, guard);
};

/** The pattern of an argument that is waited for, or the pattern itself. */
const settled = (guard: Pattern): Pattern =>
  isAwaitArgGuard(guard) ? (getAwaitArgGuardPayload(guard).argGuard as Pattern) : guard;

const counted = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;

type Payload = {
  readonly callKind: 'sync' | 'async';
  readonly argGuards: readonly Pattern[];
  readonly optionalArgGuards?: readonly Pattern[];
  readonly restArgGuard?: Pattern;
  readonly returnGuard: Pattern;
};
const payloadOf = (guard: MethodGuard): Payload =>
  getMethodGuardPayload(guard) as unknown as Payload;

/** @returns throws, with a text for the caller, where the arguments are not what the guard says */
const makeArgumentCheck = (name: string, payload: Payload): ((args: unknown[]) => void) => {
  const { argGuards, optionalArgGuards = [], restArgGuard } = payload;
  const least = argGuards.length;
  const most = least + optionalArgGuards.length;
  const patterns = [...argGuards, ...optionalArgGuards].map(settled);
  const checks = patterns.map(makeCheck);
  const checkRest = restArgGuard === undefined ? undefined : makeCheck(restArgGuard);
  const refuse = (reason: string): never => {
    throw TypeError(`Cannot call "${name}": ${reason}`);
  };
  return (args) => {
    const { length } = args;
    if (length < least || (restArgGuard === undefined && length > most)) {
      const bound = restArgGuard !== undefined || length < least ? 'at least' : 'at most';
      const takes = least === most && restArgGuard === undefined ? '' : `${bound} `;
      const count = bound === 'at least' ? least : most;
      refuse(`it takes ${takes}${counted(count)}, and was given ${length}`);
    }
    for (let i = 0; i < patterns.length && i < length; i += 1) {
      const value = args[i];
      if ((i >= least && value === undefined) || checks[i]?.(value) !== false) continue;
      refuse(mismatch(value, patterns[i]!, `argument ${i + 1}`));
    }
    if (checkRest === undefined || length < most) return;
    const rest = args.slice(most);
    if (!checkRest(rest)) refuse(mismatch(rest, restArgGuard!, `the list of further arguments`));
  };
};

/** @returns throws where an answer is not what the guard says */
export const makeAnswerCheck = (
  name: string,
  guard: MethodGuard,
): ((answer: unknown) => void) | undefined => {
  const { returnGuard } = payloadOf(guard);
  const check = makeCheck(returnGuard);
  if (check === undefined) return undefined;
  return (answer) => {
    if (check(answer)) return;
    throw standIn(
      TypeError(`Cannot call "${name}": its answer is not what its guard promises`),
      TypeError(mismatch(answer, returnGuard, `the answer of "${name}"`)),
    );
  };
};

/**
 * A method behind its guard.
 *
 * @param selfOf - what `this` is in the method, of what it is in the call. Throws where it is nothing
 */
export const guardMethod = <This>(
  name: string,
  guard: MethodGuard,
  method: Inner<This>,
  selfOf: (called: object) => This,
): Method => {
  const payload = payloadOf(guard);
  const checkArguments = makeArgumentCheck(name, payload);
  const checkAnswer = makeAnswerCheck(name, guard);
  if (payload.callKind === 'sync') {
    return {
      guarded(this: object, ...args: unknown[]) {
        try {
          const self = selfOf(this);
          checkArguments(args);
          const answer = Reflect.apply(method, self, args);
          checkAnswer?.(answer);
          return answer;
        } catch (error) {
          throw throwable(error);
        }
      },
    }.guarded;
  }
  const { argGuards, optionalArgGuards = [] } = payload;
  const awaited = [...argGuards, ...optionalArgGuards].flatMap((shape, index) =>
    isAwaitArgGuard(shape) ? [index] : [],
  );
  return {
    guarded(this: object, ...args: unknown[]) {
      const waitedFor = awaited.filter((index) => index < args.length);
      const answer = E.when(Promise.all(waitedFor.map((index) => args[index])), (values) => {
        for (const [at, index] of waitedFor.entries()) args[index] = values[at];
        const self = selfOf(this);
        checkArguments(args);
        return Reflect.apply(method, self, args);
      });
      return E.when(answer, (value) => {
        checkAnswer?.(value);
        return value;
      }).catch((reason: unknown) => Promise.reject(throwable(reason) as Error));
    },
  }.guarded;
};

const passable = M.call().rest(M.any()).returns(M.any());
const raw = M.call().rest(M.raw()).returns(M.raw());
const nothing = M.call().returns(M.any());

/** The guard of each method. @throws where methods and guard do not fit */
export const guardsFor = (
  kind: string,
  guard: Guard,
  methods: readonly string[],
): Record<string, MethodGuard> => {
  const { methodGuards, sloppy, defaultGuards } = getInterfaceGuardPayload(guard) as {
    methodGuards: Record<string, MethodGuard>;
    sloppy?: boolean;
    defaultGuards?: 'passable' | 'raw';
  };
  const otherwise = defaultGuards ?? (sloppy === true ? 'passable' : undefined);
  const refuse = (reason: string): never => {
    throw TypeError(`Cannot define "${kind}": ${reason}`);
  };
  for (const name of Object.keys(methodGuards)) {
    if (!methods.includes(name)) refuse(`its guard names "${name}", and there is no such method`);
  }
  return Object.fromEntries(
    methods.map((name) => {
      if (Object.hasOwn(methodGuards, name)) return [name, methodGuards[name]!];
      if (otherwise === undefined) refuse(`its guard does not name its method "${name}"`);
      return [name, otherwise === 'raw' ? raw : passable];
    }),
  );
};

/** The name under which an object tells its guard, as those of `@endo/exo` do. */
const TELL_GUARD = '__getInterfaceGuard__';

/** An object, or a prototype, of methods that are behind a guard already. Messages reach these, and no others. */
export const makeGuardedObject = <Whole extends object>(
  tag: string,
  guard: Guard,
  methods: Methods,
): Whole => {
  const whole = { ...methods };
  whole[TELL_GUARD] ??= guardMethod(
    TELL_GUARD,
    nothing,
    () => guard,
    () => undefined,
  );
  const object = Far(tag, whole) as unknown as Whole;
  noteGuarded(object, [...Object.keys(whole), '__getMethodNames__']);
  return object;
};

/** What the methods of a power are: any functions. */
type Functions = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * An object outside of vats that others may be handed: its methods are called as the guard says.
 *
 * @example
 * const Clock = makePower('Clock', M.interface('Clock', { now: M.call().returns(M.bigint()) }), {
 *   now: () => time(),
 * });
 */
export const makePower = <Power extends Functions>(
  tag: string,
  guard: InterfaceGuard<Record<keyof Power & string, MethodGuard>>,
  methods: Power,
): Power => {
  const guards = guardsFor(tag, guard as unknown as Guard, Object.keys(methods));
  const guarded = Object.entries(methods).map(([name, method]): [string, Method] => [
    name,
    guardMethod(name, guards[name]!, method as unknown as Inner<object>, (called) => called),
  ]);
  return makeGuardedObject(tag, guard as unknown as Guard, Object.fromEntries(guarded));
};
