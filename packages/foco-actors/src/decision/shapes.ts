/** The shapes of what people say, and the parts that the descriptions share. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M, matches } from '@endo/patterns';
import type { ArgumentDescription } from '@pocas/vat-runtime';
import { typed } from '@pocas/vat-runtime';
import { type Refusal, type RefusalCode, WishShape, refuse } from '@pocas/vat-runtime/actors';
import type { Answer, MethodName } from './methods/types.ts';
import type { Alternative, Proposal } from './types.ts';

/** The type of an exported guard: which methods it has. */
export type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const text = (stringLengthLimit: number): CastedPattern<string> =>
  typed<string>(M.and(M.string({ stringLengthLimit }), M.neq('')));

/** A name or a title, in one line. */
export const NameShape: CastedPattern<string> = text(100);
export const LongTextShape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 2_000 }),
);
export const ConstituencyShape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 60 }),
);
export const BytesShape: CastedPattern<string> = typed<string>(M.string({ stringLengthLimit: 90 }));

const methodNames: readonly MethodName[] = [
  ...(['consent', 'advice', 'agree', 'score', 'dot', 'ranked', 'record', 'sortition'] as const),
];
export const MethodShape: CastedPattern<MethodName> = typed<MethodName>(M.or(...methodNames));

export const NumbersShape: CastedPattern<readonly bigint[]> = typed<readonly bigint[]>(
  M.arrayOf(M.nat({ decimalDigitsLimit: 6 }), { arrayLengthLimit: 12 }),
);
export const AnswerShape: CastedPattern<Answer> = typed<Answer>(
  M.splitRecord(
    {},
    { stand: M.string({ stringLengthLimit: 20 }), reason: LongTextShape, numbers: NumbersShape },
    {},
  ),
);
const AlternativeShape: CastedPattern<Alternative> = typed<Alternative>(
  M.splitRecord(
    { words: M.string({ stringLengthLimit: 500 }) },
    { wish: M.splitRecord({ acts: M.nat({ decimalDigitsLimit: 3 }), wish: WishShape }, {}, {}) },
    {},
  ),
);
export const ProposalShape: CastedPattern<Proposal> = typed<Proposal>(
  M.splitRecord(
    {
      title: NameShape,
      words: LongTextShape,
      method: MethodShape,
      alternatives: M.arrayOf(AlternativeShape, { arrayLengthLimit: 12 }),
    },
    { isBlind: M.boolean(), seats: M.nat({ decimalDigitsLimit: 3 }) },
    {},
  ),
);

/** Answers of methods that may have to ask another vat first. */
export const LaterShape: ReturnType<typeof M.or> = M.or(M.record(), M.promise());
export const ViewGuard: MethodGuard = M.call().returns(M.record());
export const reason = (en: string, es: string): ArgumentDescription => ({
  name: 'reason',
  kind: 'longText',
  label: { en, es },
});
export const requestId: ArgumentDescription = { name: 'requestId', kind: 'requestId' };

const codes: readonly RefusalCode[] = [
  ...(['revoked', 'expired', 'limit', 'insufficient', 'claimed', 'closed'] as const),
  ...(['conflict', 'notYet', 'quota', 'stale', 'invalid', 'unsupported'] as const),
];
const RefusedShape = M.splitRecord({ ok: false, code: M.or(...codes) });

/** What another vat refuses with; `invalid` for an answer that is no answer. */
export const readRefusal = (answer: unknown): Refusal =>
  matches(answer, RefusedShape)
    ? refuse((answer as { readonly code: RefusalCode }).code)
    : refuse('invalid');
