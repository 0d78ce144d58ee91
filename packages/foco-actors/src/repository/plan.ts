/**
 * Installing in two steps: what it would do, and then doing exactly that (SPEC F16).
 *
 * A plan keeps the content that it showed. What comes afterwards, from a repository that may lie, is held against
 * the hash in it. The node is asked by one order with one name, so whatever dies in between, it is carried out once.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, identityOf, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import {
  type Content,
  type PowerName,
  charterOf,
  hashContent,
  hashModule,
  isWhole,
  maxModule,
  wordsOf,
} from './content.ts';
import { PlanI } from './guards.ts';
import { type Hub, type PlanInside, type UseInside, inner } from './inside.ts';
import type { InstalledUse, ModuleParams, Plan, PlanState, Version } from './types.ts';
import { makeUse } from './use.ts';

type Answer = InstalledUse | Refusal;
/** Who installs by a plan: the first whose request came, until it is known what became of it. */
type Begun = { readonly requestId: string; readonly params: ModuleParams };

/** Not kept: after a restart whoever waited asks again. */
const running = new Map<string, Promise<Answer>>();

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && [...some].sort().every((one, i) => one === others[i]);

const makePlanKit = defineActor({
  name: 'ProtocolitoPlan',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    member: M.nat(),
    version: typed<Facet<Version>>(M.remotable('version')),
    all: typed<Content>(M.record()),
    phase: typed<PlanState>(M.string()),
    begun: typed<Begun | undefined>(M.opt(M.record())),
    /** Before which it was laid, or which it made. */
    use: typed<Facet<UseInside> | undefined>(M.opt(M.remotable('use'))),
    outcome: typed<Answer | undefined>(M.opt(M.record())),
  },
  init: (hub: Facet<Hub>, member: bigint, version: Facet<Version>, all: Content) => ({
    ...{ hub, member, version, all },
    phase: 'open' as PlanState,
    begun: undefined as Begun | undefined,
    use: undefined as Facet<UseInside> | undefined,
    outcome: undefined as Answer | undefined,
  }),
  guards: {
    plan: PlanI,
    inside: inner<keyof PlanInside>('ProtocolitoPlanInside'),
    steps: inner<'begin' | 'go' | 'read' | 'checked' | 'done' | 'end'>('ProtocolitoPlanSteps'),
  },
  facets: {
    plan: {
      view(): ReturnType<Plan['view']> {
        const { all, phase, use, member } = this.state;
        return {
          ...{ title: all.title, works: all.works, hash: hashContent(all) },
          size: all.module?.size ?? 0n,
          powers: wordsOf(all.powers),
          charter: charterOf(all),
          requires: all.requires.map((hash) => ({ hash })),
          state: phase,
          ...(use === undefined || phase !== 'installed' ? {} : { use: use.seatOf(member) }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.plan);
      },
      confirm(name: string, requestId: string): Promise<Answer> | Answer {
        const { all, phase } = this.state;
        if (phase === 'offered') return refuse('closed');
        return this.facets.steps.begin({ name, charter: all.charter }, requestId);
      },
      install(
        hash: string,
        granted: readonly string[],
        name: string,
        values: { readonly [name: string]: bigint },
        requestId: string,
      ): Promise<Answer> | Answer {
        const { all, phase } = this.state;
        if (phase === 'offered') return refuse('closed');
        if (hash !== hashContent(all) || !isSame(granted, all.powers)) return refuse('invalid');
        if (!Object.keys(values).every((one) => Object.hasOwn(all.charter, one)))
          return refuse('invalid');
        return this.facets.steps.begin({ name, charter: { ...all.charter, ...values } }, requestId);
      },
    },
    inside: {
      content(): Content {
        return this.state.all;
      },
      hash(): string {
        return hashContent(this.state.all);
      },
      plan(): Facet<Plan> {
        return this.facets.plan as Facet<Plan>;
      },
      isOpen(): boolean {
        return this.state.phase === 'open';
      },
      member(): bigint {
        return this.state.member;
      },
      lay(use: Facet<UseInside>): { readonly ok: true } | Refusal {
        if (this.state.phase !== 'open') return refuse('closed');
        this.state.phase = 'offered';
        this.state.use = use;
        return { ok: true };
      },
      run(use: Facet<UseInside>, name: string): Promise<Answer> | Answer {
        if (this.state.use !== use) return refuse('invalid');
        const { charter } = this.state.all;
        // The same request, whoever of them asks.
        return this.facets.steps.begin({ name, charter }, 'of those who use it');
      },
    },
    steps: {
      begin(params: ModuleParams, requestId: string): Promise<Answer> | Answer {
        const { begun, outcome, all, hub } = this.state;
        if (begun !== undefined && begun.requestId !== requestId)
          return refuse(outcome === undefined ? 'conflict' : 'closed');
        if (outcome !== undefined) return outcome;
        if (all.module === undefined || hub.installer() === undefined) return refuse('unsupported');
        const key = identityOf(this.facets.plan);
        const before = running.get(key);
        if (before !== undefined) return before;
        if (begun === undefined) {
          this.state.begun = { requestId, params };
          this.state.phase = 'begun';
        }
        const { steps } = this.facets;
        const done = E.when(steps.read(0n, ''), (text: string) => steps.checked(text)).finally(() =>
          running.delete(key),
        ) as Promise<Answer>;
        running.set(key, done);
        return done;
      },
      /** All pieces from this one on. The first lie ends it: what is too long or no text is not waited for. */
      read(number: bigint, before: string): Promise<string> | string {
        const { version, all } = this.state;
        if (number === all.module!.pieces) return before;
        const { steps } = this.facets;
        return E.when(E(version).piece(number), (answer: unknown) => {
          const { text } = Object(answer) as { readonly text?: unknown };
          if (typeof text !== 'string' || before.length + text.length > maxModule) return '';
          return steps.read(number + 1n, before + text);
        });
      },
      checked(text: string): Promise<Answer> | Answer {
        const { all, hub, begun } = this.state;
        const { hash } = all.module!;
        const { steps } = this.facets;
        if (!isWhole(text) || hashModule(text) !== hash) return steps.end(refuse('invalid'));
        const order = {
          key: hub.derive(`installation ${identityOf(this.facets.plan)}`),
          ...{ hash, text, params: begun!.params },
          // The cast holds: no other content makes a plan.
          powers: all.powers as readonly PowerName[],
        };
        return E.when(E(hub.installer()!).install(order), (answer) => steps.done(answer));
      },
      done(answer: { readonly ok: true; readonly root: Facet<object> } | Refusal): Answer {
        const { hub, member, begun, all, outcome } = this.state;
        if (outcome !== undefined) return outcome;
        if (!answer.ok) return this.facets.steps.end(answer);
        const hash = hashContent(all);
        let { use } = this.state;
        if (use === undefined) {
          use = makeUse(hub, begun!.params.name, hash, answer.root);
          use.sit(member);
          this.state.use = use;
        } else use.runs(hash, answer.root);
        const seat = use.seatOf(member);
        hub.record('installed', { hash, powers: all.powers });
        this.state.phase = 'installed';
        return this.facets.steps.end({ ok: true, root: answer.root, use: seat, goto: seat });
      },
      end(outcome: Answer): Answer {
        if (!outcome.ok) this.state.phase = 'failed';
        this.state.outcome = outcome;
        return outcome;
      },
    },
  },
  readOnly: ['plan.changes'],
});

/** @param content - checked */
export const makePlan = (
  hub: Facet<Hub>,
  member: bigint,
  version: Facet<Version>,
  content: Content,
): Facet<Plan> => {
  const { plan, inside } = makePlanKit(hub, member, version, content);
  // The casts say what the guards hold them to.
  hub.keepPlan(plan as Facet<Plan>, inside as unknown as Facet<PlanInside>);
  return plan as Facet<Plan>;
};
