/** What two sides say to each other of one obligation or line, and what it may look like. */
import type { CastedPattern } from '@endo/patterns';
import { M, matches } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import type { HalfMessage } from './half.ts';
import type { LineMessage } from './line-half.ts';
import {
  AmountShape,
  DueShape,
  EndShape,
  HashShape,
  KindShape,
  UnitShape,
  WhatShape,
} from './terms.ts';
import type { Proposed } from './terms.ts';
import type { Deal } from './types.ts';

const NumberShape = M.nat({ decimalDigitsLimit: 20 });
const TextShape = M.string({ stringLengthLimit: 100 });

/** By `act`: what else is said. `end` is the proposer's. */
const shapes = {
  propose: {
    kind: KindShape,
    end: EndShape,
    requestId: TextShape,
    unit: UnitShape,
    amount: AmountShape,
    due: DueShape,
    what: WhatShape,
  },
  accepted: {},
  declined: {},
  withdraw: {},
  withdrawn: {},
  stated: { number: NumberShape, value: AmountShape },
  retract: { number: NumberShape },
  retracted: { number: NumberShape },
  denied: { number: NumberShape },
  forgiven: { value: AmountShape },
  mend: { amount: ValueShape, version: NumberShape },
  lowered: { value: ValueShape },
  ended: {},
  drawn: { tag: HashShape, value: AmountShape },
} as const;

export type ProposeDeal = { readonly act: 'propose'; readonly origin: string } & Proposed;
export type DrawnDeal = {
  readonly act: 'drawn';
  /** The line's. */
  readonly origin: string;
  readonly tag: string;
  readonly value: bigint;
};
/** Of an obligation or a line that is there. */
export type ChangeDeal = { readonly origin: string } & (HalfMessage | LineMessage);
export type AnyDeal = ProposeDeal | DrawnDeal | ChangeDeal;

/** A message of any act; `dealOf` looks at the rest. Bounded, so that reading it costs little. */
export const DealShape: CastedPattern<Deal> = typed<Deal>(
  M.splitRecord({ act: M.string({ stringLengthLimit: 20 }), origin: HashShape }),
);

const patterns = new Map<string, CastedPattern<unknown>>(
  Object.entries(shapes).map(([act, rest]) => [
    act,
    typed<unknown>(
      M.splitRecord(
        { act, origin: HashShape, ...rest },
        act === 'propose' ? { line: HashShape } : {},
        {},
      ),
    ),
  ]),
);

/** The message as its act says that it is; nothing where it is none. */
export const dealOf = (deal: Deal): AnyDeal | undefined => {
  const pattern = patterns.get(deal.act);
  if (pattern === undefined || !matches(deal, pattern)) return undefined;
  // The pattern of the act says what is there.
  return deal as unknown as AnyDeal;
};

const lineActs: readonly string[] = [
  'accepted',
  'declined',
  'withdraw',
  'withdrawn',
  'lowered',
  'ended',
];

/** Whether it is something to say of a line. */
export const isLineMessage = (
  deal: ChangeDeal,
): deal is { readonly origin: string } & LineMessage => lineActs.includes(deal.act);
/** Whether it is something to say of an obligation. */
export const isHalfMessage = (
  deal: ChangeDeal,
): deal is { readonly origin: string } & HalfMessage =>
  deal.act !== 'lowered' && deal.act !== 'ended';
