/**
 * Holds (SPEC C4): value that has left the payer and is nobody's until it is decided, once.
 * What passes a receiver's ceiling waits as a hold as well, which the receiver decides (a question).
 */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { sum } from '../amount/amount.ts';
import { DeciderI, HoldI } from '../value/guards.ts';
import type {
  Decided,
  Decider,
  Hold,
  HoldFacts,
  HoldPhase,
  HoldTerms,
  Overflow,
  Share,
  TakenOver,
} from '../value/types.ts';
import type { AccountInside, HoldInside, LedgerInside } from './inside.ts';
import { HoldInsideI, SleeperI } from './inside.ts';
import { note } from './proof.ts';

/** What a hold is, in one record: its row stays for good, so it should be small. */
type Is = {
  readonly number: bigint;
  readonly value: bigint;
  /** While it is open: afterwards nobody needs to know whose it was. */
  readonly payer?: Facet<AccountInside>;
  readonly payee: Facet<AccountInside>;
  readonly ledger: Facet<LedgerInside>;
  readonly expires?: bigint;
  readonly divisible?: boolean;
  /** While it is open, and waits for its time. */
  readonly timer?: bigint;
  readonly taken?: Taken;
};
/** Who decides since it was taken over, and by which request. */
type Taken = {
  readonly from: Facet<Decider>;
  readonly requestId: string;
  readonly decider: Facet<Decider>;
};

const makeHoldKit = defineActor({
  name: 'CreditHold',
  state: {
    is: typed<Is>(M.record()),
  },
  init: (is: Is) => ({ is }),
  phases: { open: [], settled: [], released: [] },
  guards: { hold: HoldI, decider: DeciderI, inside: HoldInsideI, sleeper: SleeperI },
  facets: {
    hold: {
      view(): { value: bigint; phase: HoldPhase } {
        return { value: this.state.is.value, phase: this.phase };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.hold);
      },
      number(): bigint {
        const { number, ledger } = this.state.is;
        note('hold', this.facets.hold, ledger, this.facets.inside);
        return number;
      },
    },
    decider: {
      settle(shares?: readonly Share[]): Decided | Refusal {
        return this.facets.inside.decide(this.facets.decider, 'settled', shares);
      },
      release(): Decided | Refusal {
        return this.facets.inside.decide(this.facets.decider, 'released');
      },
    },
    inside: {
      entry(): { number: bigint; payer: bigint; payee: bigint; value: bigint } {
        const { number, payer, payee, value } = this.state.is;
        return { number, payer: payer!.number(), payee: payee.number(), value };
      },
      facts(): HoldFacts {
        const { number, value, payee, expires, divisible = false } = this.state.is;
        const facts = { number, value, phase: this.phase, payee: payee.payee(), divisible };
        return expires === undefined ? facts : { ...facts, expires };
      },
      decide(
        by: Facet<Decider>,
        phase: 'settled' | 'released',
        shares?: readonly Share[],
      ): Decided | Refusal {
        const { is } = this.state;
        const { value, payer, payee, ledger, divisible, taken } = is;
        if (by !== (taken?.decider ?? this.facets.decider)) return refuse('closed');
        if (this.phase === phase) return { ok: true, phase };
        if (this.phase !== 'open') return refuse('closed');
        if (isDue(is)) {
          // Its timer is on the way: time has decided, whoever comes first.
          this.facets.sleeper.wake(undefined, ledger.now());
          return phase === 'released' ? { ok: true, phase } : refuse('closed');
        }
        if (phase === 'released') {
          this.facets.sleeper.wake(undefined, ledger.now());
          return { ok: true, phase };
        }
        if (shares !== undefined && divisible !== true) return refuse('unsupported');
        const parts = shares?.map((share) => ({
          to: ledger.accountOf(share.payee),
          part: share.value,
        })) ?? [{ to: payee, part: value }];
        const given = sum(parts.map(({ part }) => part));
        if (given > value) return refuse('insufficient');
        if (!parts.every(({ part }) => ledger.isInSteps(part))) return refuse('invalid');
        this.become('settled');
        end(this.state);
        const declined = sum(
          parts.map(({ to, part }) => ledger.deliver(payer!, to, part, 'received').declined),
        );
        ledger.giveBack(payer!, value - given);
        return { ok: true, phase, ...(declined === 0n ? {} : { declined }) };
      },
      takeOver(by: Facet<Decider>, requestId: string): TakenOver | Refusal {
        const { is } = this.state;
        const { taken } = is;
        const { decider: first, inside } = this.facets;
        const answer = (decider: Facet<Decider>): TakenOver => ({
          ok: true,
          hold: inside.facts(),
          decider,
        });
        if (taken?.requestId === requestId && taken.from === by) return answer(taken.decider);
        if (by !== (taken?.decider ?? first)) {
          const isOlder = by === first || by === taken?.from;
          return refuse(isOlder ? 'closed' : 'invalid');
        }
        if (this.phase !== 'open' || isDue(is)) return refuse('closed');
        const { decider } = makeDecider(inside);
        this.state.is = { ...is, taken: { from: by, requestId, decider } };
        return answer(decider);
      },
      answer(choice: Exclude<Overflow, 'ask'>): void {
        const { value, payer, payee, ledger } = this.state.is;
        this.become(choice === 'decline' ? 'released' : 'settled');
        end(this.state);
        if (choice === 'decline') return ledger.decline(payer!, value);
        payee.move(value, 'received');
        if (choice === 'accept') return;
        payee.move(-value, 'redirected');
        ledger.commons().move(value, 'received');
      },
    },
    /** Releases it, where nobody has decided yet. */
    sleeper: {
      sleep(until: bigint): void {
        const { is } = this.state;
        this.state.is = { ...is, timer: is.ledger.wakeAt(until, this.facets.sleeper) };
      },
      wake(_ctx: unknown, _at: bigint): void {
        if (this.phase !== 'open') return;
        const { value, payer, ledger } = this.state.is;
        this.become('released');
        end(this.state);
        ledger.giveBack(payer!, value);
      },
    },
  },
  readOnly: ['hold.changes'],
});

