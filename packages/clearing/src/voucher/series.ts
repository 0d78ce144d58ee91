/** One promise (SPEC C7), over a ledger in which only its issuer can be below zero. */
import { M, mustMatch } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { LedgerPowers } from '../credit/ledger.ts';
import { makeLedger } from '../credit/ledger.ts';
import type { Brand, Issuer, Ledger, OpenedAccount, Payee, Payment } from '../value/types.ts';
import { worthOf } from './cap.ts';
import { VoucherMakerI, VoucherSeriesI, VoucherTermsShape } from './guards.ts';
import type { Holding, Place } from './holder.ts';
import { makeHolder, untilText } from './holder.ts';
import { ExpiryI, VoucherInsideI } from './inside-guards.ts';
import { PlaceI } from './place.ts';
import type {
  Issuance,
  Redeemed,
  Redeemer,
  VoucherCounts,
  VoucherHolder,
  VoucherInside,
  VoucherMaker,
  VoucherSeries,
  VoucherSeriesView,
  VoucherStatus,
  VoucherTerms,
} from './types.ts';

/** How many accounts are emptied in one turn when a series expires. */
const sweptAtOnce = 100;
// The cap bounds what the issuer owes, over all series; a series by itself has no limit that would be lower.
const limitless = 10n ** 28n;

export type VoucherParts = {
  readonly terms: VoucherTerms;
  /** The name of whoever promises. */
  readonly issuedBy: string;
  readonly issuance: Facet<Issuance>;
  readonly redeemer: Facet<Redeemer>;
  readonly powers: LedgerPowers;
  /**
   * A text that nobody outside knows. Requests to holders' accounts are named by it, so that no holder can
   * have used such a name before, and be answered with an old outcome.
   */
  readonly secret: string;
};

type Made = {
  readonly parts: Omit<VoucherParts, 'powers'>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly ledger: Facet<Ledger>;
  readonly own: OpenedAccount;
  readonly commons: OpenedAccount;
};

