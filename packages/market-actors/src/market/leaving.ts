/**
 * Exit and default (SPEC C16): how somebody goes, and who bears what they owe.
 *
 * Whoever goes is at zero: they gave what they had to the commons, or the commons took over what they owed,
 * after those who had vouched for them. So the sum of the market stays zero.
 */
import type { Facet } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
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

/** Closes an account that is not in debt; what it has, and what still comes, goes to the commons. */
export const leaveMarket = (
  hub: Facet<MarketHub>,
  member: MemberKit,
): { readonly ok: true } | Refusal => {
  if (!isAtRest(member)) return refuse('notYet');
  if (member.inside.account().view().balance < 0n) return refuse('limit');
  const closed = member.care.account().close(true, freshRequest(hub));
  if (!closed.ok) return closed;
  member.care.left();
  return { ok: true };
};

/** What is thrown where the commons may not owe so much, so that nothing of the attempt stays. */
export const beyondFloor = 'Cannot absorb: the common fund may not owe that much';

/**
 * The vouches pay first, and the commons take over what is left of the debt. What somebody has who is
 * away goes to the commons.
 *
 * @throws with `beyondFloor`; whoever catches it has undone all of it
 */
export const absorbDebt = (hub: Facet<MarketHub>, number: bigint): void => {
  const member = hub.member(number)!;
  const activity = hub.activity();
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
  const closed = member.care.account().close(true, freshRequest(hub));
  if (!closed.ok) throw new Error(beyondFloor);
  hub.inside().record('absorbed', { value: balance < 0n ? -balance : 0n }, 'P1');
  member.care.left();
};
