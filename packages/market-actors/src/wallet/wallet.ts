/**
 * A member's wallet (SPEC C14), in its plainest form: it joins markets and keeps the references.
 *
 * Joining takes several turns, here and elsewhere. Each writes down how far it came before the next
 * message leaves, so a repetition with the same `requestId` goes on from there. The market answers
 * that identifier with the same participant each time, so nothing is done twice either.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { Refusal } from '@pocas/clearing';
import type { DurableMap, Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import type { MarketMakerCounted, MarketWish } from '../founding/types.ts';
import type { Founded, Invitation, MarketFounding, Participant } from '../market/types.ts';
import { WalletOwnerI, WalletPayeeI, WalletStepsI } from './guards.ts';
import type {
  Cared,
  WalletJoined,
  WalletOwner,
  WalletParams,
  WalletPayee,
  WalletPowers,
  WalletView,
} from './types.ts';

/** How many markets one wallet may join: a page shows all of them. */
export const maxMarkets = 50n;

type Membership = { readonly market: string; readonly participant: Facet<Participant> };
type Outcome = WalletJoined | Refusal;
type Founding = { readonly root: Facet<MarketFounding> } | { readonly outcome: Outcome };
/** How far the joining under one request has come. */
type Joining = { readonly invitation: Facet<Invitation> } | { readonly outcome: Outcome };

// What an invitation answers comes from anywhere.
const JoinedShape = M.splitRecord({
  ok: true,
  market: M.string({ stringLengthLimit: 200 }),
  participant: M.remotable('participant'),
});
/** What a market's root answers to its founder. */
const FoundedShape = M.splitRecord({
  ok: true,
  market: M.string({ stringLengthLimit: 200 }),
  participant: M.remotable('participant'),
  steward: M.remotable('steward'),
  charter: M.remotable('charter'),
  commons: M.remotable('commons'),
});
const FoundingMadeShape = M.splitRecord({ ok: true, founding: M.remotable('founding') });
const RefusedShape = M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) });

