/**
 * A tag (SPEC M12): a physical thing with a code that leads here, for as long as the thing lasts. What it
 * says is what the label says that is bound to it now; a reset frees it for the next.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import type { LabelDeskInside, LabelInside, LabelsInside, TagInside } from './inside.ts';
import { keptAfterExpiry, sightingWindow } from './shapes.ts';
import { TagEraserI, TagHolderI, TagInsideI, TagPublicI } from './tag-guards.ts';
import type { Card, LabelDeskView, LabelPublic, TagHolder, TagPublic, TagView } from './types.ts';

type Bound = { readonly label: Facet<LabelInside>; readonly from: bigint };
type Sighting = { readonly place: string; readonly at: bigint };
type Past = {
  readonly name: string;
  readonly label: bigint;
  readonly from: bigint;
  readonly to: bigint;
  /** When nobody can need to know of it any more. */
  readonly until: bigint;
};
/** The one timer that is set for what is to be erased. */
type Armed = { readonly timer: bigint; readonly at: bigint };
type Done = { readonly ok: true } | Refusal;
type HolderView = ReturnType<TagHolder['view']>;
/** What a holder's facet may have done. */
type TagSteps = {
  holderView(desk: Facet<LabelDeskInside>): HolderView;
  bind(label: Facet<LabelPublic>): Done;
  reset(): Done;
  print(): Promise<{ readonly secret: string }> | Refusal;
  dismiss(): Done;
  handOver(from: Facet<LabelDeskInside>, card: Facet<Card>): Done;
  isTurn(turn: bigint): boolean;
};

const ok: { readonly ok: true } = { ok: true };
/** A code that was washed off is printed again, so often. */
const maxPrints = 30n;
/** How many past labels a page shows. */
const shownPast = 30;
/**
 * How many are kept: none of them may be left out before its time, so a tag that had so many carries no
 * other one until the first of them is erased.
 */
export const maxPast = 60;

