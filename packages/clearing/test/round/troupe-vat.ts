/** A vat of scripted participants of a clearing round, for tests. */
import { M } from '@endo/patterns';
import type {
  Agent,
  FrozenEdge,
  Lodged,
  Proposal,
  Report,
  Seat,
  Wishes,
} from '#src/round/types.js';
import {
  type DurableMap,
  type Facet,
  defineActor,
  makeDurableMap,
  send,
  typed,
} from '@pocas/vat-runtime';

type Any = any;

/** What a participant does at each step. What is left out is done as it should be. */
export type Script = {
  readonly freeze?:
    'refuse all' | 'refuse first' | 'refusal' | 'throw' | 'never' | 'garbage' | 'foreign' | 'huge';
  readonly propose?: 'refusal' | 'throw' | 'never' | 'garbage' | 'huge' | 'vote, then refusal';
  readonly vote?:
    | 'none'
    | 'refuse first'
    | 'refuse all'
    | 'foreign edge'
    | 'other component'
    | 'refuse, then ready'
    | 'ready, then refuse'
    | 'ready, three times'
    | 'garbage';
  readonly decision?: 'refusal' | 'throw' | 'never' | 'garbage';
  /** The last pass in which `propose` and `vote` are followed. Default: all. */
  readonly until?: number;
};

/** What a participant was told, in order, and what was answered to its votes. */
export type Told =
  | { readonly what: 'freeze'; readonly frozen: readonly FrozenEdge[] }
  | { readonly what: 'propose'; readonly proposal: Proposal }
  | { readonly what: 'drop'; readonly edges: readonly number[] }
  | { readonly what: 'settle'; readonly component: number; readonly pass: number }
  | { readonly what: 'release'; readonly component: number; readonly pass: number }
  | { readonly what: 'finish'; readonly report: Report }
  | { readonly what: 'answer'; readonly answer: Any };

const AnyI = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const garbage = [7n, { ok: 'true' }, [['x']]] as Any;
const huge = { ok: true, refused: Array.from({ length: 3000 }, (_, i) => i) } as Any;

const makePlayer = defineActor({
  name: 'Player',
  state: {
    script: typed<Script>(M.record()),
    seat: typed<Facet<Seat> | undefined>(M.opt(M.remotable())),
    told: typed<DurableMap<bigint, Told>>(M.remotable()),
  },
  init: () => ({
    script: {},
    seat: undefined as Facet<Seat> | undefined,
    told: makeDurableMap<bigint, Told>(),
  }),
  guards: { agent: AnyI('Agent'), control: AnyI('Control'), replies: AnyI('Replies') },
  facets: {
    agent: {
      freeze(frozen: readonly FrozenEdge[], _lock: bigint): Any {
        const { freeze } = this.state.script;
        this.facets.replies.note({ what: 'freeze', frozen });
        switch (freeze) {
          case 'refuse all':
            return { ok: true, refused: frozen.map(({ edge }) => edge) };
          case 'refuse first':
            return { ok: true, refused: [frozen[0]!.edge] };
          case 'foreign':
            return { ok: true, refused: [12345] };
          case 'huge':
            return huge;
          case undefined:
            return { ok: true, refused: [] };
          default:
            return this.facets.replies.misbehave(freeze);
        }
      },
      propose(proposal: Proposal): Any {
        const { script } = this.state;
        const { pass } = proposal;
        const follows = pass <= (script.until ?? 9);
        this.facets.replies.note({ what: 'propose', proposal });
        if (follows && script.propose === 'vote, then refusal') {
          this.facets.replies.vote(proposal, script.vote);
          return this.facets.replies.misbehave('refusal');
        }
        if (follows && script.propose !== undefined) {
          return this.facets.replies.misbehave(script.propose);
        }
        this.facets.replies.vote(proposal, follows ? script.vote : undefined);
        return { ok: true };
      },
      drop(edges: readonly number[]): Any {
        this.facets.replies.note({ what: 'drop', edges });
        return { ok: true };
      },
      settle(component: number, pass: number): Any {
        this.facets.replies.note({ what: 'settle', component, pass });
        return this.facets.replies.misbehave(this.state.script.decision);
      },
      release(component: number, pass: number): Any {
        this.facets.replies.note({ what: 'release', component, pass });
        return this.facets.replies.misbehave(this.state.script.decision);
      },
      finish(report: Report): Any {
        this.facets.replies.note({ what: 'finish', report });
        return { ok: true };
      },
    },
    control: {
      sit(seat: Facet<Seat>, script: Script) {
        this.state.seat = seat;
        this.state.script = script;
      },
      setScript(script: Script) {
        this.state.script = script;
      },
      lodge(lodged: readonly Lodged[], wishes: Wishes) {
        const agent = this.facets.agent as unknown as Facet<Agent>;
        send(this.state.seat!, 'lodge', [agent, lodged, wishes], { then: this.facets.replies });
      },
      vote(component: number, pass: number, refused: readonly number[]) {
        send(this.state.seat!, 'vote', [component, pass, refused], { then: this.facets.replies });
      },
      told(from = 0n): readonly Told[] {
        return [...this.state.told.values({ from, limit: 100 })];
      },
    },
    replies: {
      note(told: Told) {
        this.state.told.set(BigInt(this.state.told.size()), told);
      },
      misbehave(how?: string): Any {
        switch (how) {
          case 'refusal':
            return { ok: false, code: 'closed' };
          case 'throw':
            throw Error('I will not');
          case 'never':
            return new Promise(() => {});
          case 'garbage':
            return garbage;
          case 'huge':
            return huge;
          default:
            return { ok: true };
        }
      },
      vote({ component, pass, rows }: Proposal, how?: string) {
        const edges = rows.map(({ edge }) => edge);
        const say = (refused: Any, other = component): void =>
          this.facets.control.vote(other, pass, refused);
        switch (how) {
          case 'none':
            return;
          case 'refuse first':
            return say([edges[0]!]);
          case 'refuse all':
            return say(edges);
          case 'foreign edge':
            return say([999]);
          case 'other component':
            return say([], component + 1);
          case 'garbage':
            return say([[], 'x', { y: 7n }]);
          case 'refuse, then ready':
            say([edges[0]!]);
            return say([]);
          case 'ready, then refuse':
            say([]);
            return say([edges[0]!]);
          case 'ready, three times':
            say([]);
            say([]);
            return say([]);
          default:
            return say([]);
        }
      },
      fulfilled(answer: Any) {
        this.facets.replies.note({ what: 'answer', answer });
      },
      rejected({ code }: Any) {
        this.facets.replies.note({ what: 'answer', answer: code });
      },
    },
  },
});

