/**
 * Exit and default (SPEC C16): how somebody goes, and who bears what they owe.
 *
 * Whoever goes is at zero: they gave what they had to the commons, or the commons took over what they owed,
 * after those who had vouched for them. So the sum of the market stays zero.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside, Promises } from '../inside/types.ts';
import { mechanisms } from './desks.ts';
import type { MarketHub, MemberKit } from './inside.ts';

/**
 * Whether nothing that this person did is still open. What others hold for them does not count: anybody
 * can hold something for anybody, and would keep them here. It goes to the commons when it comes.
 */
export const isAtRest = ({ inside }: MemberKit): boolean => {
  const { held, withdrawn } = inside.account().view();
  return held === 0n && withdrawn === 0n;
};

/** A request that nobody can have made before. */
const freshRequest = (hub: Facet<MarketHub>): string => {
  const inside = hub.inside();
  return inside.derive(`leaving ${inside.nextNumber()}`);
};

/** A refusal that undoes what was done so far: it is thrown, and caught by who answers it. */
const refused = (code: RefusalCode): Error => Error(`Cannot leave: refused as ${code}`);
export const leavingRefusal = (error: unknown): RefusalCode | undefined =>
  error instanceof Error
    ? // The cast holds: only `refused` writes such words.
      (/^Cannot leave: refused as (\w+)$/.exec(error.message)?.[1] as RefusalCode | undefined)
    : undefined;

/** Ends what can end by itself. @returns whether something stays that others rely on */
const settleUp = (hub: Facet<MarketHub>, { inside }: MemberKit): boolean =>
  mechanisms
    .map(({ settle }) => settle?.(hub.inside(), inside) ?? false)
    .some((staysOpen) => staysOpen);

/** What somebody promised others, was paid for, and has not kept. */
export const promisesOf = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): Promises | undefined => {
  const all = mechanisms.flatMap(({ owes }) => owes?.(market, member) ?? []);
  if (all.length === 0) return undefined;
  return {
    words: all.map(({ words }) => words).join(', '),
    worth: all.reduce((sum, { worth }) => sum + worth, 0n),
  };
};

/**
 * Takes somebody out who is not in debt, and whom nobody waits for; what they have, and what still comes, goes
 * to the commons.
 *
 * @param isGiving - else they leave at zero only
 * @throws with a code of `leavingRefusal`; whoever catches it has undone all of it
 */
export const depart = (hub: Facet<MarketHub>, number: bigint, isGiving: boolean): void => {
  const member = hub.member(number)!;
  const isWaitedFor = settleUp(hub, member);
  const { balance, incoming, asked } = member.inside.account().view();
  if (balance < 0n) throw refused('limit');
  // Nobody loses by leaving what is on its way; who wants to give it says so.
  const isLeft = balance > 0n || incoming > 0n || asked > 0n;
  if (isWaitedFor || !isAtRest(member) || (isLeft && !isGiving)) throw refused('notYet');
  const closed = member.care.account().close(true, freshRequest(hub));
  if (!closed.ok) throw refused(closed.code);
  member.care.left();
};

// For the turn in which a debt is taken over, so that all of it is one debt. No sum is larger.
const limitless = 10n ** 28n;

/**
 * What others were promised and is not kept is given back to them, as a part of the debt. The vouches pay
 * first, and the commons take over what is left. What somebody has who is away goes to the commons.
 *
 * @throws with a code of `leavingRefusal`, `limit` where the commons may not owe so much; whoever catches it
 *   has undone all of it
 */
export const absorbDebt = (hub: Facet<MarketHub>, number: bigint): void => {
  const member = hub.member(number)!;
  const activity = hub.activity();
  settleUp(hub, member);
  if (!isAtRest(member)) throw refused('notYet');
  const account = member.care.account();
  account.freeze(false);
  account.setLimits({ debitLimit: limitless, ceiling: limitless });
  for (const { payBack } of mechanisms) payBack?.(hub.inside(), member.inside);
  const { balance } = member.inside.account().view();
  if (balance < 0n) {
    const { shares, changes } = activity.consume(number, -balance);
    for (const { voucher, value } of shares) {
      const kit = hub.member(voucher);
      if (kit === undefined) continue;
      // What was lent is the voucher's own again, and is used at once; what it cannot pay, as while it
      // is frozen, is borne by the commons.
      kit.care.account().setLimits(activity.limits(voucher));
      kit.inside.account().pay(member.inside.payee(), value, freshRequest(hub));
      kit.inside.touch();
    }
    hub.applyLimits(changes);
  }
  const closed = account.close(true, freshRequest(hub));
  if (!closed.ok) throw refused('limit');
  hub.inside().record('absorbed', { value: balance < 0n ? -balance : 0n }, 'P1');
  member.care.left();
};
