/** A participant's side of blind credits: what is done here is seen to be this person's. */
import { M } from '@endo/patterns';
import type { Batch, Issued, MintKeys, Token, TokenCount } from '@pocas/clearing/blind';
import type { Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Methods } from '../inside/shapes.ts';
import { BlindDeskI } from './guards.ts';
import type { TillInside } from './inside.ts';
import type { Appreciating, BlindDesk, BlindDeskView, Till } from './types.ts';

const DeskInsideI: Methods<'grant'> = M.interface('BlindDeskInside', {
  grant: M.call(M.array(), M.string()).returns(M.record()),
});

const past = 'Cannot give tokens of thanks: that would be more than there are';

const makeDeskKit = defineActor({
  name: 'BlindDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    outcomes: typed<DurableMap<string, unknown>>(M.remotable('map')),
  },
  init: (market: Facet<MarketInside>, member: Facet<MemberInside>) => ({
    market,
    member,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { desk: BlindDeskI, inside: DeskInsideI },
  facets: {
    desk: {
      view(): BlindDeskView {
        const { market } = this.state;
        const epoch = market.epoch();
        const counts = market
          .mint()
          .counts()
          .filter(({ kind }) => kind === 'credit');
        return {
          unit: market.unit(),
          members: counts.reduce(
            (most, one) => (one.epoch === epoch && one.members > most ? one.members : most),
            0n,
          ),
          outstanding: counts.reduce(
            (sum, { denom, issued, redeemed }) => sum + denom * (issued - redeemed),
            0n,
          ),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.desk, this.state.market.mint());
      },
      keys(): MintKeys {
        return this.state.market.mint().keys();
      },
      counts(): readonly TokenCount[] {
        return this.state.market.mint().counts();
      },
      withdraw(batches: readonly Batch[], requestId: string): Issued | Refusal {
        const { market, member } = this.state;
        const account = member.account();
        const { balance } = account.view();
        const answer = market.mint().withdraw(account, batches, requestId);
        // Of a repetition nothing leaves the account, so nothing is counted again.
        const spent = balance - account.view().balance;
        if (spent > 0n) member.countSpending(spent);
        return answer;
      },
      deposit(
        tokens: readonly Token[],
        requestId: string,
      ): { readonly ok: true; readonly value: bigint } | Refusal {
        const { market, member } = this.state;
        const payee = member.payee();
        const { outstanding: before } = this.facets.desk.view();
        const payment = { tokens, change: [], context: `${payee.number()}` };
        const answer = market.mint().deposit(payment, payee, requestId);
        const back = before - this.facets.desk.view().outstanding;
        // It came back unspent, so it was no purchase (7.1).
        if (back > 0n) member.countSpending(-back);
        return answer;
      },
      appreciations(elements: readonly string[], requestId: string): Issued | Refusal {
        const { market, outcomes } = this.state;
        const act = (): Issued | Refusal => {
          try {
            return this.facets.inside.grant(elements, requestId);
          } catch (error) {
            if (error instanceof Error && error.message === past) return refuse('quota');
            throw error;
          }
        };
        return onceLately(outcomes, market.now(), 'appreciations', requestId, act);
      },
      payee(): Facet<Payee> {
        return this.state.member.payee();
      },
      till(): Facet<Till> {
        return (this.state.market.part('till') as Facet<TillInside>).till();
      },
    },
    inside: {
      grant(elements: readonly string[], requestId: string): Issued | Refusal {
        const { market, member } = this.state;
        const inner = sha256(JSON.stringify(['thanks', `${member.number()}`, requestId]));
        const answer = market.mint().grant('appreciation', elements, inner);
        if (!answer.ok) return answer;
        const taken = (member as Appreciating).takeAppreciations(BigInt(elements.length));
        if (!taken.ok) throw Error(past);
        return answer;
      },
    },
  },
  readOnly: ['desk.changes'],
});

export const makeBlindDesk = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): Facet<BlindDesk> => makeDeskKit(market, member).desk;
