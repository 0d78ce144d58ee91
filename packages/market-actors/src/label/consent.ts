/** One person's word on a proposal that lowers their part of a label. It is asked for once, and counts once. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once } from '@pocas/vat-runtime/actors';
import { ConsentI, ConsentInsideI } from './consent-guards.ts';
import type { ConsentInside, LabelDeskInside, LabelInside } from './inside.ts';
import type { Consent, ConsentView } from './types.ts';

type Phase = ConsentView['phase'];

export type ConsentParts = {
  readonly label: Facet<LabelInside>;
  readonly desk: Facet<LabelDeskInside>;
  readonly number: bigint;
  readonly proposal: bigint;
  readonly member: bigint;
  readonly name: string;
  readonly maker: string;
  readonly before: bigint;
  readonly after: bigint;
};

const makeConsentKit = defineActor({
  name: 'LabelConsent',
  state: {
    parts: typed<ConsentParts>(M.record()),
    phase: typed<Phase>(M.or('asked', 'agreed', 'declined', 'closed')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (parts: ConsentParts) => ({
    parts,
    phase: 'asked' as Phase,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { consent: ConsentI, inside: ConsentInsideI },
  facets: {
    consent: {
      view(): ConsentView {
        const { parts, phase } = this.state;
        const { name: label, maker, before, after } = parts;
        return { label, maker, before, after, phase };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.consent);
      },
      agree(requestId: string): { readonly ok: true } | Refusal {
        return this.facets.inside.answer('agree', true, requestId);
      },
      decline(requestId: string): { readonly ok: true } | Refusal {
        return this.facets.inside.answer('decline', false, requestId);
      },
    },
    inside: {
      consent(): Facet<Consent> {
        return this.facets.consent;
      },
      view(): ConsentView {
        return this.facets.consent.view();
      },
      answer(method: string, agrees: boolean, requestId: string): { readonly ok: true } | Refusal {
        const { parts, outcomes } = this.state;
        const { label, desk, proposal, member, number } = parts;
        return once<{ readonly ok: true } | Refusal>(outcomes, method, requestId, () => {
          const answer = label.answer(proposal, member, agrees);
          if (answer.ok) {
            this.state.phase = agrees ? 'agreed' : 'declined';
            desk.unask(number);
          }
          return answer;
        });
      },
      /** The proposal is over without this word. */
      close(): void {
        const { parts, phase } = this.state;
        if (phase === 'asked') this.state.phase = 'closed';
        parts.desk.unask(parts.number);
      },
    },
  },
  readOnly: ['consent.changes'],
});

export const makeConsent = (parts: ConsentParts): Facet<ConsentInside> =>
  makeConsentKit(parts).inside;