const makeTroupe = defineActor({
  name: 'Troupe',
  state: { players: typed<DurableMap<string, Any>>(M.remotable()) },
  init: () => ({ players: makeDurableMap<string, Any>() }),
  guards: { troupe: AnyI('Troupe') },
  facets: {
    troupe: {
      /** Makes a participant and gives it its seat. */
      player(name: string, seat: Facet<Seat>, script: Script): Any {
        const { agent, control } = makePlayer();
        control.sit(seat, script);
        this.state.players.set(name, { agent, control });
        return { agent, control };
      },
      find(name: string): Any {
        return this.state.players.get(name);
      },
      /** All lodge at once. */
      lodge(all: readonly (readonly [name: string, lodged: Any, wishes: Any])[]) {
        for (const [name, lodged, wishes] of all) {
          this.state.players.get(name).control.lodge(lodged, wishes);
        }
      },
      /** Lodges so many lines of its own: more than one call by `E` could bring here. */
      lodgeMany(name: string, count: number) {
        const lodged = Array.from({ length: count }, (_, i) => ({
          origin: String(i).padStart(64, '0'),
          kind: 'obligation',
          end: 'from',
          version: 1n,
          max: 10n ** 15n,
          priority: 0n,
        }));
        this.state.players.get(name).control.lodge(lodged, { recall: 0n, pays: 0n });
      },
      told(name: string): readonly Told[] {
        return this.state.players.get(name).control.told();
      },
    },
  },
});

export const make = () => makeTroupe().troupe;

export type Troupe = {
  player(
    name: string,
    seat: Facet<Seat>,
    script: Script,
  ): { agent: Facet<Agent>; control: Facet<Control> };
  find(name: string): { agent: Facet<Agent>; control: Facet<Control> };
  lodge(all: readonly (readonly [name: string, lodged: readonly Lodged[], wishes: Wishes])[]): void;
  lodgeMany(name: string, count: number): void;
  told(name: string): readonly Told[];
};
export type Control = {
  setScript(script: Script): void;
  vote(component: number, pass: number, refused: readonly number[]): void;
  told(from?: bigint): readonly Told[];
};
