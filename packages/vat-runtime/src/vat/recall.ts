/**
 * What the loads of one module have in common is made once: its guards, its descriptions, and the
 * prototypes of its kinds.
 *
 * A module that loads has no inputs, so it asks for the same things in the same order each time. The
 * first load's questions are kept with their answers; a later one is given the kept answer wherever
 * it asks the same, value by value, and is left to itself otherwise.
 *
 * This joins vats of one module only, and tells none of them anything: an answer is made from a copy
 * of the question and from nothing else, is hardened, and takes in no object of the vat that asked
 * first; and whoever asks is loading, when no vat knows more than the text of its module.
 */
export type Recall = {
  /** Runs a load of the module. Only what it asks meanwhile is kept or given from memory. */
  during<T>(load: () => T): T;
  /**
   * What `make` makes of `question`, or of an equal one that was asked at this point of a load before.
   *
   * @param make - must answer a hardened value, made of its argument and of what all vats share
   */
  ask<Q, A>(name: string, question: Q, make: (question: Q) => A): A;
  /** Lets a question name an object that all vats share. */
  admit(value: object): void;
};

/** How much is kept for one module: characters of its questions, and a few for each value. */
export const maxKept = 1_000_000;
const sizeOfValue = 8;
const maxDepth = 32;

const isRecord = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype;
const isArray = (value: object): value is unknown[] =>
  Array.isArray(value) &&
  Object.getPrototypeOf(value) === Array.prototype &&
  Reflect.ownKeys(value).length === value.length + 1;

/** Whether a copy is the same as one that is kept: value by value, in trees of arrays and records. */
const isSame = (value: unknown, kept: unknown): boolean => {
  if (Object.is(value, kept)) return true;
  if (typeof value !== 'object' || value === null) return false;
  if (typeof kept !== 'object' || kept === null) return false;
  if (Array.isArray(kept)) {
    return (
      isArray(value) &&
      value.length === kept.length &&
      kept.every((member, index) => isSame(value[index], member))
    );
  }
  if (!isRecord(kept) || !isRecord(value)) return false;
  const keys = Reflect.ownKeys(value) as string[];
  const keptKeys = Object.keys(kept);
  return (
    keys.length === keptKeys.length &&
    // The order too: a guard tells in which order its methods were written.
    keptKeys.every((key, index) => keys[index] === key && isSame(value[key], kept[key]))
  );
};

/** @param limit - the same as `maxKept`, unless a test says otherwise */
export const makeRecall = (limit: number = maxKept): Recall => {
  const kept: { name: string; question: unknown; answer: unknown }[] = [];
  const shared = new WeakSet<object>();
  let room = limit;
  let isLoading = false;
  /** How many of the kept answers this load was given. */
  let given = 0;

  /**
   * A copy of plain data, and what it takes of the room. In every load the question is looked at in
   * this one way, so that what can watch it (a proxy, a getter) does not learn what is kept.
   *
   * @throws for anything else, and for what is too large
   */
  const copyOf = (question: unknown): { copy: unknown; size: number } => {
    let size = 0;
    const take = (value: unknown, depth: number): unknown => {
      size += sizeOfValue;
      if (typeof value === 'string') size += value.length;
      if (typeof value === 'bigint') size += value.toString(16).length;
      if (size > limit || depth > maxDepth) {
        throw RangeError('Cannot keep: the question is too large');
      }
      if (typeof value === 'symbol') throw TypeError('Cannot keep a symbol');
      if (typeof value !== 'object' && typeof value !== 'function') return value;
      if (value === null || shared.has(value)) return value;
      if (isArray(value)) {
        return Array.from({ length: value.length }, (_, index) => take(value[index], depth + 1));
      }
      if (!isRecord(value)) throw TypeError('Cannot keep what is no plain data');
      return Object.fromEntries(
        Reflect.ownKeys(value).map((key) => {
          const descriptor = Reflect.getOwnPropertyDescriptor(value, key)!;
          const isPlain = typeof key === 'string' && descriptor.enumerable && 'value' in descriptor;
          if (!isPlain) throw TypeError('Cannot keep it');
          size += key.length;
          return [key, take(descriptor.value, depth + 1)];
        }),
      );
    };
    return { copy: take(question, 0), size };
  };

  /** What traps of a proxy throw is thrown again where the question is used. */
  const attempt = <T>(body: () => T): T | undefined => {
    try {
      return body();
    } catch {
      return undefined;
    }
  };

  return Object.freeze({
    during(load) {
      given = 0;
      isLoading = true;
      try {
        return load();
      } finally {
        isLoading = false;
      }
    },
    ask(name, question, make) {
      if (!isLoading) return make(question);
      const taken = attempt(() => copyOf(question));
      if (taken === undefined) return make(question);
      // The cast holds for a copy.
      const copy = taken.copy as typeof question;
      const next = given;
      const known = kept[next];
      if (known !== undefined) {
        // Where it asks something else, the kept question may still come.
        if (known.name !== name || !isSame(copy, known.question)) return make(copy);
        given += 1;
        // The cast holds because a name goes with one kind of question and of answer.
        return known.answer as ReturnType<typeof make>;
      }
      const answer = make(copy);
      if (taken.size > room || kept.length !== next) return answer;
      room -= taken.size;
      kept.push({ name, question: copy, answer });
      given += 1;
      shared.add(answer as object);
      return answer;
    },
    admit(value) {
      shared.add(value);
    },
  } satisfies Recall);
};
