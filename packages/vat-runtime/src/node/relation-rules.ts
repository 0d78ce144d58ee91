/**
 * Whether two nodes remember one history, and how they go on where they do not. Pure functions.
 *
 * What each says of itself is on its disk, and it was told nothing by the other that was not. So in an
 * honest history, whatever crashed: nobody took what was not given, nobody was told that something
 * arrived which did not, and lives only grow. Anything else was an old backup, or a second copy.
 */
import type { FaultName, Mark, Statement } from '../session/node-wire.ts';

/** The greatest life of a node that was heard of, and of which start of its process that was. */
export type Known = { readonly life: number; readonly incarnation: string };

export type Ours = Pick<
  Statement,
  'epoch' | 'given' | 'acked' | 'taken' | 'slotsGiven' | 'slotsSeen'
>;

/** The link of our item with a number, as far as it is still known: from the last acknowledged on. */
export type LinkAt = (number: number) => string | undefined;

/** What each fault means, for the operator. */
export const faultWords: { readonly [N in FaultName]: string } = Object.freeze({
  life: 'it was started from an older backup',
  copies: 'two copies of it run',
  theirs: 'it has forgotten what it told this node: it runs from an older backup',
  ours: 'it remembers what this node does not: this node runs from an older backup',
  fork: 'the two nodes remember different histories: one runs from a backup, or in two copies',
  told: 'it does not find what this node says in its own history',
  removed: 'it was removed on this node',
});

/**
 * @param known - undefined where nothing of the peer was heard yet
 * @param theirs - what it says, and of which start of its process it is
 * @returns what is wrong; undefined where the two agree
 */
export const judge = (
  known: Known | undefined,
  ours: Ours,
  linkAt: LinkAt,
  theirs: Statement,
  incarnation: string,
): FaultName | undefined => {
  if (known !== undefined && theirs.life < known.life) return 'life';
  if (known !== undefined && theirs.life === known.life && incarnation !== known.incarnation) {
    return 'copies';
  }
  if (theirs.epoch !== ours.epoch) return theirs.epoch < ours.epoch ? 'theirs' : 'ours';
  if (theirs.taken[0] < ours.acked[0] || theirs.given[0] < ours.taken[0]) return 'theirs';
  if (theirs.taken[0] > ours.given[0] || theirs.acked[0] > ours.taken[0]) return 'ours';
  if (linkAt(theirs.taken[0]) !== theirs.taken[1]) return 'fork';
  const [number, link] = ours.taken;
  if (theirs.given[0] === number && theirs.given[1] !== link) return 'fork';
  if (theirs.acked[0] === number && theirs.acked[1] !== link) return 'fork';
  if (theirs.slotsGiven < ours.slotsSeen) return 'theirs';
  if (theirs.slotsSeen > ours.slotsGiven) return 'ours';
  return undefined;
};

/** What becomes of an item of ours, or of a question that the other side has taken, in a new epoch. */
export type Fate =
  /** It arrived. Its answer may come yet. */
  | 'arrived'
  /** It never arrived, so it is sent again under a new number. */
  | 'again'
  /** Whether it arrived cannot be known, or its answer is lost. It is not sent again. */
  | 'unknown';

/** The link before the first item of an epoch. It is no link of any other epoch. */
export const firstLink = (epoch: number): string => (epoch === 0 ? '' : `e${epoch}`);

/** How a relation goes on after it was reconciled. Both sides compute the same numbers. */
export type Settlement = {
  readonly epoch: number;
  /** The number after which the items of this side, and those of the other, go on. */
  readonly givenFrom: number;
  readonly takenFrom: number;
  /** Lasting slots that this side gives go on after it. */
  readonly slotsFrom: number;
  /** Of an item that is not acknowledged. @param life - in which it was given @param first - the epoch too */
  readonly fateOfItem: (
    number: number,
    kind: 'send' | 'answer',
    life: number,
    first: number,
  ) => Fate;
  /** Of an acknowledged message that waits for an answer. */
  readonly fateOfAsk: (number: number) => Fate;
};

/**
 * @param said - what this side said on this link
 * @param heldSince - the last item that was given before the quarantine: later ones were never sent
 */
export const settle = (
  said: Statement,
  linkAt: LinkAt,
  heldSince: number,
  theirs: Statement,
): Settlement => {
  // The other side has begun the new epoch already: it says with which numbers.
  const began = theirs.state === 'open' ? theirs.before : undefined;
  const { taken, acked, epoch } = began ?? theirs;
  /** Otherwise one of both has lost a whole epoch, and in it the items may have got other numbers. */
  const isOneEpoch = epoch === said.epoch;
  const isOneChain = isOneEpoch && linkAt(taken[0]) === taken[1];
  /** It acknowledged items of which it knows nothing now. */
  const hasForgotten = isOneEpoch && taken[0] < said.acked[0];
  /** It was told that its answers arrived, and here they are not known. */
  const answersAreLost = acked[0] > said.taken[0];
  return {
    epoch: began === undefined ? Math.max(said.epoch, theirs.epoch) + 1 : theirs.epoch,
    givenFrom: began === undefined ? Math.max(said.given[0], taken[0]) : theirs.taken[0],
    takenFrom: began === undefined ? Math.max(theirs.given[0], said.taken[0]) : theirs.acked[0],
    slotsFrom: Math.max(said.slotsGiven, theirs.slotsSeen),
    fateOfItem(number, kind, life, first) {
      // To one that has lost a whole epoch, it may have gone before under a lower number.
      const isNew = epoch < said.epoch ? first > epoch : number > taken[0];
      // What was given in a life of which it has not heard was never sent to it either. One that has
      // removed this node remembers no life, and may have taken what it does not know it took.
      const isUnheard = theirs.heard > 0 && life > theirs.heard;
      const wasNeverSent = isOneEpoch && (number > heldSince || isUnheard);
      if (isNew || wasNeverSent) return 'again';
      if (isOneChain) return answersAreLost && kind === 'send' ? 'unknown' : 'arrived';
      // Whoever took an answer takes no second one, so it does no harm to send it again.
      return kind === 'answer' ? 'again' : 'unknown';
    },
    fateOfAsk(number) {
      if (answersAreLost || number > taken[0]) return 'unknown';
      return isOneChain || hasForgotten ? 'arrived' : 'unknown';
    },
  };
};

/** What is known to be lost, for the operator: how many messages of each direction. */
export const losses = (
  ours: Pick<Statement, 'given' | 'acked' | 'taken'>,
  theirs: Pick<Statement, 'given' | 'acked' | 'taken'>,
): { readonly fromHere: number; readonly fromThere: number } => {
  const lost = (
    giver: { readonly given: Mark; readonly acked: Mark },
    taker: { readonly taken: Mark },
  ) => Math.max(0, taker.taken[0] - giver.given[0], giver.acked[0] - taker.taken[0]);
  return { fromHere: lost(ours, theirs), fromThere: lost(theirs, ours) };
};
