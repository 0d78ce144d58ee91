/** Somebody between two pocas, who took the introduction of the one and gives the other one of its own. */
import { M } from '@endo/patterns';
import type { Deal, Desk, Introduction } from '@pocas/clearing/obligation';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, send, typed } from '@pocas/vat-runtime';

type Side = 'introducer' | 'answerer';
type Met = {
  readonly ok: true;
  readonly desk: Facet<Desk>;
  readonly nonce: string;
  readonly pair: string;
};

export type Between = {
  introduction(): Facet<Introduction>;
  take(nonce: string): void;
  heard(): readonly Deal[];
};

const loose = { defaultGuards: 'passable' } as const;

const makeBetween = defineActor({
  name: 'Between',
  state: {
    taken: typed<Facet<Introduction>>(M.any()),
    /** What the introducer answered. */
    met: typed<Met | undefined>(M.any()),
    answerer: typed<Facet<Desk> | undefined>(M.any()),
    heard: typed<readonly Deal[]>(M.any()),
  },
  init: (taken: Facet<Introduction>) => ({
    taken,
    met: undefined as Met | undefined,
    answerer: undefined as Facet<Desk> | undefined,
    heard: [] as readonly Deal[],
  }),
  guards: {
    between: M.interface('Between', {}, loose),
    introduction: M.interface('Introduction', {}, loose),
    toAnswerer: M.interface('Desk', {}, loose),
    toIntroducer: M.interface('Desk', {}, loose),
    meeting: M.interface('Meeting', {}, loose),
    steps: M.interface('Steps', {}, loose),
  },
  facets: {
    between: {
      introduction(): Facet<Introduction> {
        return this.facets.introduction as unknown as Facet<Introduction>;
      },
      /** Answers what it took, with the other one's number. */
      take(nonce: string): void {
        const { toAnswerer, meeting } = this.facets;
        const desk = toAnswerer as unknown as Facet<Desk>;
        send(this.state.taken, 'answer', [desk, nonce], { then: meeting as never });
      },
      heard(): readonly Deal[] {
        return this.state.heard;
      },
    },
    introduction: {
      answer(desk: Facet<Desk>): unknown {
        this.state.answerer = desk;
        return { ...this.state.met!, desk: this.facets.toIntroducer };
      },
    },
    meeting: {
      fulfilled(met: Met): void {
        this.state.met = met;
      },
      rejected(): void {},
    },
    /** What the introducer holds. */
    toAnswerer: {
      deal(deal: Deal): unknown {
        return this.facets.steps.pass('answerer', deal);
      },
    },
    /** What the answerer holds. */
    toIntroducer: {
      deal(deal: Deal): unknown {
        return this.facets.steps.pass('introducer', deal);
      },
    },
    steps: {
      pass(to: Side, deal: Deal): unknown {
        const { answerer, met } = this.state;
        this.state.heard = [...this.state.heard, deal];
        send(to === 'answerer' ? answerer! : met!.desk, 'deal', [deal]);
        return { ok: true };
      },
    },
  },
});

export const make = (_powers: unknown, { taken }: { taken: Facet<Introduction> }): unknown =>
  makeBetween(taken).between;