const makeWalletKit = defineActor({
  name: 'Wallet',
  state: {
    name: NameShape,
    enlivener: typed<Facet<Enlivener>>(M.remotable('enlivener')),
    grantor: typed<Facet<Grantor>>(M.remotable('grantor')),
    memberships: typed<DurableMap<bigint, Membership>>(M.any()),
    joinings: typed<DurableMap<string, Joining>>(M.any()),
    marketMaker: typed<Facet<MarketMakerCounted> | undefined>(M.opt(M.remotable('marketMaker'))),
    /** How far the founding under one request has come. */
    foundings: typed<DurableMap<string, Founding>>(M.any()),
    cares: typed<DurableMap<bigint, Cared>>(M.any()),
    /** How many markets were joined, so that a page can wait for the next one. */
    joined: M.nat(),
  },
  init: ({ name, marketMaker }: WalletParams, { enlivener, grantor }: WalletPowers) => ({
    name,
    enlivener,
    grantor,
    marketMaker,
    foundings: makeDurableMap<string, Founding>(),
    cares: makeDurableMap<bigint, Cared>(),
    memberships: makeDurableMap<bigint, Membership>(),
    joinings: makeDurableMap<string, Joining>(),
    joined: 0n,
  }),
  guards: { owner: WalletOwnerI, payee: WalletPayeeI, steps: WalletStepsI },
  facets: {
    owner: {
      view(): WalletView {
        const { name, memberships, cares } = this.state;
        return {
          name,
          markets: [...memberships.values()].map(({ participant }) => participant),
          ...(cares.size() === 0 ? {} : { cares: [...cares.values()] }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.owner);
      },
      join(sturdyRef: string, requestId: string): Promise<Outcome> | Outcome {
        const { joinings, enlivener } = this.state;
        const { steps } = this.facets;
        const joining = joinings.get(requestId);
        if (joining !== undefined && 'outcome' in joining) return joining.outcome;
        // What the text opened is kept: a sturdy ref may be good for one time only.
        if (joining !== undefined) return steps.enter(joining.invitation, requestId);
        const text = sturdyRef.trim();
        if (!/^ocapn:\/\//i.test(text)) return { ok: false, code: 'invalid' };
        // The cast says what the member means to have pasted; `entered` checks what it answers.
        const invitation = E(enlivener).enliven(text) as Promise<Facet<Invitation>>;
        return E.when(invitation, (opened) => steps.enter(opened, requestId));
      },
      joinWith(invitation: Facet<Invitation>, requestId: string): Promise<Outcome> | Outcome {
        return this.facets.steps.enter(invitation, requestId);
      },
      found(wish: MarketWish, requestId: string): Promise<Outcome> | Outcome {
        const { foundings, marketMaker, memberships } = this.state;
        const { steps } = this.facets;
        const before = foundings.get(requestId);
        if (before !== undefined)
          return 'outcome' in before ? before.outcome : steps.claim(before.root, requestId);
        if (marketMaker === undefined) return { ok: false, code: 'unsupported' };
        if (BigInt(memberships.size()) >= maxMarkets) return { ok: false, code: 'quota' };
        // Whoever makes the vat is told another identifier than the one that claims the market.
        const making = E(marketMaker).found(wish, sha256(`pocas founding\n${requestId}`));
        return E.when(making, (made) => steps.founded(requestId, made));
      },
      foundMarket(name: string, unit: string, requestId: string): Promise<Outcome> | Outcome {
        const kind = /^min(uto|ute)s?$/i.test(unit.trim()) ? 'time' : 'mutual';
        return this.facets.owner.found({ name, unit, kind }, requestId);
      },
      keyLink(): Promise<{ secret: string }> {
        const { grantor } = this.state;
        return E.when(
          E(grantor).sturdy(this.facets.owner, { label: 'key of the wallet' }),
          (secret) => ({ secret }),
        );
      },
      payee(): Facet<WalletPayee> {
        return this.facets.payee;
      },
    },
    payee: {
      view(): { name: string } {
        return { name: this.state.name };
      },
    },
    steps: {
      enter(invitation: Facet<Invitation>, requestId: string): Promise<Outcome> | Outcome {
        const { joinings, memberships, name } = this.state;
        const { steps } = this.facets;
        const joining = joinings.get(requestId);
        if (joining !== undefined && 'outcome' in joining) return joining.outcome;
        if (BigInt(memberships.size()) >= maxMarkets) return { ok: false, code: 'quota' };
        if (joining === undefined) joinings.set(requestId, { invitation });
        const answer = E(joining?.invitation ?? invitation).join(name, requestId);
        return E.when(answer, (joined) => steps.entered(requestId, joined));
      },
      founded(requestId: string, made: unknown): Promise<Outcome> | Outcome {
        if (matches(made, RefusedShape)) return { ok: false, code: made.code as Refusal['code'] };
        if (!matches(made, FoundingMadeShape))
          throw new TypeError('Cannot found a market: what makes them answers something else');
        const root = made.founding as Facet<MarketFounding>;
        this.state.foundings.set(requestId, { root });
        return this.facets.steps.claim(root, requestId);
      },
      claim(root: Facet<MarketFounding>, requestId: string): Promise<Outcome> {
        const { steps } = this.facets;
        const claiming = E(root).claim(this.state.name, requestId);
        return E.when(claiming, (founded) => steps.claimed(requestId, founded));
      },
      claimed(requestId: string, answer: unknown): Outcome {
        const { foundings, memberships, cares } = this.state;
        const before = foundings.get(requestId);
        if (before !== undefined && 'outcome' in before) return before.outcome;
        if (!matches(answer, FoundedShape))
          throw new TypeError('Cannot found a market: somebody else has claimed it');
        // The casts hold for those who keep to the convention; a page shows any other as it is.
        const { market, participant, ...cared } = answer as unknown as Founded;
        const { steward, charter, commons } = cared;
        memberships.set(BigInt(memberships.size()), { market, participant });
        cares.set(BigInt(cares.size()), { market, steward, charter, commons });
        this.state.joined += 1n;
        const outcome: Outcome = { ok: true, market };
        foundings.set(requestId, { outcome });
        return outcome;
      },
      entered(requestId: string, answer: unknown): Outcome {
        const { joinings, memberships } = this.state;
        const joining = joinings.get(requestId);
        if (joining !== undefined && 'outcome' in joining) return joining.outcome;
        let outcome: Outcome;
        if (matches(answer, JoinedShape)) {
          const { market, participant } = answer;
          const known = [...memberships.values()].some((one) => one.participant === participant);
          if (!known) {
            memberships.set(BigInt(memberships.size()), { market, participant });
            this.state.joined += 1n;
          }
          outcome = { ok: true, market };
        } else if (matches(answer, RefusedShape)) {
          // The cast holds for those who keep to the convention; a page shows any other code as unknown.
          outcome = { ok: false, code: answer.code as Refusal['code'] };
        } else {
          throw new TypeError('Cannot join: what was opened is no invitation to a market');
        }
        joinings.set(requestId, { outcome });
        return outcome;
      },
    },
  },
  readOnly: ['owner.changes'],
});

/** Makes a member's wallet. */
export const makeWallet = (params: WalletParams, powers: WalletPowers): Facet<WalletOwner> =>
  makeWalletKit(params, powers).owner;
