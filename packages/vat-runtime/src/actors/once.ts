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
