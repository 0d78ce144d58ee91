/**
 * One participant's place in a round: it hears what the participant says, and tells its agent what
 * concerns it.
 *
 * All that an agent is told goes by `send`, once and in order; whatever it answers, or does not, holds
 * up nobody: an answer that is none of the contract's counts as silence.
 */
import { M } from '@endo/patterns';
import type { Facet, SendFailure } from '@pocas/vat-runtime';
import { changed, defineActor, identityOf, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { SeatEntry, SeatStage } from './facets.ts';
import { SeatI } from './guards.ts';
import { SeatInsideI, RepliesI, SleeperI } from './inside-guards.ts';
import type { ComponentInside, RoundInside, SeatInside } from './inside.ts';
import { maxFaults, maxLinesPerSeat, maxRetells } from './limits.ts';
import type {
  Agent,
  Edge,
  FrozenEdge,
  Lodged,
  Proposal,
  Report,
  RoundTerms,
  Seat,
  Wishes,
} from './types.ts';

/** The newest proposal that was made to the agent. */
type Latest = {
  readonly component: number;
  readonly pass: number;
  readonly edges: readonly Edge[];
};
type Decision = 'settle' | 'release';
/** What an answer of the agent is about. */
type About =
  | { readonly what: 'freeze' | 'drop' | 'finish' }
  | { readonly what: 'propose'; readonly component: number }
  | { readonly what: Decision; readonly component: number };

const done = { ok: true } as const;

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOk = (answer: unknown): boolean => isRecord(answer) && answer['ok'] === true;

const compare = (a: number, b: number): number => a - b;
const isSame = (a: readonly Edge[], b: readonly Edge[]): boolean =>
  a.length === b.length && a.every((edge, i) => edge === b[i]);

/** Edges in order, each once; undefined where they are none of `among`, or no list. */
const edgesAmong = (listed: unknown, among: readonly Edge[]): readonly Edge[] | undefined => {
  if (!Array.isArray(listed) || listed.length > among.length) return undefined;
  const own = new Set(among);
  // A set of own edges: whatever else is in the list makes it none.
  const edges = [...new Set(listed as readonly Edge[])];
  return edges.every((edge) => own.has(edge)) ? edges.sort(compare) : undefined;
};

const without = (edges: readonly Edge[], others: readonly Edge[]): readonly Edge[] => {
  const gone = new Set(others);
  return edges.filter((edge) => !gone.has(edge));
};

const makeSeatKit = defineActor({
  name: 'ClearingSeat',
  state: {
    round: typed<Facet<RoundInside>>(M.remotable('round')),
    number: M.number(),
    label: M.string(),
    stage: typed<SeatStage>(M.string()),
    agent: typed<Facet<Agent> | undefined>(M.opt(M.remotable('agent'))),
    wishes: typed<Wishes | undefined>(M.opt(M.record())),
    lines: M.nat(),
    /** Edges that it locked, as far as we know, and that were not dropped since. */
    locked: typed<readonly Edge[]>(M.arrayOf(M.number())),
    latest: typed<Latest | undefined>(M.opt(M.record())),
    /** The one before, and whether the newest may not have arrived as it should. */
    before: typed<Latest | undefined>(M.opt(M.record())),
    isUnsure: M.boolean(),
    component: typed<Facet<ComponentInside> | undefined>(M.opt(M.remotable('component'))),
    /** What it voted on the latest proposal. */
    voted: typed<readonly Edge[] | undefined>(M.opt(M.arrayOf(M.number()))),
    retold: M.nat(),
    /** Faults of this seat that the journal tells of. */
    faults: M.nat(),
    /** What it says was decided in our place, of which component. */
    succeeded: typed<string | undefined>(M.opt(M.string())),
  },
  init: (round: Facet<RoundInside>, number: number, label: string) => ({
    round,
    number,
    label,
    stage: 'invited' as const,
    agent: undefined,
    wishes: undefined,
    lines: 0n,
    locked: [] as readonly Edge[],
    latest: undefined,
    before: undefined,
    isUnsure: false,
    component: undefined,
    voted: undefined,
    retold: 0n,
    faults: 0n,
    succeeded: undefined as string | undefined,
  }),
  guards: { seat: SeatI, inside: SeatInsideI, replies: RepliesI, sleeper: SleeperI },
  facets: {
    seat: {
      terms(): RoundTerms {
        return this.state.round.parts().terms;
      },
      view() {
        const { round, label, stage, lines } = this.state;
        const { title, unit } = round.parts().terms;
        return { title, unit, label, phase: round.phase(), stage, lines };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.seat);
      },
      lodge(agent: Facet<Agent>, lodged: readonly Lodged[], wishes: Wishes): typeof done | Refusal {
        const { state } = this;
        const { round, number } = state;
        if (!round.lodging().isOpen()) return refuse('closed');
        if (state.agent !== undefined && identityOf(state.agent) !== identityOf(agent)) {
          return refuse('claimed');
        }
        if (lodged.length > maxLinesPerSeat) return refuse('quota');
        if (new Set(lodged.map(({ origin }) => origin)).size < lodged.length) {
          return refuse('invalid');
        }
        const refusal = round.lodging().lodge(number, agent, lodged);
        if (refusal !== undefined) return refusal;
        state.agent = agent;
        state.wishes = wishes;
        state.lines = BigInt(lodged.length);
        state.stage = 'lodged';
        return done;
      },
      leave(): typeof done | Refusal {
        const { state } = this;
        const { round, number, agent } = state;
        if (!round.lodging().isOpen()) return refuse('closed');
        if (agent === undefined) return done;
        round.lodging().leave(number, agent);
        state.agent = undefined;
        state.wishes = undefined;
        state.lines = 0n;
        state.stage = 'invited';
        return done;
      },
      vote(component: number, pass: number, refused: readonly Edge[]): typeof done | Refusal {
        const { state } = this;
        const { latest, stage, voted } = state;
        if (latest === undefined) return refuse(stage === 'in' ? 'notYet' : 'closed');
        if (component !== latest.component || pass !== latest.pass) {
          return refuse(pass < latest.pass ? 'stale' : 'invalid');
        }
        const edges = edgesAmong(refused, latest.edges);
        if (edges === undefined) return refuse('invalid');
        if (stage === 'settled' || stage === 'silent' || stage === 'out') {
          // Whoever votes again may have forgotten what it was told.
          this.facets.replies.tell();
          return stage === 'settled' && edges.length === 0 ? done : refuse('closed');
        }
        if (voted !== undefined) return isSame(voted, edges) ? done : refuse('conflict');
        const refusal = state.component!.vote(state.number, edges);
        if (refusal !== undefined) return refusal;
        // The vote that decides has come to `settle` or `sitOut` by now.
        state.voted = edges;
        return done;
      },
      succeeded(component: number, pass: number, outcome: Decision): typeof done | Refusal {
        const { state } = this;
        const { round, number, latest, stage } = state;
        if (latest === undefined || component !== latest.component || pass !== latest.pass) {
          return refuse('invalid');
        }
        // Once for each component, so that nobody fills the journal.
        const said = `${component} ${outcome}`;
        if (state.succeeded === said) return done;
        if (state.succeeded?.startsWith(`${component} `) === true) return refuse('conflict');
        state.succeeded = said;
        const here = { settled: 'settle', silent: 'release', out: 'release' }[stage as string];
        const agrees = here === outcome || (here === undefined && outcome === 'release');
        round.note(agrees ? 'succeeded' : 'contradiction', {
          seat: BigInt(number),
          component: BigInt(component),
          pass: BigInt(pass),
          outcome,
          here: here ?? 'undecided',
        });
        // It hears us no more on this component, whatever the others say: nobody can settle with it.
        if (here === undefined) state.component!.withdraw(number);
        return done;
      },
    },
    inside: {
      entry(): SeatEntry {
        const { label, stage } = this.state;
        return { label, stage };
      },
      wishes(): Wishes | undefined {
        return this.state.wishes;
      },
      freeze(frozen: readonly FrozenEdge[]): void {
        const { state } = this;
        const { lock } = state.round.parts().terms;
        state.stage = 'freezing';
        state.locked = frozen.map(({ edge }) => edge);
        send(state.agent!, 'freeze', [frozen, lock], {
          then: this.facets.replies,
          ctx: { what: 'freeze' },
        });
      },
      isLate(): boolean {
        return this.state.stage === 'freezing';
      },
      keep(edges: readonly Edge[]): void {
        const lost = without(this.state.locked, edges);
        if (lost.length === 0) return;
        this.state.locked = edges;
        this.facets.replies.drop(lost);
      },
      propose(component: Facet<ComponentInside>, proposal: Proposal): void {
        const { state } = this;
        const { component: number, pass } = proposal;
        const edges = proposal.rows.map(({ edge }) => edge);
        const lost = without(state.locked, edges);
        send(state.agent!, 'propose', [proposal], {
          then: this.facets.replies,
          ctx: { what: 'propose', component: number },
        });
        // Behind the proposal, which voids the one that the agent may be bound to.
        this.facets.replies.drop(lost);
        state.locked = edges;
        state.before = state.latest;
        state.isUnsure = false;
        state.latest = { component: number, pass, edges };
        state.component = component;
        state.voted = undefined;
      },
      settle(): void {
        this.state.stage = 'settled';
        this.facets.replies.tell();
      },
      sitOut(isSilent: boolean): void {
        const { state } = this;
        if (state.stage !== 'freezing' && state.stage !== 'in') return;
        state.stage = isSilent ? 'silent' : 'out';
        const { latest, before, isUnsure, locked } = state;
        if (isUnsure && before !== undefined) this.facets.replies.release(before);
        this.facets.replies.tell();
        this.facets.replies.drop(isUnsure ? locked : without(locked, latest?.edges ?? []));
        state.locked = [];
      },
      finish(report: Report): void {
        send(this.state.agent!, 'finish', [report], {
          then: this.facets.replies,
          ctx: { what: 'finish' },
        });
      },
    },
    replies: {
      drop(edges: readonly Edge[]): void {
        if (edges.length === 0) return;
        send(this.state.agent!, 'drop', [edges]);
      },
      release({ component, pass }: Latest): void {
        send(this.state.agent!, 'release', [component, pass]);
      },
      /** Tells the agent what was decided on its latest proposal. */
      tell(): void {
        const { latest, stage, agent } = this.state;
        if (latest === undefined) return;
        const { component, pass } = latest;
        const what: Decision = stage === 'settled' ? 'settle' : 'release';
        send(agent!, what, [component, pass], {
          then: this.facets.replies,
          ctx: { what, component },
        });
      },
      fulfilled(answer: unknown, about: About): void {
        const { state } = this;
        const { round, number } = state;
        switch (about.what) {
          case 'freeze': {
            if (state.stage !== 'freezing') return;
            const refused = isOk(answer)
              ? edgesAmong((answer as { refused?: unknown }).refused, state.locked)
              : undefined;
            if (refused !== undefined) {
              state.stage = 'in';
              state.locked = without(state.locked, refused);
            }
            round.lodging().froze(number, refused);
            return;
          }
          case 'propose':
            if (isOk(answer) || about.component !== state.latest?.component) return;
            return void state.component!.silent(number);
          case 'settle':
          case 'release':
            if (!isOk(answer)) this.facets.replies.fault(about, 'refused');
            return;
        }
      },
      rejected({ code }: SendFailure, about: About): void {
        if (about.what === 'settle' || about.what === 'release') {
          this.facets.replies.fault(about, code);
          if (code === 'gone' || this.state.retold >= maxRetells) return;
          const { clock, timer, terms } = this.state.round.parts();
          this.state.retold += 1n;
          timer.wakeAt(clock.now() + terms.patience, this.facets.sleeper, about.component);
          return;
        }
        if (about.what === 'propose' && about.component === this.state.latest?.component) {
          // A node forgot what we said to each other: then others may have been told what we forgot.
          if (code === 'unknown') {
            this.state.component!.leave();
            return;
          }
          this.state.isUnsure = true;
        }
        this.facets.replies.fulfilled(undefined, about);
      },
      /** A decision did not arrive as it should. It stands all the same. */
      fault({ what, component }: { what: Decision; component: number }, code: string): void {
        const { round, number, faults } = this.state;
        if (faults >= maxFaults) return;
        this.state.faults += 1n;
        round.note('untold', { seat: BigInt(number), component: BigInt(component), what, code });
      },
    },
    sleeper: {
      wake(component: number): void {
        if (this.state.latest?.component === component) this.facets.replies.tell();
      },
    },
  },
  readOnly: ['seat.changes'],
});

/** Makes a place for one participant. */
export const makeSeat = (
  round: Facet<RoundInside>,
  number: number,
  label: string,
): { readonly seat: Facet<Seat>; readonly inside: Facet<SeatInside> } =>
  makeSeatKit(round, number, label);
