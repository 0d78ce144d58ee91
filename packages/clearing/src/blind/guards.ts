/** What a mint accepts. It stays in its market's vat, so it has no words for people. */
import type { CastedPattern, InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { typed } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import { maxElements, maxTokens } from './tags.ts';
import { Text32Shape, Text64Shape } from './texts.ts';
import type { Batch, BlindPayment, Token, TokenKind } from './types.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const list = <T>(item: CastedPattern<T>, arrayLengthLimit: number): CastedPattern<readonly T[]> =>
  typed<readonly T[]>(M.arrayOf(item, { arrayLengthLimit }));

/** Blinded elements. Their number over all batches is bounded by the mint. */
export const ElementsShape: CastedPattern<readonly string[]> = list(Text32Shape, maxElements);
export const BatchesShape: CastedPattern<readonly Batch[]> = list(
  typed<Batch>({ denom: ValueShape, blinded: ElementsShape }),
  16,
);
export const TokenShape: CastedPattern<Token> = typed<Token>({
  denom: ValueShape,
  epoch: ValueShape,
  seed: Text32Shape,
  mac: Text64Shape,
});
export const TokensShape: CastedPattern<readonly Token[]> = list(TokenShape, maxTokens);
export const KindShape: CastedPattern<TokenKind> = typed<TokenKind>(
  M.or('credit', 'appreciation', 'review', 'ballot'),
);

const PaymentShape = typed<BlindPayment>({
  tokens: TokensShape,
  context: M.string({ stringLengthLimit: 2_000 }),
  change: BatchesShape,
});
const TermsShape = M.splitRecord({}, { expires: ValueShape, divisible: M.boolean() });

export const MintI: Methods<
  | 'keys'
  | 'withdraw'
  | 'hold'
  | 'reissue'
  | 'forfeit'
  | 'swap'
  | 'deposit'
  | 'grant'
  | 'spend'
  | 'again'
  | 'counts'
  | 'turnEpoch'
> = M.interface('Mint', {
  keys: M.call().returns(M.record()),
  withdraw: M.call(M.remotable('account'), BatchesShape, RequestIdShape).returns(M.record()),
  hold: M.call(PaymentShape, ValueShape, M.remotable('payee'), TermsShape, RequestIdShape).returns(
    M.record(),
  ),
  reissue: M.call(ValueShape, BatchesShape, RequestIdShape).returns(M.record()),
  forfeit: M.call(ValueShape).returns(),
  swap: M.call(PaymentShape, RequestIdShape).returns(M.record()),
  deposit: M.call(PaymentShape, M.remotable('payee'), RequestIdShape).returns(M.record()),
  grant: M.call(KindShape, ElementsShape, RequestIdShape).optional(ValueShape).returns(M.record()),
  spend: M.call(KindShape, TokensShape, M.string({ stringLengthLimit: 2_000 })).returns(M.record()),
  again: M.call(ElementsShape).returns(M.array()),
  counts: M.call().returns(M.array()),
  turnEpoch: M.call(ValueShape).returns(),
});
