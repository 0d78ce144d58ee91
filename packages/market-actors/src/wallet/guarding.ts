/** Whom the owner of this wallet guards: a share for each, and the newest backup, which nobody here can read. */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, KeyShare } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, schnorr, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { type Sealed, type Setup, help as helpWith, isSigned } from './backup.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import { GuardingI, SealedShape, SetupShape, ShareShape } from './guard-guards.ts';
import type {
  Done,
  Guardian,
  GuardianOffer,
  GuardianSeat,
  Recovery,
  WalletGuarding,
} from './guard-types.ts';
import { type WalletInside, inner } from './inside.ts';

/** How many people somebody guards. */
export const maxGuarding = 30;

type Held = { readonly setup: Setup; readonly share: KeyShare; readonly sealed?: Sealed };
type Row = {
  readonly of: string;
  readonly guardian?: Facet<Guardian>;
  /** The dealing that holds, and the one before: not everybody may have the new one. */
  readonly held: readonly Held[];
  /** Said to be lost whole: what comes from it now may be from whoever found it. */
  readonly isLost?: true;
  readonly entry: Facet<Entry>;
};

const AcceptedShape = M.splitRecord({
  ok: true,
  of: M.string({ stringLengthLimit: 100 }),
  guardian: M.remotable('guardian'),
});
const OutcomeShape = M.or(
  M.splitRecord({ ok: true }),
  M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) }),
);

const makeSeat = defineActor({
  name: 'WalletGuardianSeat',
  state: { number: M.nat(), steps: typed<Facet<Steps>>(M.remotable('steps')) },
  init: (number: bigint, steps: Facet<Steps>) => ({ number, steps }),
  guards: {
    seat: M.interface('WalletGuardianSeat', {
      hold: M.call(SetupShape, ShareShape).returns(M.record()),
      keep: M.call(M.nat(), SealedShape).returns(M.record()),
    }),
  },
  facets: {
    seat: {
      hold(setup: Setup, share: KeyShare): Done | Refusal {
        return this.state.steps.hold(this.state.number, setup, share);
      },
      keep(generation: bigint, sealed: Sealed): Done | Refusal {
        return this.state.steps.keep(this.state.number, generation, sealed);
      },
    },
  },
});

type Steps = {
  hold(number: bigint, setup: Setup, share: KeyShare): Done | Refusal;
  keep(number: bigint, generation: bigint, sealed: Sealed): Done | Refusal;
};

