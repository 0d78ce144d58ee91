/**
 * An exchange between two ledgers (SPEC 7.7), as pure state machines. The actors store what these
 * answer and send what they ask for; whatever is true of every order of these steps is true of them.
 *
 * Of the two ledgers the terms name one first. **The first decides, the second follows it**, and the
 * coordinator can only say to the first what to decide. So there is one place where the outcome stands,
 * and a coordinator that tells the two sides different things does no more than an honest one could.
 *
 * A ledger learns of the other only by asking: what it believes is the answer of the facet that its own
 * terms name, to a question that carries these terms. What anybody else says to it is a hint to ask.
 * Everything that one answers of an exchange stays true, so answers may come late, twice, or in any order.
 */

export type Decision = 'settle' | 'release';

/** `held`: the value is set aside, and no time releases it. `refused`: it never was, and never will be. */
export type SidePhase = 'held' | 'settled' | 'released' | 'refused';

/** One ledger's part in one exchange. */
export type Side = {
  readonly phase: SidePhase;
  /** Whether the outcome is decided here. */
  readonly isFirst: boolean;
  /** What the coordinator said first, of what was heard. */
  readonly heard?: Decision | undefined;
  /** By the steward: the coordinator is not listened to any more. */
  readonly isFrozen: boolean;
  /** The other ledger said that it holds its part under the same terms. */
  readonly peerHeld: boolean;
};

/** What a ledger answers of an exchange. */
export type Status = {
  /** `unknown`: nothing is held, and nothing was refused. `differs`: it holds something under other terms. */
  readonly phase: SidePhase | 'unknown' | 'differs';
  readonly isFrozen: boolean;
};

export type SideStep = {
  readonly side: Side;
  /** Whether to ask the other ledger now. */
  readonly ask: boolean;
  /** Whether something is new here that the other ledger would want to ask about. */
  readonly hint: boolean;
};

const still = (side: Side): SideStep => ({ side, ask: false, hint: false });
const end = (side: Side, phase: 'settled' | 'released'): SideStep => ({
  side: { ...side, phase },
  ask: false,
  hint: true,
});

/** The value has been set aside. */
export const newSide = (isFirst: boolean): SideStep => ({
  side: { phase: 'held', isFirst, isFrozen: false, peerHeld: false },
  ask: true,
  hint: true,
});

/** Only the first ledger does this, and only once: it decides, if it has been told what. */
const decideFirst = (side: Side, told: Decision | undefined): SideStep => {
  if (told === 'release') return end(side, 'released');
  // Not before the other ledger itself has said that it holds what these terms say.
  if (told === 'settle' && side.peerHeld) return end(side, 'settled');
  return { side, ask: told === 'settle', hint: false };
};

/** The coordinator says what to do. Whoever is not the first asks the first what it did. */
export const hearDecision = (side: Side, decision: Decision): SideStep => {
  if (side.phase !== 'held' || side.isFrozen || side.heard !== undefined) return still(side);
  const told = { ...side, heard: decision };
  return side.isFirst ? decideFirst(told, decision) : { side: told, ask: true, hint: true };
};

/** The other ledger's answer to a question with this side's terms. */
export const hearStatus = (side: Side, status: Status): SideStep => {
  if (side.phase !== 'held') return still(side);
  switch (status.phase) {
    case 'unknown':
      return still(side);
    case 'settled':
      return end(side, 'settled');
    case 'released':
    case 'refused':
    case 'differs':
      return end(side, 'released');
    case 'held': {
      const known = { ...side, peerHeld: true };
      if (!side.isFirst) return still(known);
      if (!side.isFrozen) return { ...decideFirst(known, side.heard), ask: false };
      return status.isFrozen ? end(known, 'released') : still(known);
    }
  }
};

/** The ledger's steward gives up on the coordinator. When both have, nothing is exchanged. */
export const freeze = (side: Side): SideStep =>
  side.phase !== 'held' || side.isFrozen
    ? still(side)
    : { side: { ...side, isFrozen: true }, ask: true, hint: true };

/** What to answer whoever asks, with these or other terms. */
export const statusOf = (side: Side, isSameTerms: boolean): Status => {
  const { phase, isFrozen } = side;
  if (phase !== 'refused' && !isSameTerms) return { phase: 'differs', isFrozen: false };
  return { phase, isFrozen };
};

// ---- the coordinator ----------------------------------------------------------------------------

/** What an honest coordinator keeps of one exchange. */
export type Coordination = {
  readonly prepared: readonly [boolean, boolean];
  /** Written once. */
  readonly decision?: Decision | undefined;
};

export const newCoordination: Coordination = { prepared: [false, false] };

/** A ledger says that it holds its part. Past the deadline that is too late. */
export const hearPrepared = (
  at: Coordination,
  which: 0 | 1,
  now: bigint,
  deadline: bigint,
): Coordination => {
  if (at.decision !== undefined) return at;
  const [first, second] = at.prepared;
  const prepared = [which === 0 || first, which === 1 || second] as const;
  if (now >= deadline) return { prepared, decision: 'release' };
  return prepared[0] && prepared[1] ? { prepared, decision: 'settle' } : { prepared };
};

/** A ledger refused, or the deadline has come. */
export const giveUp = (at: Coordination): Coordination =>
  at.decision === undefined ? { ...at, decision: 'release' } : at;
