/**
 * A purse of blind credits (SPEC 7.2), for a wallet's vat or a program: functions from one record to the
 * next. Whoever uses them keeps the new record before anything is sent: then nothing is lost, whatever
 * breaks, and a call whose answer was lost is made again by `paymentOf` and `batchesOf`.
 *
 * `key` is `purseKey` of the wallet's key. It is never part of the record.
 */
import { hmac, poprf } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from './refuse.ts';
import { changeOf, chooseTokens, splitValue } from './choose.ts';
import { blindFor, requestOf, seedOf } from './derive.ts';
import type { HeldToken, OpenAct, Origin, Payment, Purse, SeenKey, Series } from './purse-types.ts';
import { contextOf, infoOf, validity } from './tags.ts';
import type { Batch, BlindPayment, Issued, MintKeys, Purpose, Token, TokenKind } from './types.ts';

export const emptyPurse = (market: string): Purse => ({
  market,
  next: { account: 0n, till: 0n },
  tokens: [],
  unsure: [],
  open: [],
  seen: [],
});

/**
 * Takes in what a journal head says of the epoch keys. Whoever shows another key for an epoch than others
 * have seen is marking its members by it: `conflict`. So this is to be asked with each head and each answer
 * of the market that a wallet gets, and with heads that came another way, by boards and relays.
 */
export const learn = (
  purse: Purse,
  { market, epoch, keys }: MintKeys,
): { readonly ok: true; readonly purse: Purse } | Refusal => {
  const known = new Map(purse.seen.map((one) => [one.epoch, one.publicKey]));
  if (market !== purse.market) return refuse('conflict');
  for (const one of keys) {
    if ((known.get(one.epoch) ?? one.publicKey) !== one.publicKey) return refuse('conflict');
    known.set(one.epoch, one.publicKey);
  }
  const seen: readonly SeenKey[] = [...known]
    .map(([of, publicKey]) => ({ epoch: of, publicKey }))
    .filter((one) => one.epoch + validity >= epoch);
  return { ok: true, purse: { ...purse, seen } };
};

const keyOfEpoch = ({ seen }: Purse, epoch: bigint): string | undefined =>
  seen.find((one) => one.epoch === epoch)?.publicKey;

const newestKey = ({ seen }: Purse): SeenKey => {
  const [newest] = [...seen].sort((a, b) => (a.epoch < b.epoch ? 1 : -1));
  if (newest === undefined)
    throw Error('Cannot prepare: no epoch key is known; learn a journal head first');
  return newest;
};

const blindAll = (
  { market }: Purse,
  key: string,
  { epoch, publicKey }: SeenKey,
  { series, act, kind, denoms }: Pick<OpenAct, 'series' | 'act' | 'kind' | 'denoms'>,
) =>
  denoms.map((denom, index) => {
    const origin: Origin = { series, act, index: BigInt(index) };
    const tag = { kind, denom, epoch };
    return { origin, tag, ...blindFor(key, origin, market, tag, publicKey) };
  });

/** Elements of an act, together by their denomination. */
const together = <One extends { readonly tag: { readonly denom: bigint } }>(
  all: readonly One[],
): readonly (readonly [bigint, readonly One[]])[] => {
  const groups = new Map<bigint, One[]>();
  for (const one of all) groups.set(one.tag.denom, [...(groups.get(one.tag.denom) ?? []), one]);
  return [...groups];
};

/** The elements of an act: the same as often as they are asked for. */
export const batchesOf = (purse: Purse, key: string, act: OpenAct): readonly Batch[] =>
  together(blindAll(purse, key, newestKey(purse), act)).map(([denom, all]) => ({
    denom,
    blinded: all.map(({ blinded }) => blinded),
  }));

const begin = (
  purse: Purse,
  key: string,
  series: Series,
  parts: Pick<OpenAct, 'kind' | 'denoms' | 'tokens' | 'purpose' | 'context'>,
): { readonly purse: Purse; readonly act: OpenAct } => {
  const number = purse.next[series];
  const act: OpenAct = {
    series,
    act: number,
    requestId: requestOf(key, series, number),
    ...parts,
  };
  const spent = new Set(parts.tokens.map(({ origin }) => nameOf(origin)));
  const keep = (all: readonly HeldToken[]) => all.filter((one) => !spent.has(nameOf(one.origin)));
  return {
    act,
    purse: {
      ...purse,
      next: { ...purse.next, [series]: number + 1n },
      tokens: keep(purse.tokens),
      unsure: keep(purse.unsure),
      open: [...purse.open, act],
    },
  };
};

const nameOf = ({ series, act, index }: Origin): string => `${series} ${act} ${index}`;

/** Begins to ask for tokens that cost none: a withdrawal, a refund, appreciation. */
export const askFor = (
  purse: Purse,
  key: string,
  series: Series,
  kind: TokenKind,
  denoms: readonly bigint[],
): {
  readonly purse: Purse;
  readonly act: OpenAct;
  readonly requestId: string;
  readonly batches: readonly Batch[];
} => {
  const begun = begin(purse, key, series, { kind, denoms, tokens: [] });
  const batches = batchesOf(purse, key, begun.act);
  return { ...begun, requestId: begun.act.requestId, batches };
};

