/**
 * One participant's part in the decision on a component and pass: pure functions over its state.
 *
 * As long as the coordinator is there, it decides. Once it seems gone for good, the participants
 * succeed it. Each promises to hear it no more on this component and pass, and asks its neighbours.
 *
 * - Whoever never voted ready, and never will, says `release`: the coordinator cannot have settled.
 *   That goes from neighbour to neighbour.
 * - Otherwise all have voted. Along the tree that came with the proposal each reports upwards that all
 *   below have promised, and whether one of them had been told to settle. The root decides: `settle`
 *   where somebody was told so, and else `release`, since nobody can be told any more.
 * - An outcome is carried out once all neighbours have said the same one. So whoever passes on two
 *   stories is found out by those between them, whose locks then wait for people (`isSplit`).
 *
 * This is the termination protocol of two-phase commit (Bernstein, Hadzilacos and Goodman 1987, chapter
 * 7) without a majority, since nobody knows all the others. It ends when all are there, and with one
 * outcome where nobody lies. Nobody is believed before one's own patience is over.
 */

/**
 * `open`: proposed, not voted. `refused`: did not and will not vote ready in this pass.
 * `ready`: bound. `promised`: bound, and hears no coordinator. The last two are final.
 */
export type Stage = 'open' | 'refused' | 'ready' | 'promised' | 'settled' | 'released';
export type Outcome = 'settle' | 'release';

/**
 * What neighbours say to each other. To the one above in the tree: `promised`, all from here down hear
 * no coordinator; `told`, and one of them had been told to settle.
 */
export type Saying = 'asks' | 'promised' | 'told' | Outcome;

/** Where a participant stands in a component: the numbers of its neighbours. */
export type Place = {
  /** All of them. */
  readonly neighbours: readonly bigint[];
  /** Those in the tree. */
  readonly parent: bigint | undefined;
  readonly children: readonly bigint[];
};

export type Member = {
  readonly stage: Stage;
  /** While promised: the outcome that waits for the neighbours to say the same. */
  readonly verdict: Outcome | undefined;
  /** Which children have reported, and what. */
  readonly reports: readonly { readonly from: bigint; readonly told: boolean }[];
  /** What neighbours have said of the outcome. */
  readonly said: readonly { readonly from: bigint; readonly outcome: Outcome }[];
  /** Who asked while nothing was known here, or has been answered since. */
  readonly asked: readonly bigint[];
};

/** What came of an event. The sayings go out in the same turn in which the member is kept. */
export type Step = {
  readonly member: Member;
  readonly say: readonly { readonly to: bigint; readonly said: Saying }[];
  /** The outcome, where it is to be carried out now. */
  readonly decided?: Outcome;
};

export const newMember: Member = {
  stage: 'open',
  verdict: undefined,
  reports: [],
  said: [],
  asked: [],
};

const stageOf = { settle: 'settled', release: 'released' } as const;

/** Ready, and waiting for a decision: its locks do not end by time. */
export const isBound = ({ stage }: Member): boolean => stage === 'ready' || stage === 'promised';

/** What a neighbour may be told: undefined as long as it is open here. */
const knownOutcome = ({ stage, verdict }: Member): Outcome | undefined => {
  if (stage === 'settled') return 'settle';
  return stage === 'released' || stage === 'refused' ? 'release' : verdict;
};

/** Two neighbours have said different outcomes, or one another than what stands here. Somebody lied. */
export const isSplit = (member: Member): boolean =>
  new Set([knownOutcome(member), ...member.said.map(({ outcome }) => outcome)].filter(Boolean))
    .size > 1;

const step = (member: Member, say: Step['say'] = []): Step => ({ member, say });

const to = (neighbours: readonly bigint[], said: Saying): Step['say'] =>
  neighbours.map((neighbour) => ({ to: neighbour, said }));

/** What the one above is to know of an outcome that was told here: only once somebody has asked. */
const upwards = ({ parent }: Place, member: Member): Step['say'] =>
  member.stage === 'settled' && parent !== undefined ? to([parent], 'told') : [];

/** Tells those who asked what has become known. */
const answerAll = (place: Place, member: Member): Step => {
  const known = knownOutcome(member);
  if (known === undefined || member.asked.length === 0) return step(member);
  return step({ ...member, asked: [] }, [...to(member.asked, known), ...upwards(place, member)]);
};

/** The vote, once. */
export const voted = (place: Place, member: Member, ready: boolean): Step =>
  member.stage === 'open'
    ? answerAll(place, { ...member, stage: ready ? 'ready' : 'refused' })
    : step(member);

