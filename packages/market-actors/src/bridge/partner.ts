/** Another market, as this one knows it: the door by which it comes here, and that by which this one goes there. */
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { ExchangeDesk } from '@pocas/clearing/bridge';
import { DoorI, OfferCardI, PartnerCardI, passable } from './guards.ts';
import type {
  Bid,
  BridgeDoor,
  BridgeInside,
  Done,
  OfferCard,
  PartnerCard,
  PartnerInside,
  PartnerPhase,
  PostedInside,
  Taker,
} from './types.ts';

/** How many offers of one other market stand here at a time, and for how long at most. */
const maxPosts = 100;
const maxHours = 31n * 24n * 3_600_000n;

const MetShape = M.splitRecord({ ok: true, desk: M.remotable('desk') });

const makePosted = defineActor({
  name: 'BridgePosted',
  state: {
    number: M.nat(),
    partner: typed<Facet<PartnerInside>>(M.remotable('partner')),
    bid: typed<Bid>(M.record()),
    taker: typed<Facet<Taker>>(M.remotable('taker')),
  },
  init: (number: bigint, partner: Facet<PartnerInside>, bid: Bid, taker: Facet<Taker>) => ({
    number,
    partner,
    bid,
    taker,
  }),
  guards: { card: OfferCardI, inside: passable('BridgePostedInside') },
  facets: {
    card: {
      view(): ReturnType<OfferCard['view']> {
        const { partner, bid } = this.state;
        return { from: partner.label(), gets: bid.gives, costs: bid.wants, until: bid.until };
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      card(): Facet<OfferCard> {
        return this.facets.card;
      },
      partner(): Facet<PartnerInside> {
        return this.state.partner;
      },
      bid(): Bid {
        return this.state.bid;
      },
      taker(): Facet<Taker> {
        return this.state.taker;
      },
      item(): ReturnType<PostedInside['item']> {
        const { from, gets, costs } = this.facets.card.view();
        return { from, gets, costs, offer: this.facets.card };
      },
    },
  },
});

export const makePost = (
  number: bigint,
  partner: Facet<PartnerInside>,
  bid: Bid,
  taker: Facet<Taker>,
): Facet<PostedInside> => makePosted(number, partner, bid, taker).inside;

const makePartnerKit = defineActor({
  name: 'BridgePartner',
  state: {
    number: M.nat(),
    label: M.string(),
    phase: typed<PartnerPhase>(M.or('introduced', 'meeting', 'met', 'failed')),
    desk: typed<Facet<ExchangeDesk> | undefined>(M.opt(M.remotable('desk'))),
    theirs: typed<Facet<BridgeDoor> | undefined>(M.opt(M.remotable('door'))),
    book: typed<Facet<BridgeInside>>(M.remotable('book')),
    /** Their numbers of what stands here, to ours. */
    posts: typed<DurableMap<bigint, bigint>>(M.any()),
  },
  init: (book: Facet<BridgeInside>, number: bigint, label: string) => ({
    number,
    label,
    phase: 'introduced' as PartnerPhase,
    desk: undefined,
    theirs: undefined,
    book,
    posts: makeDurableMap<bigint, bigint>(),
  }),
  guards: {
    card: PartnerCardI,
    door: DoorI,
    inside: passable('BridgePartnerInside'),
    meeting: passable('BridgeMeeting'),
  },
  facets: {
    card: {
      view(): ReturnType<PartnerCard['view']> {
        return { label: this.state.label };
      },
      number(): bigint {
        return this.state.number;
      },
    },
    door: {
      meet(door: Facet<BridgeDoor>, desk: Facet<ExchangeDesk>): ReturnType<BridgeDoor['meet']> {
        const { state } = this;
        const own = state.book.exchange().desk();
        if (desk === own) return refuse('invalid');
        if (state.phase === 'met' && state.theirs === door && state.desk === desk)
          return { ok: true, desk: own };
        if (state.phase !== 'introduced') return refuse('claimed');
        state.phase = 'met';
        state.theirs = door;
        state.desk = desk;
        state.book.touch();
        return { ok: true, desk: own };
      },
      post(number: bigint, bid: Bid, taker: Facet<Taker>): Done | Refusal {
        const { phase, posts, book } = this.state;
        if (phase !== 'met') return refuse('notYet');
        if (posts.has(number)) return { ok: true };
        const now = book.now();
        if (bid.until <= now || bid.until > now + maxHours) return refuse('invalid');
        if (posts.size() >= maxPosts) return refuse('quota');
        const ours = book.post(this.facets.inside, bid, taker);
        if (ours === undefined) return refuse('quota');
        posts.set(number, ours);
        return { ok: true };
      },
      unpost(number: bigint): void {
        const { posts, book } = this.state;
        const ours = posts.get(number);
        if (ours === undefined) return;
        posts.delete(number);
        book.unpost(ours);
      },
    },
    inside: {
      card(): Facet<PartnerCard> {
        return this.facets.card;
      },
      door(): Facet<BridgeDoor> {
        return this.facets.door;
      },
      label(): string {
        return this.state.label;
      },
      phase(): PartnerPhase {
        return this.state.phase;
      },
      desk(): Facet<ExchangeDesk> | undefined {
        return this.state.desk;
      },
      theirs(): Facet<BridgeDoor> | undefined {
        return this.state.theirs;
      },
      begin(): void {
        this.state.phase = 'meeting';
      },
      meeting(): object {
        return this.facets.meeting;
      },
      /** What stands here is gone: taken, or its time is over. */
      dropped(ours: bigint): void {
        const { posts } = this.state;
        for (const [number, known] of posts.entries()) if (known === ours) posts.delete(number);
      },
    },
    meeting: {
      fulfilled(answer: unknown, { door }: { door: Facet<BridgeDoor> }): void {
        const { state } = this;
        if (state.phase !== 'meeting') return;
        const met = matches(answer, MetShape)
          ? (answer as { desk: Facet<ExchangeDesk> })
          : undefined;
        const isSound = met !== undefined && met.desk !== state.book.exchange().desk();
        state.phase = isSound ? 'met' : 'failed';
        if (isSound) {
          state.desk = met.desk;
          state.theirs = door;
        }
        state.book.touch();
      },
      rejected(): void {
        if (this.state.phase === 'meeting') this.state.phase = 'failed';
        this.state.book.touch();
      },
    },
  },
});

export type PartnerKit = {
  readonly inside: Facet<
    PartnerInside & { begin(): void; meeting(): object; dropped(ours: bigint): void }
  >;
};
export const makePartner = (
  book: Facet<BridgeInside>,
  number: bigint,
  label: string,
): PartnerKit['inside'] => makePartnerKit(book, number, label).inside;
