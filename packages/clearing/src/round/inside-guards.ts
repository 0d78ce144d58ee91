/**
 * Guards of facets that never leave the vat of a round: they name the methods. Their arguments come
 * from files of this folder, and are long lists, so they are not looked at once more. What comes from
 * elsewhere (`replies.fulfilled`, `answered`) may be anything that can be sent, and is read as such.
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Asker, ComponentInside, LodgingInside, RoundInside, SeatInside } from './inside.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const inner: MethodGuard = M.call().rest(M.raw()).returns(M.raw());

const insideGuard = <Names extends string>(name: string, names: readonly Names[]): Methods<Names> =>
  // The cast holds because the record has exactly these names.
  M.interface(
    name,
    Object.fromEntries(names.map((method) => [method, inner])),
  ) as unknown as Methods<Names>;

export const RoundInsideI: Methods<keyof RoundInside> = insideGuard('RoundInside', [
  'parts',
  'phase',
  'lodging',
  'matched',
  'clear',
  'seat',
  'seatsFrom',
  'component',
  'frozen',
  'over',
  'ended',
  'note',
]);

export const RoundStepsI: Methods<'open' | 'start' | 'beginReports'> = insideGuard('RoundSteps', [
  'open',
  'start',
  'beginReports',
]);

export const LodgingI: Methods<keyof LodgingInside> = insideGuard('LodgingInside', [
  'isOpen',
  'until',
  'count',
  'lodge',
  'leave',
  'close',
  'froze',
  'cancel',
]);

export const LodgingStepsI: Methods<'begin' | 'match' | 'freeze' | 'handOn'> = insideGuard(
  'LodgingSteps',
  ['begin', 'match', 'freeze', 'handOn'],
);

export const ReporterI: Methods<'addUp' | 'planPayments' | 'plan' | 'report'> = insideGuard(
  'RoundReporter',
  ['addUp', 'planPayments', 'plan', 'report'],
);

export const SeatInsideI: Methods<keyof SeatInside> = insideGuard('SeatInside', [
  'entry',
  'wishes',
  'freeze',
  'isLate',
  'keep',
  'propose',
  'settle',
  'sitOut',
  'finish',
]);

export const RepliesI: Methods<'drop' | 'release' | 'tell' | 'fulfilled' | 'rejected' | 'fault'> =
  insideGuard('SeatReplies', ['drop', 'release', 'tell', 'fulfilled', 'rejected', 'fault']);

export const ComponentInsideI: Methods<keyof ComponentInside> = insideGuard('ComponentInside', [
  'entry',
  'phase',
  'result',
  'begin',
  'solve',
  'problem',
  'offer',
  'giveUp',
  'vote',
  'silent',
  'withdraw',
  'cancel',
  'leave',
]);

export const ComponentStepsI: Methods<'propose' | 'hear' | 'decide' | 'again' | 'end'> =
  insideGuard('ComponentSteps', ['propose', 'hear', 'decide', 'again', 'end']);

export const AskerI: Methods<keyof Asker> = insideGuard('ClearingAsker', [
  'problem',
  'offer',
  'giveUp',
]);

export const QuestionI: Methods<'ask' | 'answered' | 'wait'> = insideGuard('ClearingQuestion', [
  'ask',
  'answered',
  'wait',
]);

export const SleeperI: Methods<'wake'> = insideGuard('RoundSleeper', ['wake']);
