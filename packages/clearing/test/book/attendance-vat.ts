/**
 * A vat with several pocas' attendances in it and stand-ins for all that they stand on, for tests:
 * halves that can be locked, neighbours that say things by `send`, seats that write down what they hear.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { refuse } from '@pocas/vat-runtime/actors';
import { makeAttendance } from '#src/book/attendance.js';
import type { AttendanceInside, Explained } from '#src/book/attendance-types.js';
import type { CounterpartyInside, LodgeableInside, Setoff } from '#src/obligation/types.js';
import type { Outcome } from '#src/round/succession.js';
import type { Agent, Lodged, RoundTerms, Seat, Wishes } from '#src/round/types.js';

export type Debt = {
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  /** Both lodge no more than this. */
  readonly cap?: bigint;
};

export type HalfState = { readonly amount: bigint; readonly locked: boolean };
export type VoteSaid = {
  readonly component: number;
  readonly pass: number;
  readonly refused: readonly number[];
};
/** What a seat has heard. */
export type Heard = {
  readonly agent: Facet<Agent> | undefined;
  readonly lodged: readonly Lodged[];
  readonly votes: readonly VoteSaid[];
  readonly succeeded: readonly (readonly [number, number, Outcome])[];
};

const opaque = <T>() => typed<T>(M.any());
const loose = { defaultGuards: 'passable' } as const;

const makeHalf = defineActor({
  name: 'Half',
  state: {
    debt: opaque<Debt>(),
    end: opaque<'from' | 'to'>(),
    amount: M.nat(),
    version: M.nat(),
    tag: M.string(),
    locks: M.nat(),
    applied: opaque<bigint | undefined>(),
    other: opaque<Facet<CounterpartyInside>>(),
  },
  init: (debt: Debt, end: 'from' | 'to', other: Facet<CounterpartyInside>) => ({
    debt,
    end,
    amount: debt.amount,
    version: 1n,
    tag: '',
    locks: 0n,
    applied: undefined as bigint | undefined,
    other,
  }),
  guards: {
    lodgeable: M.interface('Lodgeable', {}, loose),
    setoff: M.interface('Setoff', {}, loose),
    look: M.interface('Look', {}, loose),
  },
  facets: {
    lodgeable: {
      offer() {
        const { debt, end, version, amount } = this.state;
        const { origin, kind } = debt;
        return { origin, kind, end, unit: 'u', version, max: amount, due: 0n };
      },
      lock(tag: string, version: bigint, max: bigint) {
        const { state } = this;
        if (version !== state.version) return refuse('stale');
        // As a real half does: the same round gets the same lock again.
        if (state.tag === tag) return { ok: true, setoff: this.facets.setoff };
        if (state.tag !== '') return refuse('conflict');
        if (max > state.amount) return refuse('limit');
        state.tag = tag;
        state.locks += 1n;
        return { ok: true, setoff: this.facets.setoff };
      },
      counterparty() {
        return this.state.other;
      },
    },
    setoff: {
      apply(value: bigint) {
        const { state } = this;
        if (state.tag === '') return refuse('closed');
        if (value === 0n) return refuse('invalid');
        state.tag = '';
        state.amount -= value;
        state.applied = value;
        state.version += 1n;
        return { kind: 'setoff', actorTag: '', epoch: 0n, facts: value, prevHash: '' };
      },
      release() {
        this.state.tag = '';
      },
    },
    look: {
      state(): HalfState {
        return { amount: this.state.amount, locked: this.state.tag !== '' };
      },
      /** Something else happens to it. */
      change() {
        this.state.version += 1n;
      },
    },
  },
});

type Carrier = { carry(from: bigint, to: bigint, said: unknown): void };

const makeNeighbour = defineActor({
  name: 'Neighbour',
  state: { own: M.nat(), other: M.nat(), carrier: opaque<Facet<Carrier>>() },
  init: (own: bigint, other: bigint, carrier: Facet<Carrier>) => ({ own, other, carrier }),
  guards: { inside: M.interface('Neighbour', {}, loose) },
  facets: {
    inside: {
      number() {
        return this.state.other;
      },
      label() {
        return `poca ${this.state.other}`;
      },
      tell(_topic: string, said: unknown) {
        const { own, other, carrier } = this.state;
        carrier.carry(own, other, said);
      },
      listen() {},
      unlisten() {},
    },
  },
});

const makeSeat = defineActor({
  name: 'Seat',
  state: { heard: opaque<Heard>(), isBroken: M.boolean() },
  init: () => ({
    isBroken: false,
    heard: { agent: undefined, lodged: [], votes: [], succeeded: [] } as Heard,
  }),
  guards: { seat: M.interface('Seat', {}, loose), look: M.interface('SeatLook', {}, loose) },
  facets: {
    seat: {
      lodge(agent: Facet<Agent>, lodged: readonly Lodged[]) {
        this.state.heard = { ...this.state.heard, agent, lodged };
        return { ok: true };
      },
      leave() {
        return { ok: true };
      },
      vote(component: number, pass: number, refused: readonly number[]) {
        const { heard, isBroken } = this.state;
        if (isBroken) throw Error('this seat takes no votes');
        this.state.heard = { ...heard, votes: [...heard.votes, { component, pass, refused }] };
        return { ok: true };
      },
      succeeded(component: number, pass: number, outcome: Outcome) {
        const { heard } = this.state;
        const succeeded = [...heard.succeeded, [component, pass, outcome] as const];
        this.state.heard = { ...heard, succeeded };
        return { ok: true };
      },
    },
    look: {
      heard(): Heard {
        return this.state.heard;
      },
      /** No vote is taken from now on. */
      breakDown() {
        this.state.isBroken = true;
      },
    },
  },
});

