/**
 * A poca's book that keeps its obligations as everybody does, and cheats in rounds: a hostile participant
 * with all that an honest one has. It never locks and never reduces anything of its own.
 */
import { M } from '@endo/patterns';
import {
  type CounterpartiesInside,
  type LodgeableInside,
  makeCounterparties,
} from '@pocas/clearing/obligation';
import {
  type Clock,
  type DurableMap,
  type Facet,
  defineActor,
  makeDurableMap,
  send,
  typed,
} from '@pocas/vat-runtime';
import { type JournalReader, makeJournal } from '@pocas/vat-runtime/actors';

/**
 * `silentAtFreeze`, `silentAtPropose`: takes what it is told, and never answers.
 * `mute`: tells its neighbours nothing, and votes ready.
 * `refuses`: another edge in each pass. `miscompares`: tells neighbours other amounts, and votes ready.
 * `flips`: votes ready, and then against it, and for passes that nobody proposed.
 * `keeps`: says all that an honest one says, and does not reduce its halves.
 * `claims`: as `keeps`, and tells neighbours and coordinator of outcomes that nobody decided.
 */
export type Lie =
  | 'silentAtFreeze'
  | 'silentAtPropose'
  | 'mute'
  | 'refuses'
  | 'miscompares'
  | 'flips'
  | 'keeps'
  | 'claims';

// `any`: what strangers say, and what a stranger says.
type Any = any;
type Seat = {
  lodge(agent: Any, lodged: Any, wishes: Any): Any;
  vote(component: number, pass: number, refused: readonly number[]): Any;
  succeeded(component: number, pass: number, outcome: string): Any;
};
type Frozen = { readonly edge: number; readonly origin: string; readonly end: 'from' | 'to' };

const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeLiar = defineActor({
  name: 'Liar',
  state: {
    lie: typed<Lie>(M.string()),
    counterparties: typed<Facet<CounterpartiesInside>>(M.remotable()),
    reader: typed<Facet<JournalReader>>(M.remotable()),
    tag: M.string(),
    seat: typed<Facet<Seat> | undefined>(M.any()),
    edges: typed<DurableMap<bigint, Frozen>>(M.any()),
    lodgeables: typed<DurableMap<string, Facet<LodgeableInside>>>(M.any()),
  },
  init: (clock: Clock, lie: Lie) => {
    const { writer: journal, keeper } = makeJournal({ actorTag: 'liar', clock });
    return {
      lie,
      counterparties: makeCounterparties({ clock, journal }),
      reader: keeper.reader('P2'),
      tag: '',
      seat: undefined as Facet<Seat> | undefined,
      edges: makeDurableMap<bigint, Frozen>(),
      lodgeables: makeDurableMap<string, Facet<LodgeableInside>>(),
    };
  },
  guards: { keeper: loose('Keeper'), agent: loose('Agent'), hears: loose('Hears') },
  facets: {
    keeper: {
      introduce(label: string, requestId: string): Any {
        return this.state.counterparties.introduce(label, requestId);
      },
      meet(introduction: Any, label: string, requestId: string): Any {
        return this.state.counterparties.meet(introduction, label, requestId);
      },
      journal(): Facet<JournalReader> {
        return this.state.reader;
      },
      setLie(lie: Lie): void {
        this.state.lie = lie;
      },
      attend(seat: Facet<Seat>, tag: string): Any {
        const { state, facets } = this;
        state.seat = seat;
        state.tag = tag;
        for (const edge of [...state.edges.keys()]) state.edges.delete(edge);
        const lodged: Any[] = [];
        for (const { lodgeable } of state.counterparties.lodgeables(0n, 200n)) {
          const offer = lodgeable.offer();
          if ('code' in offer) continue;
          const { origin, kind, end, version, max } = offer;
          state.lodgeables.set(origin, lodgeable);
          lodged.push({ origin, kind, end, version, max, priority: 0n });
        }
        for (const { inside } of state.counterparties.list(0n)) {
          inside.listen('round', facets.hears as Any);
        }
        send(seat, 'lodge', [facets.agent, lodged, { recall: 0n, pays: 0n }]);
        return { ok: true, goto: facets.agent };
      },
    },
    /** Neighbours are not listened to. */
    hears: {
      heard(): Any {
        return { ok: true };
      },
    },
    agent: {
      freeze(frozen: readonly Frozen[]): Any {
        for (const { edge, origin, end } of frozen) {
          this.state.edges.set(BigInt(edge), { edge, origin, end });
        }
        if (this.state.lie === 'silentAtFreeze') return new Promise(() => {});
        return { ok: true, refused: [] };
      },
      propose(proposal: Any): Any {
        const { state } = this;
        const { lie } = state;
        const seat = state.seat!;
        const { component, pass, rows } = proposal;
        if (lie === 'silentAtPropose') return new Promise(() => {});
        if (lie !== 'mute') this.facets.agent.tellNeighbours(proposal, lie === 'miscompares');
        const vote = (refused: readonly number[], of = pass) =>
          send(seat, 'vote', [component, of, refused]);
        if (lie === 'refuses') vote([rows[pass % rows.length].edge]);
        else vote([]);
        if (lie === 'flips') {
          vote(rows.map(({ edge }: Any) => edge));
          vote([], pass + 1);
          vote([], pass - 1);
        }
        if (lie === 'claims') {
          send(seat, 'succeeded', [component, pass, 'settle']);
          send(seat, 'succeeded', [component, pass, 'release']);
          for (const { inside } of state.counterparties.list(0n)) {
            for (const said of ['asks', 'told', 'release', 'settle', 'promised']) {
              inside.tell('round', { tag: state.tag, kind: 'succession', component, pass, said });
            }
          }
        }
        return { ok: true };
      },
      tellNeighbours(
        { component, pass, rows, totals, depth, parent, children }: Any,
        lies: boolean,
      ) {
        const { state } = this;
        const said = new Map<bigint, { inside: Any; rows: Any[] }>();
        for (const { edge, cleared, weight, own, other } of rows) {
          const { origin, end } = state.edges.get(BigInt(edge))!;
          const inside = state.lodgeables.get(origin)!.counterparty();
          const [from, to] = end === 'from' ? [own, other] : [other, own];
          const tree = edge === parent ? 'above' : children.includes(edge) ? 'below' : 'beside';
          const one = said.get(inside.number()) ?? { inside, rows: [] };
          said.set(inside.number(), one);
          one.rows.push({
            ...{ origin, weight, from, to, tree },
            cleared: lies ? cleared + 1n : cleared,
          });
        }
        for (const { inside, rows: own } of said.values()) {
          inside.tell('round', {
            ...{ tag: state.tag, kind: 'rows' },
            rows: { component, pass, totals, depth, rows: own },
          });
        }
      },
      drop(): Any {
        return { ok: true };
      },
      settle(): Any {
        return { ok: true };
      },
      release(): Any {
        return { ok: true };
      },
      finish(): Any {
        return { ok: true };
      },
    },
  },
});

export const make = ({ clock }: { clock: Clock }, { lie }: { lie: Lie }): unknown =>
  makeLiar(clock, lie).keeper;