const makeGuardingKit = defineActor({
  name: 'WalletGuarding',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
    /** By request: the number of what was begun. */
    requests: typed<DurableMap<string, { readonly number: bigint; readonly seat: object }>>(
      M.any(),
    ),
    next: M.nat(),
  },
  init: (inside: Facet<WalletInside>) => ({
    inside,
    rows: makeDurableMap<bigint, Row>(),
    requests: makeDurableMap<string, { readonly number: bigint; readonly seat: object }>(),
    next: 1n,
  }),
  guards: { page: GuardingI, steps: inner('WalletGuardingSteps') },
  facets: {
    page: {
      view(): ReturnType<WalletGuarding['view']> {
        return {
          guarding: [...this.state.rows.values()]
            .filter(({ guardian }) => guardian !== undefined)
            .map(({ of, held, entry }) => ({ of, hasShare: held.length > 0, entry })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      accept(offer: Facet<GuardianOffer>, requestId: string): Promise<Done | Refusal> {
        const { rows, requests, next, inside } = this.state;
        const { steps } = this.facets;
        let begun = requests.get(requestId);
        if (begun === undefined) {
          if (rows.size() >= maxGuarding) return Promise.resolve(refuse('quota'));
          this.state.next = next + 1n;
          begun = { number: next, seat: makeSeat(next, steps as unknown as Facet<Steps>).seat };
          rows.set(next, { of: '', held: [], entry: makeEntry(next) });
          requests.set(requestId, begun);
        }
        const { number, seat } = begun;
        const answer = E(offer).accept(inside.name(), seat as Facet<GuardianSeat>, requestId);
        return E.when(answer, (given) => steps.accepted(number, given)) as Promise<Done | Refusal>;
      },
      acceptLink(link: string, requestId: string): Promise<Done | Refusal> | Refusal {
        const { inside } = this.state;
        if (!link.trim().startsWith('ocapn://')) return refuse('invalid');
        const { page } = this.facets;
        const opened = E(inside.enlivener()).enliven(link.trim());
        return E.when(opened, (offer) =>
          page.accept(offer as Facet<GuardianOffer>, requestId),
        ) as Promise<Done | Refusal>;
      },
      help(
        guarding: Facet<Entry>,
        recovery: Facet<Recovery>,
        _requestId: string,
      ): Promise<Done | Refusal> | Refusal {
        const number = numberOf(guarding, this.state.rows);
        return number === undefined ? refuse('invalid') : this.facets.steps.help(number, recovery);
      },
      helpLink(guarding: Facet<Entry>, link: string): Promise<Done | Refusal> | Refusal {
        const { rows, inside } = this.state;
        const number = numberOf(guarding, rows);
        if (number === undefined || !link.trim().startsWith('ocapn://')) return refuse('invalid');
        const opened = E(inside.enlivener()).enliven(link.trim());
        return E.when(opened, (recovery) =>
          this.facets.steps.help(number, recovery as Facet<Recovery>),
        );
      },
      lockOut(
        guarding: Facet<Entry>,
        device: bigint,
        requestId: string,
      ): ReturnType<WalletGuarding['lockOut']> {
        const { rows } = this.state;
        const number = numberOf(guarding, rows);
        const guardian = number === undefined ? undefined : rows.get(number)!.guardian;
        if (guardian === undefined || number === undefined) return refuse('invalid');
        if (device === 0n) rows.set(number, { ...rows.get(number)!, isLost: true });
        return E(guardian).lockOut(device, requestId) as ReturnType<WalletGuarding['lockOut']>;
      },
    },
    steps: {
      accepted(number: bigint, given: unknown): Done | Refusal {
        const { rows } = this.state;
        const row = rows.get(number)!;
        if (row.guardian !== undefined) return { ok: true };
        if (!matches(given as never, AcceptedShape)) {
          if (!matches(given as never, OutcomeShape))
            throw new TypeError('Cannot guard: what was opened is no offer');
          rows.delete(number);
          return refuse((given as Refusal).code ?? 'invalid');
        }
        const { of, guardian } = given as { of: string; guardian: Facet<Guardian> };
        rows.set(number, { ...row, of, guardian });
        return { ok: true };
      },
      hold(number: bigint, setup: Setup, share: KeyShare): Done | Refusal {
        const { rows } = this.state;
        const row = rows.get(number);
        if (row === undefined || row.isLost === true) return refuse('closed');
        const same = row.held.find((one) => one.setup.generation === setup.generation);
        if (same !== undefined)
          return same.share.secret === share.secret ? { ok: true } : refuse('conflict');
        if (row.held.some((one) => one.setup.generation > setup.generation)) return refuse('stale');
        if (setup.keys[Number(share.index) - 1] !== publicOf(share)) return refuse('invalid');
        rows.set(number, { ...row, held: [{ setup, share }, ...row.held].slice(0, 2) });
        return { ok: true };
      },
      keep(number: bigint, generation: bigint, sealed: Sealed): Done | Refusal {
        const { rows } = this.state;
        const row = rows.get(number);
        const held = row?.held.find(({ setup }) => setup.generation === generation);
        if (row === undefined || held === undefined || row.isLost === true) return refuse('closed');
        if (!isSigned(held.setup, sealed)) return refuse('invalid');
        if (held.sealed !== undefined && held.sealed.version > sealed.version)
          return refuse('stale');
        const all = row.held.map((one) => (one === held ? { ...one, sealed } : one));
        rows.set(number, { ...row, held: all });
        return { ok: true };
      },
      help(number: bigint, recovery: Facet<Recovery>): Promise<Done | Refusal> {
        const { rows, inside } = this.state;
        // The newest of which there is a backup.
        const held = rows.get(number)!.held.find(({ sealed }) => sealed !== undefined);
        if (held === undefined) return Promise.resolve(refuse('notYet'));
        const { setup, share, sealed } = held;
        return E.when(E(recovery).session(), (session) => {
          if (typeof session !== 'string' || session.length > 200) return refuse('invalid');
          const partial = helpWith(share, setup, session, inside.draw('help'));
          inside.record('helped', { of: setup.name });
          return E(recovery).help({ setup, partial, sealed: sealed! });
        }) as Promise<Done | Refusal>;
      },
    },
  },
  readOnly: ['page.changes'],
});

const publicOf = ({ secret }: KeyShare): string => schnorr.publicKey(secret);

export const makeGuarding = (inside: Facet<WalletInside>): Facet<WalletGuarding> =>
  makeGuardingKit(inside).page as Facet<WalletGuarding>;
