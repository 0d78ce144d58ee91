/**
 * A wallet that was restored from its key alone (SPEC 7.2, rotation; C14). It asks act by act for what was
 * evaluated before, each `till` act in a session of its own: together they would say that one person did
 * them all. Then it swaps each token by itself, since the lost copy may have spent some.
 */
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from './refuse.ts';
import { blindFor } from './derive.ts';
import { outputsOf } from './purse.ts';
import type { HeldToken, Origin, Purse, Series } from './purse-types.ts';
import { infoOf, maxElements } from './tags.ts';
import type { Found } from './types.ts';

/** Acts without an answer after which a scan ends: acts that were prepared and never carried out leave gaps. */
const scanGap = 10n;
/** Elements of one act that are asked for at once: as many as the largest pack and most change have. */
const width = 16;
/**
 * Each restoration counts on from here times its number. Not from what was found: a payment without change
 * leaves nothing that could be found, and its number must not be used again.
 */
const generation = 1_000_000n;

/** Asks for what was evaluated before (`Till.again`), in a session of its own for each call. */
export type Ask = (elements: readonly string[]) => Promise<readonly Found[]>;
type Restored = { readonly ok: true; readonly purse: Purse; readonly isFound: boolean } | Refusal;

const anyKey = ({ seen }: Purse): string => {
  const [one] = seen;
  if (one === undefined)
    throw Error('Cannot restore: no epoch key is known; learn a journal head first');
  return one.publicKey;
};

/** Takes in what the market found of the elements that were made from these. */
const takeIn = (
  purse: Purse,
  key: string,
  origins: readonly Origin[],
  elements: readonly string[],
  found: readonly Found[],
): Restored => {
  const unsure: HeldToken[] = [];
  for (const { kind, denom, epoch, blinded, evaluation } of found) {
    const publicKey = purse.seen.find((one) => one.epoch === epoch)?.publicKey;
    if (publicKey === undefined) return refuse('conflict');
    const tag = { kind, denom, epoch };
    const items = [];
    for (const one of blinded) {
      const origin = origins[elements.indexOf(one)];
      if (origin === undefined) return refuse('invalid');
      items.push({ origin, ...blindFor(key, origin, purse.market, tag, publicKey) });
    }
    const outputs =
      items.length === 0 ? undefined : outputsOf(items, evaluation, infoOf(purse.market, tag));
    if (outputs === undefined) return refuse('invalid');
    for (const [at, { origin }] of items.entries())
      unsure.push({ ...tag, origin, output: outputs[at]! });
  }
  const next = { ...purse, unsure: [...purse.unsure, ...unsure] };
  return { ok: true, purse: next, isFound: unsure.length > 0 };
};

/** What was issued for one act: its first element is asked for, and the others where that was found. */
const restoreAct = async (
  purse: Purse,
  key: string,
  series: Series,
  act: bigint,
  ask: Ask,
): Promise<Restored> => {
  // The elements do not depend on the tag.
  const tag = { kind: 'credit', denom: 1n, epoch: 0n } as const;
  let restored = purse;
  let from = 0;
  while (from < maxElements) {
    const origins: readonly Origin[] = Array.from({ length: from === 0 ? 1 : width }, (_, at) => ({
      series,
      act,
      index: BigInt(from + at),
    }));
    const elements = origins.map(
      (origin) => blindFor(key, origin, purse.market, tag, anyKey(purse)).blinded,
    );
    const answer = takeIn(restored, key, origins, elements, await ask(elements));
    if (!answer.ok) return answer;
    restored = answer.purse;
    if (!answer.isFound) break;
    from += origins.length;
  }
  return { ok: true, purse: restored, isFound: from > 0 };
};

/**
 * Finds all that was issued to the purse of a key. What comes is `unsure`: swap each token by itself; those
 * that are refused as `claimed` were spent by the copy that was lost.
 *
 * @param purse - an empty one that has learnt the market's keys
 * @returns `invalid` where a proof does not hold, `conflict` for an epoch whose key no journal head has shown
 */
export const restoreAll = async (
  purse: Purse,
  key: string,
  ask: Ask,
): Promise<{ readonly ok: true; readonly purse: Purse } | Refusal> => {
  let restored = purse;
  for (let start = 0n; ; start += generation) {
    let isUsed = false;
    for (const series of ['account', 'till'] as const) {
      let last = start;
      for (let act = start; act < last + scanGap; act += 1n) {
        const answer = await restoreAct(restored, key, series, act, ask);
        if (!answer.ok) return answer;
        restored = answer.purse;
        if (!answer.isFound) continue;
        isUsed = true;
        last = act + 1n;
      }
    }
    // A purse begins with what is issued to it, so one that was used is found.
    if (!isUsed) return { ok: true, purse: { ...restored, next: { account: start, till: start } } };
  }
};