/** A later pass was proposed, or the vote was not counted: this pass is never settled. */
export const voided = (place: Place, member: Member): Step =>
  member.stage === 'ready'
    ? answerAll(place, { ...member, stage: 'refused' })
    : voted(place, member, false);

/** What a coordinator's decision meets: `notYet` where there was no vote for it, `conflict` where the other one stands. */
export type Answer = 'ok' | 'notYet' | 'closed' | 'conflict';

/** The coordinator's decision. The root hears it as long as it has not decided itself. */
export const told = (
  place: Place,
  member: Member,
  outcome: Outcome,
): Step & { readonly answer: Answer } => {
  const { stage, verdict } = member;
  if (stage === stageOf[outcome]) return { ...step(member), answer: 'ok' };
  if (stage === 'settled' || stage === 'released') return { ...step(member), answer: 'conflict' };
  const isRoot = place.parent === undefined;
  if (stage === 'promised' && (!isRoot || verdict !== undefined)) {
    return { ...step(member), answer: 'closed' };
  }
  if (outcome === 'settle' && !isBound(member)) return { ...step(member), answer: 'notYet' };
  const final: Member = { ...member, stage: stageOf[outcome] };
  // Neighbours of a root that has promised wait for it, whether or not they have asked.
  const heirs = stage === 'promised' ? place.neighbours : [];
  const asked = [...new Set([...member.asked, ...heirs])];
  return { ...answerAll(place, { ...final, asked }), decided: outcome, answer: 'ok' };
};

/** Carries a verdict out once all neighbours have said the same. */
const confirm = (place: Place, { member, say }: Step): Step => {
  const { verdict, said, stage } = member;
  if (stage !== 'promised' || verdict === undefined) return { member, say };
  const agree = (neighbour: bigint) =>
    said.some(({ from, outcome }) => from === neighbour && outcome === verdict);
  if (!place.neighbours.every(agree) || isSplit(member)) return { member, say };
  return { member: { ...member, stage: stageOf[verdict] }, say, decided: verdict };
};

const decide = (place: Place, member: Member, verdict: Outcome, before: Step['say']): Step =>
  confirm(
    place,
    step({ ...member, verdict, asked: [] }, [...before, ...to(place.neighbours, verdict)]),
  );

/** Where it stands after it promised, or heard something new. */
const goOn = (place: Place, member: Member, before: Step['say'] = []): Step => {
  const { stage, verdict, said, reports } = member;
  const { parent, children } = place;
  if (stage !== 'promised' || verdict !== undefined) return confirm(place, step(member, before));
  if (said.some(({ outcome }) => outcome === 'release')) {
    return decide(place, member, 'release', before);
  }
  if (said.some(({ from }) => from === parent)) return decide(place, member, 'settle', before);
  if (!children.every((child) => reports.some(({ from }) => from === child))) {
    return step(member, before);
  }
  const isTold = reports.some((report) => report.told);
  if (parent === undefined) return decide(place, member, isTold ? 'settle' : 'release', before);
  return step(member, [...before, ...to([parent], isTold ? 'told' : 'promised')]);
};

/** Its patience is over, or whoever keeps it says so. Done again, it asks and reports again. */
export const begin = (place: Place, member: Member): Step => {
  if (!isBound(member)) return step(member);
  return goOn(place, { ...member, stage: 'promised' }, to(place.neighbours, 'asks'));
};

const asks = (place: Place, member: Member, from: bigint): Step => {
  const known = knownOutcome(member);
  if (known !== undefined) return step(member, [...to([from], known), ...upwards(place, member)]);
  const asked = member.asked.includes(from) ? member.asked : [...member.asked, from];
  // Its own report may have been lost with a history of the node above.
  if (member.stage === 'promised' && from === place.parent) return goOn(place, member);
  return step({ ...member, asked });
};

/** A neighbour of the component has said something. */
export const heard = (place: Place, member: Member, from: bigint, saying: Saying): Step => {
  const { stage } = member;
  if (saying === 'asks') return asks(place, member, from);
  if (saying === 'promised' || saying === 'told') {
    if (!place.children.includes(from)) return step(member);
    const others = member.reports.filter((report) => report.from !== from);
    const reports = [...others, { from, told: saying === 'told' }];
    return goOn(place, { ...member, reports });
  }
  // What was said first stands: saying both does not help to either.
  if (member.said.some((one) => one.from === from)) return step(member);
  const asked = member.asked.includes(from) ? member.asked : [...member.asked, from];
  const said = [...member.said, { from, outcome: saying }];
  // Whoever says an outcome waits for this participant's: now, or as soon as it knows one.
  return stage === 'promised'
    ? goOn(place, { ...member, said })
    : answerAll(place, { ...member, said, asked });
};