const makeTagKit = defineActor({
  name: 'Tag',
  state: {
    number: M.nat(),
    says: M.string(),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    labels: typed<Facet<LabelsInside>>(M.remotable('labels')),
    bound: typed<Bound | undefined>(M.any()),
    /** Labels it had, until nobody can need to know any more. */
    past: typed<DurableMap<bigint, Past>>(M.any()),
    armed: typed<Armed | undefined>(M.opt(M.record())),
    seen: typed<Sighting | undefined>(M.any()),
    /** Two places at once, in words; empty where there is no doubt. */
    doubt: M.string(),
    /** Whose turn it is to hold it: a facet of an earlier turn is revoked. */
    turn: M.nat(),
    /** How many texts for its code were made: each of them lasts. */
    prints: M.nat(),
    holder: typed<Facet<TagHolder> | undefined>(M.any()),
  },
  init: (
    number: bigint,
    says: string,
    market: Facet<MarketInside>,
    labels: Facet<LabelsInside>,
  ) => ({
    ...{ number, says, market, labels },
    bound: undefined as Bound | undefined,
    past: makeDurableMap<bigint, Past>(),
    armed: undefined as Armed | undefined,
    seen: undefined as Sighting | undefined,
    doubt: '',
    turn: 0n,
    prints: 0n,
    holder: undefined as Facet<TagHolder> | undefined,
  }),
  guards: { public: TagPublicI, inside: TagInsideI, eraser: TagEraserI },
  facets: {
    public: {
      view(): TagView {
        const { says, market, bound, doubt } = this.state;
        const common = { says, market: market.name(), isDoubtful: doubt !== '' };
        if (bound === undefined)
          return { ...common, phase: 'free', name: '', allergens: '', photo: '', isExpired: false };
        const { name, allergens, photo } = bound.label.text();
        const expires = bound.label.expires();
        return {
          ...common,
          ...{ phase: 'bound', name, allergens, photo, label: bound.label.public() },
          ...(expires === undefined ? {} : { expires }),
          isExpired: expires !== undefined && expires <= market.now(),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
      },
      seen(place: string): { readonly ok: true } {
        const { market, seen, bound } = this.state;
        if (bound === undefined) return ok;
        const at = market.now();
        const isElsewhere = seen !== undefined && seen.place !== place;
        if (isElsewhere && at - seen.at < sightingWindow)
          this.state.doubt = `${seen.place} / ${place}`;
        this.state.seen = { place, at };
        return ok;
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      public(): Facet<TagPublic> {
        return this.facets.public;
      },
      item(): LabelDeskView['tags'][number] {
        const { says, holder } = this.state;
        const { name, isDoubtful } = this.facets.public.view();
        if (holder === undefined) throw new Error('Cannot show the tag: nobody holds it');
        return { says, name, isDoubtful, act: holder };
      },
      giveTo(desk: Facet<LabelDeskInside>): Facet<TagHolder> {
        this.state.turn += 1n;
        const holder = makeHolder(this.facets.inside, desk, this.state.turn);
        this.state.holder = holder;
        return holder;
      },
      isTurn(turn: bigint): boolean {
        return turn === this.state.turn;
      },
      holderView(desk: Facet<LabelDeskInside>): HolderView {
        const { past, doubt, labels } = this.state;
        const history = [...past.values({ reverse: true, limit: shownPast })];
        return {
          ...this.facets.public.view(),
          ...{ tag: this.facets.public, doubt, labels: desk.labels(), people: labels.people() },
          history: history.map(({ name, from, to }) => ({ name, from, to })),
        };
      },
      bind(allegedLabel: Facet<LabelPublic>): Done {
        const { market, labels, bound, past, number } = this.state;
        const label = labels.labelOf(allegedLabel);
        if (label === undefined) return refuse('stale');
        if (bound !== undefined) return bound.label === label ? ok : refuse('conflict');
        if (past.size() >= maxPast) return refuse('quota');
        const now = market.now();
        const expires = label.expires();
        if (expires !== undefined && expires <= now) return refuse('expired');
        this.state.bound = { label, from: now };
        this.state.seen = undefined;
        this.state.doubt = '';
        market.record('tag.bound', { tag: number, label: label.number() }, 'P1');
        return ok;
      },
      reset(): Done {
        const { market, bound, past, number } = this.state;
        if (bound === undefined) return ok;
        const { label, from } = bound;
        const now = market.now();
        const until = (label.expires() ?? now) + keptAfterExpiry;
        if (until > now) {
          const { name } = label.text();
          past.set(market.nextNumber(), { name, label: label.number(), from, to: now, until });
          this.facets.eraser.by(until);
        }
        this.state.bound = undefined;
        this.state.seen = undefined;
        this.state.doubt = '';
        market.record('tag.reset', { tag: number }, 'P1');
        return ok;
      },
      print(): Promise<{ readonly secret: string }> | Refusal {
        const { market } = this.state;
        const grantor = market.grantor();
        if (grantor === undefined) return refuse('unsupported');
        if (this.state.prints >= maxPrints) return refuse('quota');
        this.state.prints += 1n;
        const label = `tag ${this.state.number}`;
        return E.when(E(grantor).sturdy(this.facets.public, { label }), (secret) => ({ secret }));
      },
      dismiss(): Done {
        this.state.doubt = '';
        this.state.seen = undefined;
        return ok;
      },
      handOver(from: Facet<LabelDeskInside>, card: Facet<Card>): Done {
        const { labels, number } = this.state;
        const to = labels.deskOf(card);
        if (to === undefined) return refuse('invalid');
        if (to === from) return ok;
        if (!to.addTag(number, this.facets.inside)) return refuse('quota');
        from.removeTag(number);
        this.facets.inside.giveTo(to);
        return ok;
      },
    },
    eraser: {
      due(_ctx: unknown): void {
        const { market, past } = this.state;
        const now = market.now();
        this.state.armed = undefined;
        for (const [entry, { until }] of [...past.entries()]) {
          if (until <= now) past.delete(entry);
          else this.facets.eraser.by(until);
        }
      },
      /** Sets the timer, where it would be later. */
      by(at: bigint): void {
        const { market, armed } = this.state;
        if (armed !== undefined && armed.at <= at) return;
        if (armed !== undefined) market.cancelWake(armed.timer);
        this.state.armed = { timer: market.wakeAt(at, this.facets.eraser, {}), at };
      },
    },
  },
  readOnly: ['public.changes'],
});

const makeHolderKit = defineActor({
  name: 'TagHolder',
  state: {
    tag: typed<Facet<TagInside & TagSteps>>(M.remotable('tag')),
    desk: typed<Facet<LabelDeskInside>>(M.remotable('desk')),
    turn: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (tag: Facet<TagInside & TagSteps>, desk: Facet<LabelDeskInside>, turn: bigint) => ({
    ...{ tag, desk, turn },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { holder: TagHolderI },
  facets: {
    holder: {
      view(): HolderView {
        const { tag, desk, turn } = this.state;
        const view = tag.holderView(desk);
        // Whoever gave the tag away sees no more of it than anybody who has it in hand.
        return tag.isTurn(turn)
          ? view
          : { ...view, doubt: '', history: [], labels: [], people: [] };
      },
      changes(since?: string): Promise<string> {
        const { tag, desk } = this.state;
        return changed(since, tag, desk);
      },
      bind(label: Facet<LabelPublic>, requestId: string): Done {
        const { tag } = this.state;
        return act<Done>(this.state, 'bind', requestId, () => tag.bind(label));
      },
      reset(requestId: string): Done {
        const { tag } = this.state;
        return act<Done>(this.state, 'reset', requestId, () => tag.reset());
      },
      print(): Promise<{ readonly secret: string }> | Refusal {
        const { tag, turn } = this.state;
        return tag.isTurn(turn) ? tag.print() : refuse('revoked');
      },
      dismiss(requestId: string): Done {
        const { tag } = this.state;
        return act<Done>(this.state, 'dismiss', requestId, () => tag.dismiss());
      },
      handOver(card: Facet<Card>, requestId: string): Done {
        const { tag, desk } = this.state;
        return act<Done>(this.state, 'handOver', requestId, () => tag.handOver(desk, card));
      },
    },
  },
  readOnly: ['holder.changes'],
});

type HolderState = {
  readonly tag: Facet<TagInside & TagSteps>;
  readonly turn: bigint;
  readonly outcomes: DurableMap<string, unknown>;
};
/** Does it once, for whoever holds the tag now. */
const act = <Outcome>(
  { tag, turn, outcomes }: HolderState,
  method: string,
  requestId: string,
  step: () => Outcome,
): Outcome | Refusal =>
  once<Outcome | Refusal>(outcomes, method, requestId, () =>
    tag.isTurn(turn) ? step() : refuse('revoked'),
  );

const makeHolder = (
  tag: Facet<TagInside & TagSteps>,
  desk: Facet<LabelDeskInside>,
  turn: bigint,
): Facet<TagHolder> => makeHolderKit(tag, desk, turn).holder;

/** Makes a tag that carries no label yet, and that nobody holds yet. */
export const makeTag = (
  number: bigint,
  says: string,
  market: Facet<MarketInside>,
  labels: Facet<LabelsInside>,
): Facet<TagInside> => makeTagKit(number, says, market, labels).inside;
