/** What the parts of a book accept of each other, and of attendances and counterparties. */
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import { LabelShape } from '../obligation/terms.ts';
import type { Methods } from '../obligation/words.ts';

const LaterShape = M.or(M.promise(), M.record());

export const BookStepsI: Methods<'debts' | 'met'> = M.interface('BookSteps', {
  debts: M.call(M.number()).returns(M.array()),
  met: M.call(M.any(), LabelShape, RequestIdShape).returns(M.record()),
});

export const InstructionInsideI: Methods<'settings' | 'change' | 'preferenceOf' | 'prefer'> =
  M.interface('InstructionInside', {
    settings: M.call().returns(M.record()),
    change: M.call(M.record()).returns(),
    preferenceOf: M.call(M.string()).returns(M.opt(M.record())),
    prefer: M.call(M.string(), M.record()).returns(),
  });

export const RoundsInsideI: Methods<'attend' | 'convene' | 'items' | 'convened'> = M.interface(
  'RoundsInside',
  {
    attend: M.call(M.remotable('seat'), RequestIdShape).returns(LaterShape),
    convene: M.call(LabelShape, ValueShape, ValueShape, RequestIdShape).returns(LaterShape),
    items: M.call(M.nat(), M.number()).returns(M.array()),
    convened: M.call(M.number()).returns(M.array()),
  },
);

export const RoundsStepsI: Methods<'admit' | 'convened'> = M.interface('RoundsSteps', {
  admit: M.call(M.remotable('seat'), M.any(), RequestIdShape).returns(M.record()),
  convened: M.call(M.string(), M.remotable('convenor'), RequestIdShape).returns(M.record()),
});

export const ListenerI: Methods<'heard'> = M.interface('BookListener', {
  heard: M.call(M.string(), M.any(), M.nat()).returns(M.any()),
});

export const OwnerI: Methods<'ended'> = M.interface('AttendanceOwner', {
  ended: M.call(M.nat()).returns(),
});