/** The tokens of an act as they are shown. */
export const shownTokens = (
  { market }: Purse,
  key: string,
  tokens: readonly HeldToken[],
  use: {
    readonly purpose: Purpose;
    readonly requestId: string;
    readonly context: string;
    readonly change: readonly Batch[];
  },
): readonly Token[] => {
  const shown = tokens.map(({ denom, epoch, origin }) => ({
    denom,
    epoch,
    seed: seedOf(key, origin),
  }));
  const context = contextOf({ ...use, market, tokens: shown });
  return shown.map((one, at) => ({ ...one, mac: hmac(tokens[at]!.output, context) }));
};

/** The payment of an act: the same as often as it is asked for. */
export const paymentOf = (purse: Purse, key: string, act: OpenAct): BlindPayment => {
  const { purpose, context = '', requestId, tokens } = act;
  if (purpose === undefined) throw Error('Cannot pay: this act spends nothing');
  const change = batchesOf(purse, key, act);
  const use = { purpose, requestId, context, change };
  return { tokens: shownTokens(purse, key, tokens, use), context, change };
};

const begun = (
  purse: Purse,
  key: string,
  series: Series,
  parts: Pick<OpenAct, 'denoms' | 'tokens' | 'purpose' | 'context'>,
): Payment & { readonly ok: true } => {
  const { act, purse: next } = begin(purse, key, series, { kind: 'credit', ...parts });
  const { requestId } = act;
  return { ok: true, purse: next, act, requestId, payment: paymentOf(next, key, act) };
};

/** Begins to pay a price with change, as the till takes it. @returns `insufficient` where the tokens do not do */
export const pay = (
  purse: Purse,
  key: string,
  price: bigint,
  context: string,
  denominations: readonly bigint[],
): (Payment & { readonly ok: true }) | Refusal => {
  const tokens = chooseTokens(
    purse.tokens.filter(({ kind }) => kind === 'credit'),
    price,
  );
  if (tokens === undefined) return refuse('insufficient');
  const denoms = splitValue(changeOf(tokens, price), denominations);
  if (denoms === undefined) return refuse('invalid');
  return begun(purse, key, 'till', { denoms, tokens, purpose: 'hold', context });
};

/** Begins to swap tokens for new ones, of the same denominations. */
export const swap = (purse: Purse, key: string, tokens: readonly HeldToken[]): Payment =>
  begun(purse, key, 'till', {
    denoms: tokens.map(({ denom }) => denom),
    tokens,
    purpose: 'swap',
    context: '',
  });

/** Begins to give tokens to an account. @param payee - its number */
export const deposit = (
  purse: Purse,
  key: string,
  tokens: readonly HeldToken[],
  payee: bigint,
): Payment =>
  begun(purse, key, 'account', { denoms: [], tokens, purpose: 'deposit', context: `${payee}` });

const without = (purse: Purse, act: OpenAct): Purse => ({
  ...purse,
  open: purse.open.filter((one) => one.requestId !== act.requestId),
});

/**
 * Takes in the answer of an act: its tokens are used up, and the new ones are in the purse.
 *
 * @returns `invalid` where the proof does not hold or the number of elements is another one, `conflict`
 * where they are of an epoch whose key no journal head has shown. The act stays open: whoever answered so
 * may answer better, and what came is evidence.
 */
export const finish = (
  purse: Purse,
  key: string,
  act: OpenAct,
  { epoch, issued }: Pick<Issued, 'epoch' | 'issued'>,
): { readonly ok: true; readonly purse: Purse } | Refusal => {
  const publicKey = keyOfEpoch(purse, epoch);
  if (publicKey === undefined) return refuse('conflict');
  const groups = together(blindAll(purse, key, { epoch, publicKey }, act));
  if (groups.length !== issued.length) return refuse('invalid');
  const made: HeldToken[] = [];
  for (const [at, [denom, items]] of groups.entries()) {
    const answer = issued[at]!;
    if (answer.denom !== denom) return refuse('invalid');
    const tag = { kind: act.kind, denom, epoch };
    const outputs = outputsOf(items, answer.evaluation, infoOf(purse.market, tag));
    if (outputs === undefined) return refuse('invalid');
    for (const [index, { origin }] of items.entries())
      made.push({ ...tag, origin, output: outputs[index]! });
  }
  const next = without(purse, act);
  return { ok: true, purse: { ...next, tokens: [...next.tokens, ...made] } };
};

/** Undefined where the proof does not hold, or is none. */
export const outputsOf = (
  items: readonly {
    readonly input: string;
    readonly blind: string;
    readonly blinded: string;
    readonly tweakedKey: string;
  }[],
  evaluation: Issued['issued'][number]['evaluation'],
  info: string,
): readonly string[] | undefined => {
  try {
    return poprf.finalize(items, evaluation, info, items[0]!.tweakedKey);
  } catch {
    return undefined;
  }
};

/** The act was refused for good: its tokens are there again, but for those that somebody else has spent. */
export const giveUp = (purse: Purse, act: OpenAct): Purse => {
  const next = without(purse, act);
  return { ...next, tokens: [...next.tokens, ...act.tokens] };
};

/** The act was refused as `claimed` or `expired`: its tokens are worth nothing. */
export const writeOff = (purse: Purse, act: OpenAct): Purse => without(purse, act);

/** What all tokens that can be spent are worth. */
export const worth = ({ tokens }: Purse): bigint =>
  tokens.reduce((sum, { kind, denom }) => sum + (kind === 'credit' ? denom : 0n), 0n);
