/** What the facets of an attendance accept: all of it comes from a coordinator that nobody has to trust. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';
import { BalanceShape, ValueShape } from '../amount/amount.ts';
import type { RoundTerms } from '../round/types.ts';
import type { RoundTalk } from './attendance-types.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

/** More edges than this one poca does not lodge: one message holds no more. */
export const maxLodged = 500;
/** Nor these with one neighbour: what two say to each other of them is one message as well (`obligationLimits.said`). */
export const maxLodgedWithOne = 400;

// Whether a number is a whole one is looked at where it is used.
const CountShape = M.number();
const KindShape = M.or('obligation', 'line');
const EndShape = M.or('from', 'to');
const OriginShape = M.string({ stringLengthLimit: 200 });
const TagShape = M.string({ stringLengthLimit: 100 });
const PriceShape = M.bigint({ decimalDigitsLimit: 60 });
const many = (shape: unknown) => M.arrayOf(shape as never, { arrayLengthLimit: maxLodged });

// Nothing else is in them: what comes is kept, and nobody knows how much more there would be.
const FrozenShape = M.splitRecord(
  {
    edge: CountShape,
    origin: OriginShape,
    kind: KindShape,
    end: EndShape,
    version: ValueShape,
    max: ValueShape,
  },
  {},
  {},
);
const TotalsShape = M.splitRecord(
  {
    participants: ValueShape,
    lodged: ValueShape,
    cleared: ValueShape,
  },
  {},
  {},
);
const ProposalShape = M.splitRecord(
  {
    component: CountShape,
    pass: CountShape,
    rows: many(
      M.splitRecord(
        {
          edge: CountShape,
          cleared: BalanceShape,
          weight: PriceShape,
          own: PriceShape,
          other: PriceShape,
        },
        {},
        {},
      ),
    ),
    children: many(CountShape),
    depth: CountShape,
    totals: TotalsShape,
  },
  { parent: CountShape },
  {},
);
const ReportShape = M.splitRecord(
  {
    outcome: M.or('settled', 'nothing', 'cancelled'),
    totals: M.splitRecord(
      {
        participants: ValueShape,
        edges: ValueShape,
        lodged: ValueShape,
        cleared: ValueShape,
        satOut: ValueShape,
      },
      {},
      {},
    ),
    loops: many(
      M.splitRecord(
        {
          value: ValueShape,
          owes: CountShape,
          isOwed: CountShape,
          length: ValueShape,
        },
        {},
        {},
      ),
    ),
    payments: many(M.splitRecord({ edge: CountShape, value: ValueShape }, {}, {})),
  },
  {},
  {},
);

export const AgentI: Methods<'freeze' | 'propose' | 'drop' | 'settle' | 'release' | 'finish'> =
  M.interface('RoundAgent', {
    freeze: M.call(many(FrozenShape), ValueShape).returns(M.record()),
    propose: M.call(ProposalShape).returns(M.record()),
    drop: M.call(many(CountShape)).returns(M.record()),
    settle: M.call(CountShape, CountShape).returns(M.record()),
    release: M.call(CountShape, CountShape).returns(M.record()),
    finish: M.call(ReportShape).returns(M.record()),
  });

/** The terms of a round, as a coordinator of whom nothing is known says them. */
export const TermsShape: CastedPattern<RoundTerms> = typed<RoundTerms>(
  M.splitRecord({
    tag: TagShape,
    title: M.string({ stringLengthLimit: 200 }),
    unit: M.string({ stringLengthLimit: 100 }),
    lodging: ValueShape,
    patience: ValueShape,
    lock: ValueShape,
    maxPasses: CountShape,
  }),
);

/** What a neighbour says on the topic `round`. */
export const TalkShape: CastedPattern<RoundTalk> = typed<RoundTalk>(
  M.or(
    M.splitRecord({
      tag: TagShape,
      kind: 'rows',
      rows: M.splitRecord({
        component: CountShape,
        pass: CountShape,
        totals: TotalsShape,
        depth: CountShape,
        rows: many(
          M.splitRecord({
            origin: OriginShape,
            cleared: BalanceShape,
            weight: PriceShape,
            from: PriceShape,
            to: PriceShape,
            tree: M.or('above', 'below', 'beside'),
          }),
        ),
      }),
    }),
    M.splitRecord({
      tag: TagShape,
      kind: 'succession',
      component: CountShape,
      pass: CountShape,
      said: M.or('asks', 'promised', 'told', 'settle', 'release'),
    }),
  ),
);

export const HearsI: Methods<'fulfilled' | 'rejected'> = M.interface('RoundAnswers', {
  fulfilled: M.call(M.any(), M.any()).returns(),
  rejected: M.call(M.record(), M.any()).returns(),
});

export const SleeperI: Methods<'wake'> = M.interface('RoundSleeper', {
  wake: M.call(M.record(), M.bigint()).returns(),
});

export const AttendanceInsideI: Methods<
  | 'lodge'
  | 'heard'
  | 'explain'
  | 'summary'
  | 'phase'
  | 'inDoubt'
  | 'isGone'
  | 'succeed'
  | 'leave'
  | 'endByHand'
> = M.interface('AttendanceInside', {
  lodge: M.call().returns(),
  heard: M.call(M.any(), M.nat()).returns(M.any()),
  explain: M.call().returns(M.record()),
  summary: M.call().returns(M.record()),
  phase: M.call().returns(M.string()),
  inDoubt: M.call().returns(M.boolean()),
  isGone: M.call().returns(M.boolean()),
  succeed: M.call().returns(),
  leave: M.call().returns(),
  endByHand: M.call(M.or('settle', 'release')).returns(),
});