/** Whoever took a hold over. */
const makeDecider = defineActor({
  name: 'CreditDecider',
  state: { hold: typed<Facet<HoldInside>>(M.remotable('hold')) },
  init: (hold: Facet<HoldInside>) => ({ hold }),
  guards: { decider: DeciderI },
  facets: {
    decider: {
      settle(shares?: readonly Share[]): Decided | Refusal {
        return this.state.hold.decide(this.facets.decider, 'settled', shares);
      },
      release(): Decided | Refusal {
        return this.state.hold.decide(this.facets.decider, 'released');
      },
    },
  },
});

const isDue = ({ expires, ledger }: Is): boolean =>
  expires !== undefined && ledger.now() >= expires;

/** Takes the value out of the hold. Whoever calls it gives it to somebody in the same turn. */
const end = (state: { is: Is }): void => {
  const { timer, payer, ...is } = state.is;
  const { number, payee, value, ledger } = is;
  ledger.ended(number, payer!, payee, value, timer);
  state.is = is;
};

/** Makes a hold of value that has left its payer in this turn. */
export const makeHold = (
  ledger: Facet<LedgerInside>,
  number: bigint,
  payer: Facet<AccountInside>,
  payee: Facet<AccountInside>,
  value: bigint,
  terms: HoldTerms,
): { hold: Facet<Hold>; decider: Facet<Decider>; inside: Facet<HoldInside> } => {
  const { expires, divisible } = terms;
  const { hold, decider, inside, sleeper } = makeHoldKit({
    number,
    value,
    payer,
    payee,
    ledger,
    ...(expires === undefined ? {} : { expires }),
    ...(divisible === true ? { divisible } : {}),
  });
  if (expires !== undefined) sleeper.sleep(expires);
  return { hold, decider, inside };
};
