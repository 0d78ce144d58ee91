/**
 * Envelopes (SPEC F1): what one participant alone decides over, of one kind of value. Pure.
 *
 * An envelope holds surplus, which came from what is shared, and one's own contributions by age. What is
 * taken out is drawn from the surplus first and then from the own contributions, oldest first, and is
 * remembered by where it came from, so that it can go back exactly there.
 */

/** A contribution, or what is left of it. `at` orders contributions by age: a lower one is older. */
export type Part = { readonly at: bigint; readonly value: bigint; readonly returnable: boolean };

/** `own` by age, the oldest first. */
export type Envelope = { readonly surplus: bigint; readonly own: readonly Part[] };
/** What was taken out of an envelope: the same parts, outside of it. */
export type Taken = Envelope;

export const emptyEnvelope: Envelope = { surplus: 0n, own: [] };

/** So many separate contributions an envelope holds at most; neighbours of one kind are one part. */
export const maxParts = 60;

export const valueOf = ({ surplus, own }: Envelope): bigint =>
  own.reduce((sum, { value }) => sum + value, surplus);

/** What of it goes back to its owner who leaves. */
export const returnableOf = ({ own }: Envelope): bigint =>
  own.reduce((sum, { value, returnable }) => (returnable ? sum + value : sum), 0n);

/** Draws a value from the front: surplus, then own contributions, oldest first. Undefined where there is less. */
export const take = (
  envelope: Envelope,
  value: bigint,
): { readonly taken: Taken; readonly left: Envelope } | undefined => {
  if (value < 0n || value > valueOf(envelope)) return undefined;
  const surplus = value < envelope.surplus ? value : envelope.surplus;
  let missing = value - surplus;
  const taken: Part[] = [];
  const left: Part[] = [];
  for (const part of envelope.own) {
    const drawn = part.value < missing ? part.value : missing;
    missing -= drawn;
    if (drawn > 0n) taken.push({ ...part, value: drawn });
    if (drawn < part.value) left.push({ ...part, value: part.value - drawn });
  }
  return {
    taken: { surplus, own: taken },
    left: { surplus: envelope.surplus - surplus, own: left },
  };
};

/** As `take`, from the other end: the newest contribution first, the surplus last. For what comes back in parts. */
export const takeLast = (
  envelope: Envelope,
  value: bigint,
): { readonly taken: Taken; readonly left: Envelope } | undefined => {
  const total = valueOf(envelope);
  if (value < 0n || value > total) return undefined;
  // What stays is what would be drawn first.
  const parts = take(envelope, total - value);
  return parts === undefined ? undefined : { taken: parts.left, left: parts.taken };
};

/** Puts back what was taken: each part to where it was by its age. */
export const putBack = (envelope: Envelope, taken: Taken): Envelope => {
  const own = [...envelope.own];
  for (const part of taken.own) {
    const at = own.findIndex((one) => one.at >= part.at);
    const there = at === -1 ? undefined : own[at]!;
    if (there !== undefined && there.at === part.at)
      own[at] = { ...there, value: there.value + part.value };
    else own.splice(at === -1 ? own.length : at, 0, part);
  }
  return { surplus: envelope.surplus + taken.surplus, own };
};

/** Adds a contribution, the newest. One of the same kind as the newest before it becomes one part with that. */
export const contribute = (
  envelope: Envelope,
  at: bigint,
  value: bigint,
  returnable: boolean,
): Envelope => {
  if (value === 0n) return envelope;
  const last = envelope.own.at(-1);
  return last !== undefined && last.returnable === returnable
    ? { ...envelope, own: [...envelope.own.slice(0, -1), { ...last, value: last.value + value }] }
    : { ...envelope, own: [...envelope.own, { at, value, returnable }] };
};

export const addSurplus = (envelope: Envelope, value: bigint): Envelope => ({
  ...envelope,
  surplus: envelope.surplus + value,
});

/** On leaving: what goes back to its owner, and what stays with the others. */
export const parted = (envelope: Envelope): { readonly back: bigint; readonly rest: bigint } => {
  const back = returnableOf(envelope);
  return { back, rest: valueOf(envelope) - back };
};