const makeSeriesKit = defineActor({
  name: 'VoucherSeries',
  state: {
    made: typed<Made>(M.record()),
    status: typed<VoucherStatus>(M.or('open', 'stopped', 'expired')),
    issued: ValueShape,
    expired: ValueShape,
    returned: ValueShape,
    /** Every holder's account. */
    holdings: typed<DurableMap<bigint, Holding>>(M.any()),
    next: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (made: Made) => ({
    made,
    status: 'open' as VoucherStatus,
    issued: 0n,
    expired: 0n,
    returned: 0n,
    holdings: makeDurableMap<bigint, Holding>(),
    next: 1n,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    series: VoucherSeriesI,
    maker: VoucherMakerI,
    inside: VoucherInsideI,
    place: PlaceI,
    expiry: ExpiryI,
  },
  facets: {
    series: {
      view(): VoucherSeriesView {
        const { terms, issuedBy } = this.state.made.parts;
        const status = this.facets.place.status();
        const until = untilText(terms);
        return { ...terms, until, issuedBy, status, ...countsOf(this.state) };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.series, this.state.made.ledger.auditor());
      },
      brand(): Facet<Brand> {
        return this.state.made.ledger.brand();
      },
      issuer(): Facet<Issuer> {
        return this.state.made.ledger.issuer();
      },
    },
    maker: {
      view(): VoucherSeriesView {
        return this.facets.series.view();
      },
      changes(since?: string): Promise<string> {
        return this.facets.series.changes(since);
      },
      issue(value: bigint, requestId: string): { ok: true; payment: Facet<Payment> } | Refusal {
        const { place } = this.facets;
        return once(this.state.outcomes, 'issue', requestId, () => {
          if (!this.state.made.parts.terms.isTransferable) return refuse('unsupported');
          const refusal = refusalToIssue(this.state, place.status(), value);
          if (refusal !== undefined) return refusal;
          const given = this.state.made.own.account.withdraw(value, place.fresh());
          if (given.ok) this.state.issued += value;
          return given;
        });
      },
      issueTo(
        payee: Facet<Payee>,
        value: bigint,
        requestId: string,
      ): { ok: true; value: bigint } | Refusal {
        const { place } = this.facets;
        const { own } = this.state.made;
        return once(this.state.outcomes, 'issueTo', requestId, () => {
          if (payee === own.payee) return refuse('unsupported');
          const refusal = refusalToIssue(this.state, place.status(), value);
          if (refusal !== undefined) return refusal;
          const paid = own.account.pay(payee, value, place.fresh());
          if (!paid.ok) return paid;
          this.state.issued += value;
          return { ok: true, value };
        });
      },
      takeBack(requestId: string): { ok: true; value: bigint } {
        const { place } = this.facets;
        return once(this.state.outcomes, 'takeBack', requestId, () => {
          const { value } = this.state.made.own.account.recover(place.fresh());
          this.state.returned += value;
          return { ok: true, value };
        });
      },
      stop(requestId: string): { ok: true } {
        return once(this.state.outcomes, 'stop', requestId, () => {
          if (this.state.status === 'open') this.state.status = 'stopped';
          return { ok: true };
        });
      },
    },
    inside: {
      series(): Facet<VoucherSeries> {
        return this.facets.series;
      },
      payee(): Facet<Payee> {
        return this.state.made.own.payee;
      },
      holderFor(holder: object): Facet<VoucherHolder> {
        const { made, holdings } = this.state;
        const account = made.ledger.openAccount('member', { debitLimit: 0n, ceiling: limitless });
        const holding = { ...account, holder };
        holdings.set(BigInt(holdings.size()), holding);
        if (this.state.status === 'expired') account.care.close(true, this.facets.place.fresh());
        return makeHolder(this.facets.place, holding);
      },
      outstanding(): bigint {
        return -this.state.made.own.account.view().balance;
      },
      recall(
        limit: number,
      ): readonly { readonly holder: object; readonly value: bigint }[] | undefined {
        const { holdings, made } = this.state;
        const { place } = this.facets;
        if (this.state.status === 'open') this.state.status = 'stopped';
        this.state.returned += made.own.account.recover(place.fresh()).value;
        const having = [...holdings.values()].filter(
          ({ account }) => account.view().balance > 0n && account.view().status === 'open',
        );
        if (having.length > limit) return undefined;
        return having.map(({ account, holder }) => {
          const { balance: value } = account.view();
          const given = account.pay(made.own.payee, value, place.fresh());
          if (!given.ok) throw new Error('Cannot recall: a holder cannot give vouchers back');
          place.cameBack(value);
          return { holder, value };
        });
      },
      outstandingWorth(): bigint {
        return worthOf(this.state.made.parts.terms, this.facets.inside.outstanding());
      },
      isOver(): boolean {
        return this.facets.place.status() !== 'open' && this.facets.inside.outstanding() === 0n;
      },
      tidy(): void {
        if (this.state.status !== 'expired') return;
        const { own, commons } = this.state.made;
        const left = commons.account.view().balance;
        if (left <= 0n) return;
        commons.account.pay(own.payee, left, this.facets.place.fresh());
        this.state.expired += left;
      },
      assertSound(): void {
        const { own, ledger } = this.state.made;
        ledger.assertSound();
        const owing = ledger.books().accounts.filter(({ balance }) => balance < 0n);
        if (owing.some(({ number }) => number !== own.payee.number()))
          throw new Error('Vouchers are not sound: somebody else than the issuer owes some');
        const counts = countsOf(this.state);
        for (const [name, value] of Object.entries(counts))
          if (value < 0n) throw new Error(`Vouchers are not sound: ${name} is below zero`);
      },
    },
    place: {
      terms(): VoucherTerms {
        return this.state.made.parts.terms;
      },
      issuedBy(): string {
        return this.state.made.parts.issuedBy;
      },
      status(): VoucherStatus {
        const { status, made } = this.state;
        const { until } = made.parts.terms;
        return until !== undefined && made.clock.now() >= until ? 'expired' : status;
      },
      payee(): Facet<Payee> {
        return this.state.made.own.payee;
      },
      fresh(): string {
        this.state.next += 1n;
        return `${this.state.made.parts.secret} ${this.state.next}`;
      },
      cameBack(value: bigint): void {
        this.state.returned += value;
      },
      order(request: Parameters<Place['order']>[0]): Redeemed | Refusal {
        const { terms, redeemer } = this.state.made.parts;
        return redeemer.redeem({ terms, payee: this.state.made.own.payee, ...request });
      },
      ended(phase: string, value: bigint): void {
        const { terms, issuance } = this.state.made.parts;
        if (phase === 'accepted') issuance.kept(worthOf(terms, value));
        if (brokenBy.includes(phase)) issuance.broke(worthOf(terms, value));
        this.facets.inside.tidy();
      },
    },
    expiry: {
      wake(from: unknown): void {
        const { holdings, made } = this.state;
        const { place } = this.facets;
        if (this.state.status !== 'expired') {
          this.state.status = 'expired';
          this.state.expired += made.own.account.recover(place.fresh()).value;
        }
        // The cast holds because this method alone sets the timer.
        const first = from as bigint;
        for (const [, { care }] of holdings.entries({ from: first, limit: sweptAtOnce }))
          // With `absorb`, what is on its way does not hinder it: that is given to the commons when it arrives.
          care.close(true, place.fresh());
        this.facets.inside.tidy();
        const rest = first + BigInt(sweptAtOnce);
        if (rest < BigInt(holdings.size()))
          made.timer.wakeAt(made.clock.now(), this.facets.expiry, rest);
      },
    },
  },
  readOnly: ['series.changes', 'maker.changes'],
});

/** How an order ends when the issuer did not do what was promised. */
const brokenBy: readonly string[] = ['refused', 'expired', 'refunded', 'split'];

type State = {
  readonly made: Made;
  readonly issued: bigint;
  readonly expired: bigint;
  readonly returned: bigint;
};

/** What came back to the issuer neither unredeemed nor too late was redeemed. */
const countsOf = ({ made, issued, expired, returned }: State): VoucherCounts => {
  const outstanding = -made.own.account.view().balance;
  const redeemed = issued - outstanding - expired - returned;
  return { issued, outstanding, redeemed, expired, returned };
};

const refusalToIssue = (
  { made }: State,
  status: VoucherStatus,
  value: bigint,
): Refusal | undefined => {
  const { terms, issuance } = made.parts;
  if (status !== 'open') return refuse('closed');
  if (value % terms.size !== 0n) return refuse('invalid');
  const may = issuance.mayIssue(worthOf(terms, value));
  return may.ok ? undefined : may;
};

/**
 * Makes a series that nobody has a voucher of yet, in this vat, and adds it to what its issuer promises.
 *
 * @throws for terms that are not as they should be
 */
export const makeVoucherSeries = (
  parts: VoucherParts,
):
  | {
      readonly ok: true;
      readonly series: Facet<VoucherSeries>;
      readonly maker: Facet<VoucherMaker>;
      readonly inside: Facet<VoucherInside>;
    }
  | Refusal => {
  const { powers, ...rest } = parts;
  const { terms, issuance } = rest;
  mustMatch(terms, VoucherTermsShape, 'terms of a voucher');
  const { clock, timer } = powers;
  if (terms.until !== undefined && terms.until <= clock.now()) return refuse('expired');
  const step = terms.isDivisible ? 1n : terms.size;
  const ledger = makeLedger({ name: terms.what, kind: 'voucher', unit: terms.unit, step }, powers);
  const own = ledger.openAccount('member', { debitLimit: limitless, ceiling: 0n });
  const commons = ledger.openAccount('commons', { debitLimit: 0n, ceiling: 0n });
  const kit = makeSeriesKit({ parts: rest, clock, timer, ledger, own, commons });
  const { series, maker, inside, expiry } = kit;
  const added = issuance.add(inside);
  if (!added.ok) return added;
  if (terms.until !== undefined) timer.wakeAt(terms.until, expiry, 0n);
  return { ok: true, series, maker, inside };
};
