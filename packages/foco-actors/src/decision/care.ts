/** What whoever proposed a decision can do about it. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { ProposalCareI } from './decision-guards.ts';
import type { BodyHub, DecisionInside } from './inside.ts';
import { amendedOf } from './shown.ts';
import type { CareView, Done, Elector, Opened, ProposalCare } from './types.ts';

const makeCareKit = defineActor({
  name: 'ProposalCare',
  state: {
    hub: typed<Facet<BodyHub>>(M.remotable('body')),
    decision: typed<Facet<DecisionInside>>(M.remotable('decision')),
    by: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<BodyHub>, decision: Facet<DecisionInside>, by: bigint) => ({
    hub,
    decision,
    by,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { care: ProposalCareI },
  facets: {
    care: {
      view(): CareView {
        const { decision } = this.state;
        return {
          title: decision.title(),
          phase: decision.phase(),
          until: decision.until(),
          electors: decision.proposal().method === 'advice' ? decision.electors() : [],
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.care, this.state.decision);
      },
      withdraw(requestId: string): Done | Refusal {
        const { outcomes, decision } = this.state;
        return once<Done | Refusal>(outcomes, 'withdraw', requestId, () => decision.withdraw());
      },
      amend(
        words: string,
        value: bigint | undefined,
        requestId: string,
      ): Promise<Opened | Refusal> | Opened | Refusal {
        const { hub, decision, by, outcomes } = this.state;
        const known = once<bigint | Refusal>(outcomes, 'amend', requestId, () => {
          const amended = amendedOf(decision.proposal(), words, value);
          if (amended === undefined) return refuse('invalid');
          // Its place is free first, so that nobody has one proposal too many by taking an objection in.
          const withdrawn = decision.withdraw();
          if (!withdrawn.ok) return withdrawn;
          const made = hub.propose(by, amended, decision.number());
          return made.ok ? made.kit.inside.number() : made;
        });
        return typeof known === 'bigint' ? hub.outcomeOf(known) : known;
      },
      ask(elector: Facet<Elector>, requestId: string): Done | Refusal {
        const { outcomes, decision } = this.state;
        return once<Done | Refusal>(outcomes, 'ask', requestId, () => decision.ask(elector));
      },
      decide(reason: string, requestId: string): Done | Refusal {
        const { outcomes, decision } = this.state;
        return once<Done | Refusal>(outcomes, 'decide', requestId, () => decision.decide(reason));
      },
    },
  },
  readOnly: ['care.changes'],
});

/** @param by - the number of whoever proposed it */
export const makeProposalCare = (
  hub: Facet<BodyHub>,
  decision: Facet<DecisionInside>,
  by: bigint,
): Facet<ProposalCare> => makeCareKit(hub, decision, by).care;
