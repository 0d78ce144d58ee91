/** All labels, tags and cards of one market: finds what an alleged facet is of, and knows nothing of their rules. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Payout } from '../order/types.ts';
import type { LabelDeskInside, LabelInside, LabelsInside } from './inside.ts';
import { LabelsInsideI } from './labels-guards.ts';
import type { Card, LabelItem, LabelPublic, PersonItem } from './types.ts';

/** How many people a page offers as contributors, the newest cards first. */
/** How many labels a page lists as what another is made of. */
const shownInputs = 30;
const shownPeople = 30;

const makeLabelsKit = defineActor({
  name: 'Labels',
  state: {
    labels: typed<DurableMap<bigint, Facet<LabelInside>>>(M.any()),
    desks: typed<DurableMap<bigint, Facet<LabelDeskInside>>>(M.any()),
    /** Cards that people posted themselves, in that order; and where each member's is. */
    posted: typed<DurableMap<bigint, bigint>>(M.any()),
    places: typed<DurableMap<bigint, bigint>>(M.any()),
    nextPlace: M.nat(),
  },
  init: () => ({
    labels: makeDurableMap<bigint, Facet<LabelInside>>(),
    desks: makeDurableMap<bigint, Facet<LabelDeskInside>>(),
    posted: makeDurableMap<bigint, bigint>(),
    places: makeDurableMap<bigint, bigint>(),
    nextPlace: 1n,
  }),
  guards: { inside: LabelsInsideI },
  facets: {
    inside: {
      addLabel(number: bigint, label: Facet<LabelInside>): void {
        this.state.labels.set(number, label);
      },
      labelOf(allegedLabel: Facet<LabelPublic>): Facet<LabelInside> | undefined {
        // The number says where to look; only the identity of what is found there is believed.
        if (typeof allegedLabel.number !== 'function') return undefined;
        const label = this.state.labels.get(allegedLabel.number());
        return label?.public() === allegedLabel ? label : undefined;
      },
      payoutOf(allegedLabel: Facet<LabelPublic>): Facet<Payout> | undefined {
        return this.facets.inside.labelOf(allegedLabel)?.payout();
      },
      join(member: bigint, desk: Facet<LabelDeskInside>): void {
        this.state.desks.set(member, desk);
      },
      deskOf(allegedCard: Facet<Card>): Facet<LabelDeskInside> | undefined {
        if (typeof allegedCard.number !== 'function') return undefined;
        const desk = this.state.desks.get(allegedCard.number());
        return desk?.card() === allegedCard ? desk : undefined;
      },
      deskNumbered(member: bigint): Facet<LabelDeskInside> | undefined {
        return this.state.desks.get(member);
      },
      inputs(except: bigint): readonly LabelItem[] {
        const newest = this.state.labels.entries({ reverse: true, limit: shownInputs + 1 });
        return [...newest]
          .filter(([number]) => number !== except)
          .slice(0, shownInputs)
          .map(([, label]) => {
            const { name, kind, label: facet } = label.item();
            return { name, kind, label: facet };
          });
      },
      post(member: bigint): void {
        const { posted, places, nextPlace } = this.state;
        this.facets.inside.unpost(member);
        posted.set(nextPlace, member);
        places.set(member, nextPlace);
        this.state.nextPlace += 1n;
      },
      unpost(member: bigint): void {
        const { posted, places } = this.state;
        const place = places.get(member);
        if (place === undefined) return;
        posted.delete(place);
        places.delete(member);
      },
      isPosted(member: bigint): boolean {
        return this.state.places.has(member);
      },
      people(): readonly PersonItem[] {
        const { posted, desks } = this.state;
        return [...posted.values({ reverse: true, limit: shownPeople })].map((member) => {
          const desk = desks.get(member)!;
          return { name: desk.member().name(), card: desk.card() };
        });
      },
    },
  },
});

export const makeLabels = (): Facet<LabelsInside> => makeLabelsKit().inside;
