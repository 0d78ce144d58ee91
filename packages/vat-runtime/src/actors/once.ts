/** Idempotence (SPEC 0.1, convention 5): the first outcome of a request is its only one. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { DurableMap } from '@pocas/vat-runtime';
import { typed } from '@pocas/vat-runtime';

/** Chosen by the caller, at random, once for each intended act. Whoever knows it can read the outcome. */
export const RequestIdShape: CastedPattern<string> = typed<string>(
  M.and(M.string({ stringLengthLimit: 100 }), M.neq('')),
);

/**
 * Answers the outcome recorded for this request, or does the act and records what came of it,
 * a refusal too: whoever was refused may have gone another way since, so a late copy of the
 * message must not succeed.
 *
 * Reading, acting and recording are one turn, so two copies of a request cannot both act.
 *
 * @param outcomes - belongs to the one who asks, so that nobody meets the requests of others
 * @param method - keeps apart two methods that were given the same identifier
 */
export const once = <Outcome>(
  outcomes: DurableMap<string, unknown>,
  method: string,
  requestId: string,
  act: () => Outcome,
): Outcome => {
  const key = `${method} ${requestId}`;
  // The cast holds because only this method writes under its own name.
  if (outcomes.has(key)) return outcomes.get(key) as Outcome;
  const outcome = act();
  outcomes.set(key, outcome);
  return outcome;
};

/** How long outcomes are kept at least (SPEC 0.1, convention 5), in milliseconds. */
const outcomesKept = 30n * 24n * 60n * 60n * 1000n;

// Keys begin with the age in which they were made, so the oldest come first.
const prefixOf = (age: bigint): string => String(age).padStart(9, '0');
const lateKey = (age: bigint, method: string, requestId: string) =>
  `${prefixOf(age)} ${method} ${requestId}`;

/** Whether `onceLately` has an outcome for this request. */
export const isKnownLately = (
  outcomes: DurableMap<string, unknown>,
  now: bigint,
  method: string,
  requestId: string,
): boolean => {
  const age = now / outcomesKept;
  return [age, age - 1n].some((one) => outcomes.has(lateKey(one, method, requestId)));
};

/**
 * As `once`, and forgets outcomes when they are between 30 and 60 days old: two with each new one, so that the
 * map does not grow for ever. A copy of a request that comes later is a new request.
 *
 * @param now - by the vat's clock
 */
export const onceLately = <Outcome>(
  outcomes: DurableMap<string, unknown>,
  now: bigint,
  method: string,
  requestId: string,
  act: () => Outcome,
): Outcome => {
  const age = now / outcomesKept;
  for (const one of [age, age - 1n]) {
    const key = lateKey(one, method, requestId);
    // The cast holds because only this method writes under its own name.
    if (outcomes.has(key)) return outcomes.get(key) as Outcome;
  }
  const outcome = act();
  outcomes.set(lateKey(age, method, requestId), outcome);
  for (const key of [...outcomes.keys({ to: prefixOf(age - 1n), limit: 2 })]) outcomes.delete(key);
  return outcome;
};