type Look = ReturnType<typeof makeHalf>['look'];
type Poca = {
  readonly name: string;
  readonly attendance: Facet<AttendanceInside>;
  readonly halves: readonly { readonly origin: string; readonly look: Look }[];
  readonly seat: ReturnType<typeof makeSeat>['look'];
};

const makeBench = defineActor({
  name: 'Bench',
  state: {
    clock: opaque<Clock>(),
    timer: opaque<Timer>(),
    pocas: opaque<DurableMap<bigint, Poca>>(),
    /** Of which to which nothing is carried. */
    mute: opaque<readonly string[]>(),
    /** What was not carried, the newest. */
    lost: opaque<Readonly<Record<string, unknown>>>(),
    ended: opaque<readonly bigint[]>(),
  },
  init: ({ clock, timer }: { clock: Clock; timer: Timer }) => ({
    clock,
    timer,
    pocas: makeDurableMap<bigint, Poca>(),
    mute: [] as readonly string[],
    lost: {} as Readonly<Record<string, unknown>>,
    ended: [] as readonly bigint[],
  }),
  guards: {
    bench: M.interface('Bench', {}, loose),
    carrier: M.interface('Carrier', {}, loose),
    owner: M.interface('Owner', {}, loose),
  },
  facets: {
    bench: {
      /** Pocas get the numbers 1, 2, … in the order of their names. */
      open(
        names: readonly string[],
        debts: readonly Debt[],
        terms: RoundTerms,
        wishes: Wishes,
        doubt: bigint,
      ) {
        const { clock, timer, pocas } = this.state;
        const { carrier, owner } = this.facets;
        const numberOf = (name: string) => BigInt(names.indexOf(name) + 1);
        for (const name of names) {
          const number = numberOf(name);
          const neighbours = new Map(
            names.map((other) => [
              other,
              makeNeighbour(number, numberOf(other), carrier).inside as Facet<CounterpartyInside>,
            ]),
          );
          const own = debts
            .filter(({ from, to }) => from === name || to === name)
            .map((debt) => {
              const end = debt.from === name ? ('from' as const) : ('to' as const);
              const { lodgeable, look } = makeHalf(
                debt,
                end,
                neighbours.get(end === 'from' ? debt.to : debt.from)!,
              );
              const { origin, kind, amount, cap = amount } = debt;
              const lodged: Lodged = { origin, kind, end, version: 1n, max: cap, priority: 0n };
              return { origin, look, lodged, lodgeable: lodgeable as Facet<LodgeableInside> };
            });
          const { seat, look } = makeSeat();
          const attendance = makeAttendance(
            { clock, timer, owner },
            {
              number,
              terms,
              seat: seat as unknown as Facet<Seat>,
              entries: own.map(({ lodged, lodgeable }) => ({ lodged, lodgeable })),
              wishes,
              doubt,
            },
          );
          pocas.set(number, { name, attendance, halves: own, seat: look });
        }
      },
      poca(name: string): Poca {
        for (const poca of this.state.pocas.values()) if (poca.name === name) return poca;
        throw Error('no such poca');
      },
      heard(name: string): Heard {
        return this.facets.bench.poca(name).seat.heard();
      },
      halves(name: string): Record<string, HalfState> {
        const { halves } = this.facets.bench.poca(name);
        return Object.fromEntries(halves.map(({ origin, look }) => [origin, look.state()]));
      },
      breakSeat(name: string) {
        this.facets.bench.poca(name).seat.breakDown();
      },
      change(name: string, origin: string) {
        const { halves } = this.facets.bench.poca(name);
        halves.find((half) => half.origin === origin)!.look.change();
      },
      explain(name: string): Explained {
        return this.facets.bench.poca(name).attendance.explain();
      },
      succeed(name: string) {
        this.facets.bench.poca(name).attendance.succeed();
      },
      endByHand(name: string, outcome: Outcome) {
        this.facets.bench.poca(name).attendance.endByHand(outcome);
      },
      /** From now on nothing goes from the one to the other. */
      mute(from: string, to: string) {
        this.state.mute = [...this.state.mute, `${from}>${to}`];
      },
      unmute() {
        this.state.mute = [];
      },
      lost(from: string, to: string): unknown {
        return this.state.lost[`${from}>${to}`];
      },
      /** Says something in the name of somebody. */
      say(from: string, to: string, said: unknown) {
        const numberOf = (name: string) =>
          [...this.state.pocas.entries()].find(([, poca]) => poca.name === name)![0];
        return this.state.pocas.get(numberOf(to))!.attendance.heard(said, numberOf(from));
      },
      ended() {
        return this.state.ended;
      },
    },
    carrier: {
      carry(from: bigint, to: bigint, said: unknown) {
        const { pocas, mute } = this.state;
        const way = `${pocas.get(from)!.name}>${pocas.get(to)!.name}`;
        if (mute.includes(way)) {
          this.state.lost = { ...this.state.lost, [way]: said };
          return;
        }
        send(pocas.get(to)!.attendance, 'heard', [said, from]);
      },
    },
    owner: {
      ended(number: bigint) {
        this.state.ended = [...this.state.ended, number];
      },
    },
  },
});

export type Bench = ReturnType<typeof makeBench>['bench'];

export const make = (powers: { clock: Clock; timer: Timer }): Bench => makeBench(powers).bench;
export type { Setoff };
