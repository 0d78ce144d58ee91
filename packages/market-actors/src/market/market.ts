/** A plural market (SPEC M1): one ledger, a book of offers, and the people who take part. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Ledger, LedgerAuditor, Refusal } from '@pocas/clearing';
import { type LedgerPowers, ValueShape, makeLedger, once } from '@pocas/clearing/credit';
import type { DurableMap, Facet, Grantor } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Charter, ListedVersion, ParticipantInside, VersionInside } from './inside.ts';
import { makeInvitation } from './invitation.ts';
import { MarketInsideI, MarketPublicI, StewardI } from './market-guards.ts';
import { makeParticipant } from './participant.ts';
import { NameShape } from '../inside/shapes.ts';
import type {
  Invitation,
  MarketPublic,
  MarketPublicView,
  Offer,
  OfferItem,
  Participant,
  PublicOfferItem,
  Steward,
  StewardView,
} from './types.ts';

/** How many offers a market has at most, and how many of them, the newest, it shows. */
export const maxOffers = 1_000n;
export const shownOffers = 100;

type GrantorRef = Facet<Grantor>;

const makeMarketKit = defineActor({
  name: 'Market',
  state: {
    name: NameShape,
    unit: NameShape,
    debitLimit: ValueShape,
    ceiling: ValueShape,
    grantor: typed<GrantorRef | undefined>(M.opt(M.remotable('grantor'))),
    ledger: typed<Facet<Ledger>>(M.remotable('ledger')),
    auditor: typed<Facet<LedgerAuditor>>(M.remotable('auditor')),
    participants: typed<DurableMap<bigint, Facet<ParticipantInside>>>(M.any()),
    /** The version that counts of every offer not withdrawn, by its number. */
    versions: typed<DurableMap<bigint, ListedVersion>>(M.any()),
    next: M.nat(),
    invitations: typed<DurableMap<string, unknown>>(M.any()),
    /** Counts what happened to offers, so that a page can wait for the next thing. */
    news: M.nat(),
  },
  init: (
    { name, unit, debitLimit, ceiling }: Charter,
    powers: LedgerPowers,
    grantor: GrantorRef | undefined,
  ) => {
    const ledger = makeLedger({ name, kind: 'mutual', unit }, powers);
    return {
      name,
      unit,
      debitLimit,
      ceiling,
      grantor,
      ledger,
      auditor: ledger.auditor(),
      participants: makeDurableMap<bigint, Facet<ParticipantInside>>(),
      versions: makeDurableMap<bigint, ListedVersion>(),
      next: 1n,
      invitations: makeDurableMap<string, unknown>(),
      news: 0n,
    };
  },
  guards: { marketPublic: MarketPublicI, steward: StewardI, inside: MarketInsideI },
  facets: {
    marketPublic: {
      describe(): MarketPublicView {
        const { name, unit } = this.state;
        return { name, unit, offers: this.facets.marketPublic.offers() };
      },
      offers(): PublicOfferItem[] {
        return this.facets.inside.offersFor(undefined).map(withoutMaker);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.marketPublic);
      },
    },
    steward: {
      view(): StewardView {
        const { name, unit, debitLimit, ceiling, participants, versions } = this.state;
        return {
          name,
          unit,
          participants: BigInt(participants.size()),
          offers: BigInt(versions.size()),
          debitLimit,
          ceiling,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.steward);
      },
      invite(uses: bigint = 1n, requestId?: string): Facet<Invitation> {
        const { inside } = this.facets;
        const make = () => makeInvitation(inside, uses);
        return requestId === undefined
          ? make()
          : once(this.state.invitations, 'invite', requestId, make);
      },
      inviteLink(uses: bigint, requestId: string): Promise<{ secret: string }> | Refusal {
        const { grantor } = this.state;
        if (grantor === undefined) return { ok: false, code: 'unsupported' };
        const invitation = this.facets.steward.invite(uses, requestId);
        // The link itself may be followed any number of times: the invitation counts those who join,
        // and someone whose connection failed half way comes back by the same link.
        return E.when(
          E(grantor).sturdy(invitation, { label: 'invitation to the market' }),
          (secret) => ({ secret }),
        );
      },
      marketPublic(): Facet<MarketPublic> {
        return this.facets.marketPublic;
      },
      auditor(): Facet<LedgerAuditor> {
        return this.state.auditor;
      },
    },
    inside: {
      charter(): Charter {
        const { name, unit, debitLimit, ceiling } = this.state;
        return { name, unit, debitLimit, ceiling };
      },
      nextNumber(): bigint {
        const number = this.state.next;
        this.state.next += 1n;
        return number;
      },
      enrol(name: string): Facet<Participant> {
        const { ledger, debitLimit, ceiling, participants } = this.state;
        const { account, payee } = ledger.openAccount('member', { debitLimit, ceiling });
        const number = this.facets.inside.nextNumber();
        const kit = makeParticipant(number, name, this.facets.inside, account, payee);
        participants.set(number, kit.inside);
        this.facets.inside.touch();
        return kit.participant;
      },
      hasRoom(): boolean {
        return BigInt(this.state.versions.size()) < maxOffers;
      },
      list(version: bigint, entry: ListedVersion): void {
        this.state.versions.set(version, entry);
        this.facets.inside.touch();
      },
      unlist(version: bigint): void {
        this.state.versions.delete(version);
        this.facets.inside.touch();
      },
      find(offer: Facet<Offer>): Facet<VersionInside> | undefined {
        if (typeof offer.number !== 'function')
          throw new TypeError('Cannot order: this is not an offer of this market');
        // The number says where to look; only the identity of what is found there is believed.
        const listed = this.state.versions.get(offer.number());
        return listed?.offer === offer ? listed.inside : undefined;
      },
      offersFor(viewer: bigint | undefined): OfferItem[] {
        const items: OfferItem[] = [];
        const { versions } = this.state;
        for (const number of [...versions.keys()].reverse()) {
          if (items.length === shownOffers) break;
          const { offer, inside } = versions.get(number)!;
          const source = inside.offer();
          const available = source.available();
          const maker = source.maker();
          if (available > 0n && source.status() === 'live' && maker.number() !== viewer) {
            const { what, description, price } = inside.terms();
            items.push({ offer, what, description, price, available, maker: maker.name() });
          }
        }
        return items;
      },
      touch(): void {
        this.state.news += 1n;
      },
    },
  },
  readOnly: ['marketPublic.changes', 'steward.changes'],
});

// Written out, so that a field added for participants does not become public by itself.
const withoutMaker = ({
  offer,
  what,
  description,
  price,
  available,
}: OfferItem): PublicOfferItem => ({ offer, what, description, price, available });

/** Founds a market and answers the facet for its care. */
export const makeMarket = (
  charter: Charter,
  powers: LedgerPowers,
  grantor: GrantorRef | undefined,
): Facet<Steward> => makeMarketKit(charter, powers, grantor).steward;
