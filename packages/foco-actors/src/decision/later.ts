/**
 * Answers that come in a later turn, for whoever waits. Not kept: after a restart whoever waited asks again, with
 * the same request.
 */
type Waiting = { readonly answer: Promise<any>; settle(outcome: unknown): void };

const waiting = new Map<string, Waiting>();

/** @param place - says what is waited for, among all of this vat */
export const waitFor = <Outcome>(place: string): Promise<Outcome> => {
  const before = waiting.get(place);
  if (before !== undefined) return before.answer as Promise<Outcome>;
  let settle!: (outcome: unknown) => void;
  const answer = new Promise<Outcome>((resolve) => {
    // The cast holds because one place is settled with one kind of outcome.
    settle = resolve as (outcome: unknown) => void;
  });
  waiting.set(place, { answer, settle });
  return answer;
};

export const settleAt = (place: string, outcome: unknown): void => {
  waiting.get(place)?.settle(outcome);
  waiting.delete(place);
};
