/** Counts what limits follow from, for one market (SPEC 7.1). The rules are in the files beside it. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { Limits } from '../value/types.ts';
import { closeRows } from './closing.ts';
import { withSale, withoutSale } from './counting.ts';
import type { Closed } from './explain.ts';
import { explainRow } from './explain.ts';
import { ActivityI } from './guards.ts';
import { paramsOf, saleRuleOf } from './names.ts';
import type { Row } from './row.ts';
import { limitsOfRow, makeRow, maxVouches } from './row.ts';
import type {
  Activity,
  Consumed,
  Explained,
  LimitChange,
  LimitPolicy,
  Standing,
  Vouches,
} from './types.ts';
import { changed, lendable, recallable, sharesOf } from './vouching.ts';

const nothing = { turnover: 0n, perHead: 0n, bound: 0n, wanted: 0n };

const makeActivityKit = defineActor({
  name: 'Activity',
  state: {
    policy: typed<Facet<LimitPolicy>>(M.remotable('policy')),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
    /** The epoch that is counted now. */
    epoch: M.nat(),
    /** Limits follow the numbers that held at the last epoch's end, whatever the charter says since. */
    closed: typed<Closed>(M.record()),
  },
  init: (policy: Facet<LimitPolicy>, epoch: bigint) => ({
    policy,
    rows: makeDurableMap<bigint, Row>(),
    epoch,
    closed: { epoch: undefined, params: paramsOf(policy), market: nothing },
  }),
  guards: { activity: ActivityI },
  facets: {
    activity: {
      admit(member: bigint, isFounder: boolean): Limits {
        const { rows, policy } = this.state;
        if (rows.has(member)) throw new Error('Cannot admit: this number is taken');
        const row = makeRow(isFounder ? policy.charter('baseLimit') : 0n);
        rows.set(member, row);
        return this.facets.activity.limits(member);
      },
      sold(seller: bigint, buyer: bigint | undefined, price: bigint, isAppreciated: boolean): void {
        if (seller === buyer) return;
        const rule = saleRuleOf(this.state.policy);
        alter(this.state, seller, (row) => ({
          ...row,
          running: withSale(row.running, rule, buyer, price, isAppreciated),
        }));
      },
      spent(member: bigint, value: bigint): void {
        alter(this.state, member, (row) => ({
          ...row,
          running: { ...row.running, spent: row.running.spent + value },
        }));
      },
      cameBack(member: bigint, value: bigint): void {
        alter(this.state, member, (row) => ({
          ...row,
          running: { ...row.running, spent: row.running.spent - value },
        }));
      },
      unsold(member: bigint, value: bigint): void {
        alter(this.state, member, (row) => ({
          ...row,
          running: withoutSale(row.running, value),
        }));
      },
      fault(member: bigint): void {
        alter(this.state, member, (row) => ({
          ...row,
          running: { ...row.running, faults: row.running.faults + 1n },
        }));
      },
      appreciate(member: bigint, count: bigint): { ok: true; left: bigint } | Refusal {
        const { rows, policy } = this.state;
        const row = rows.get(member);
        if (row === undefined) return refuse('closed');
        const appreciations = row.running.appreciations + count;
        const left = policy.charter('appreciations') - appreciations;
        if (left < 0n) return refuse('quota');
        rows.set(member, { ...row, running: { ...row.running, appreciations } });
        return { ok: true, left };
      },
      vouch(
        from: bigint,
        to: bigint,
        value: bigint,
        used: bigint,
      ): { ok: true; changes: readonly LimitChange[] } | Refusal {
        const { rows } = this.state;
        const lender = rows.get(from);
        const taker = rows.get(to);
        if (lender === undefined || taker === undefined) return refuse('closed');
        if (from === to) return refuse('unsupported');
        if (value > lendable(lender, used)) return refuse('limit');
        const given = changed(lender.given, to, value);
        const taken = changed(taker.taken, from, value);
        if (given.length > maxVouches || taken.length > maxVouches) return refuse('quota');
        rows.set(from, { ...lender, given });
        rows.set(to, { ...taker, taken });
        return { ok: true, changes: changesOf(this.state, [from, to]) };
      },
      recall(
        from: bigint,
        to: bigint,
        value: bigint,
        used: bigint,
      ): { ok: true; value: bigint; changes: readonly LimitChange[] } | Refusal {
        const { rows } = this.state;
        const taker = rows.get(to);
        if (!rows.has(from) || taker === undefined) return refuse('closed');
        const most = recallable(taker, from, used);
        if (most === 0n) return refuse('insufficient');
        const back = value < most ? value : most;
        lend(this.state, from, to, -back);
        return { ok: true, value: back, changes: changesOf(this.state, [from, to]) };
      },
      consume(member: bigint, debt: bigint): Consumed {
        const row = this.state.rows.get(member);
        if (row === undefined) return { shares: [], changes: [] };
        const shares = sharesOf(row.taken, debt);
        for (const share of shares) lend(this.state, share.member, member, -share.value);
        return {
          shares: shares.map(({ member: voucher, value }) => ({ voucher, value })),
          changes: changesOf(this.state, [...shares.map((share) => share.member), member]),
        };
      },
      leave(member: bigint): readonly LimitChange[] {
        const { rows } = this.state;
        const row = rows.get(member);
        if (row === undefined) return [];
        for (const one of row.taken) lend(this.state, one.member, member, -one.value);
        for (const one of row.given) lend(this.state, member, one.member, -one.value);
        rows.delete(member);
        const others = new Set([...row.taken, ...row.given].map((one) => one.member));
        return changesOf(this.state, [...others]);
      },
      limits(member: bigint): Limits {
        const { rows, closed } = this.state;
        const row = rows.get(member);
        return row === undefined
          ? { debitLimit: 0n, ceiling: 0n }
          : limitsOfRow(closed.params, row);
      },
      vouches(member: bigint): Vouches {
        const { given, taken } = this.state.rows.get(member) ?? { given: [], taken: [] };
        return { given, taken };
      },
      closeEpoch(ended: bigint, standings: readonly Standing[]): readonly LimitChange[] {
        const { rows, policy, epoch: opened } = this.state;
        if (ended < opened) throw new Error('Cannot close epoch: it was closed before');
        const params = paramsOf(policy);
        const balances = new Map(standings.map(({ member, balance }) => [member, balance]));
        const before = new Map(rows.entries());
        const { rows: after, market } = closeRows(before, { opened, ended, params, balances });
        const changes: LimitChange[] = [];
        for (const [member, row] of after) {
          const was = limitsOfRow(this.state.closed.params, before.get(member)!);
          const limits = limitsOfRow(params, row);
          if (was.debitLimit !== limits.debitLimit || was.ceiling !== limits.ceiling)
            changes.push({ member, limits });
          rows.set(member, row);
        }
        this.state.epoch = ended + 1n;
        this.state.closed = { epoch: ended, params, market };
        return changes;
      },
      explain(member: bigint): Explained | Refusal {
        const row = this.state.rows.get(member);
        return row === undefined ? refuse('closed') : explainRow(row, this.state.closed);
      },
      totals(): { earned: bigint; debit: bigint } {
        const { params } = this.state.closed;
        let earned = 0n;
        let debit = 0n;
        for (const row of this.state.rows.values()) {
          earned += row.published;
          debit += limitsOfRow(params, row).debitLimit;
        }
        return { earned, debit };
      },
    },
  },
});

type State = {
  readonly rows: DurableMap<bigint, Row>;
  readonly closed: Closed;
};

/** Changes what is kept of a member, where there is one. */
const alter = ({ rows }: State, member: bigint, change: (row: Row) => Row): void => {
  const row = rows.get(member);
  if (row !== undefined) rows.set(member, change(row));
};

/** A vouch grows by `by`, on both sides. */
const lend = (state: State, from: bigint, to: bigint, by: bigint): void => {
  alter(state, from, (row) => ({ ...row, given: changed(row.given, to, by) }));
  alter(state, to, (row) => ({ ...row, taken: changed(row.taken, from, by) }));
};

const changesOf = ({ rows, closed }: State, members: readonly bigint[]): LimitChange[] =>
  members.map((member) => {
    const row = rows.get(member);
    if (row === undefined) throw new Error('Cannot answer limits: the member is not here');
    return { member, limits: limitsOfRow(closed.params, row) };
  });

/**
 * Makes the count of one market, in its vat.
 *
 * @param policy - where the numbers of the rule come from: the market
 * @param epoch - that runs now
 */
export const makeActivity = (policy: Facet<LimitPolicy>, epoch: bigint): Facet<Activity> =>
  makeActivityKit(policy, epoch).activity;
