/**
 * Blind credits in the wallet (SPEC C5, C14): a purse for each market that the owner is in.
 *
 * Each act is a job with three steps: what will be asked is written down with the purse; it is asked; what came
 * is believed, or not, and written down. Whatever breaks in between, the second step is done again, word for
 * word, by `settle`. At the till nothing says who asks: no name, no account, no request of anybody else's.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { MintKeys, TokenCount } from '@pocas/clearing/blind';
import * as purses from '@pocas/clearing/purse';
import type { Purse } from '@pocas/clearing/purse';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { saleContext } from '../till/context.ts';
import type { BlindDesk, BlindOrder, ForSale, Purchase, Till } from '../till/types.ts';
import { CreditsI } from './credits-guards.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import { type WalletInside, inner } from './inside.ts';
import { type Job, afterRefusal, answerOf, ask, restoreTokens } from './jobs.ts';
import type { CreditsDone, CreditsView, WalletCredits } from './credits-types.ts';

type Done = CreditsDone;
/** @param key - by which the tokens of this purse are found: a secret */
export type PurseBackup = {
  readonly number: bigint;
  readonly market: string;
  readonly key: string;
};
type PurseRow = {
  readonly place: string;
  readonly desk: Facet<BlindDesk>;
  readonly till: Facet<Till>;
  readonly purse: Purse;
  /** Of the purse: of the wallet's key, or of that of the wallet that was restored. */
  readonly key: string;
  /** As the till showed them last. */
  readonly keys: MintKeys;
  /** Value that another copy had spent, or that was over before it was swapped. */
  readonly lost: bigint;
  /** Whether it was looked for what another copy of the wallet was issued. Once: what was swapped since is found again. */
  readonly isRestored?: true;
  readonly entry: Facet<Entry>;
};
type OrderRow = {
  readonly number: bigint;
  readonly what: string;
  readonly order: Facet<BlindOrder>;
};

export type CreditsKeeper = {
  page(): Facet<WalletCredits>;
  /** What a backup needs to find the tokens again. */
  backup(): readonly PurseBackup[];
  /** What can be spent at one place now. */
  worth(number: bigint): bigint;
  buy(number: bigint, purchase: Purchase, requestId: string): Promise<Done | Refusal>;
  /** Whether what was begun by this request has no answer yet that ends it. */
  isOpen(requestId: string): boolean;
  /** What is offered at a place's till under this number, if it is among the newest. */
  offerAt(number: bigint, offer: bigint): Promise<Facet<object> | undefined>;
  /**
   * Finds what was issued to the wallet's key at a place, and swaps each token by itself. What another copy had
   * spent is counted as lost. Repeat it after a break: it goes on.
   */
  restore(backup: PurseBackup): Promise<Done | Refusal>;
  /** Sends again what has no answer yet, and swaps what would lapse or may be another's. */
  tidy(number: bigint): Promise<Done | Refusal>;
};

const RefusedShape = M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) });
const DeskShape = M.splitRecord({
  market: M.string({ stringLengthLimit: 100 }),
  epoch: M.nat(),
  keys: M.array(),
  denominations: M.array(),
  packs: M.array(),
});

const makePursesKit = defineActor({
  name: 'WalletCredits',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    /** By the number of the place. */
    rows: typed<DurableMap<bigint, PurseRow>>(M.any()),
    /** By the request of the act. */
    jobs: typed<DurableMap<string, Job>>(M.any()),
    /** By the owner's request: the act that it began, or what came of it. */
    requests: typed<DurableMap<string, string>>(M.any()),
    outcomes: typed<DurableMap<string, Done | Refusal>>(M.any()),
    orders: typed<DurableMap<string, OrderRow>>(M.any()),
    news: M.nat(),
  },
  init: (inside: Facet<WalletInside>) => ({
    inside,
    rows: makeDurableMap<bigint, PurseRow>(),
    jobs: makeDurableMap<string, Job>(),
    requests: makeDurableMap<string, string>(),
    outcomes: makeDurableMap<string, Done | Refusal>(),
    orders: makeDurableMap<string, OrderRow>(),
    news: 0n,
  }),
  guards: {
    page: CreditsI,
    keeper: inner('WalletCreditsKeeper'),
    steps: inner('WalletPurseSteps'),
  },
  facets: {
    page: {
      view(): CreditsView {
        const { rows, orders } = this.state;
        return {
          purses: [...rows.values()].slice(0, 30).map(({ place, purse, lost, entry }) => ({
            place,
            worth: purses.worth(purse),
            waiting: BigInt(purse.open.length),
            lost,
            entry,
          })),
          orders: [...orders.values({ reverse: true, limit: 30 })].map(({ what, order }) => ({
            what,
            order,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      openPurse(place: bigint): Promise<Done | Refusal> {
        return this.facets.steps.open(place);
      },
      topUp(entry: Facet<Entry>, requestId: string): Promise<Done | Refusal> | Refusal {
        const { rows } = this.state;
        const { steps } = this.facets;
        const number = numberOf(entry, rows);
        if (number === undefined) return refuse('invalid');
        const known = steps.again(requestId);
        if (known !== undefined) return known;
        // Learnt anew each time: a key that the till does not know would mark whoever it was made for.
        return E.when(steps.learn(number), (keys) =>
          'ok' in keys ? keys : steps.withdraw(number, keys, requestId),
        );
      },
      giveBack(entry: Facet<Entry>, requestId: string): Promise<Done | Refusal> | Refusal {
        const { rows } = this.state;
        const { steps } = this.facets;
        const number = numberOf(entry, rows);
        if (number === undefined) return refuse('invalid');
        const known = steps.again(requestId);
        if (known !== undefined) return known;
        return E.when(E(E(rows.get(number)!.desk).payee()).number(), (payee) =>
          steps.deposit(number, payee, requestId),
        );
      },
      settle(entry: Facet<Entry>): Promise<Done | Refusal> | Refusal {
        const number = numberOf(entry, this.state.rows);
        return number === undefined ? refuse('invalid') : this.facets.keeper.tidy(number);
      },
      buy(
        entry: Facet<Entry>,
        purchase: Purchase,
        requestId: string,
      ): Promise<Done | Refusal> | Refusal {
        const number = numberOf(entry, this.state.rows);
        if (number === undefined) return refuse('invalid');
        return this.facets.keeper.buy(number, purchase, requestId);
      },
      order(requestId: string): Facet<BlindOrder> | Refusal {
        const row = this.state.orders.get(requestId);
        return row === undefined ? refuse('invalid') : row.order;
      },
      refund(requestId: string): Promise<Done | Refusal> | Refusal {
        const { orders } = this.state;
        const { steps } = this.facets;
        const row = orders.get(requestId);
        if (row === undefined) return refuse('invalid');
        const known = steps.again(`refund ${requestId}`);
        if (known !== undefined) return known;
        return E.when(E(row.order).view(), ({ refund }) =>
          steps.refund(requestId, refund, `refund ${requestId}`),
        );
      },
      warnings(entry: Facet<Entry>): Promise<readonly purses.Warning[]> | Refusal {
        const { rows } = this.state;
        const number = numberOf(entry, rows);
        if (number === undefined) return refuse('invalid');
        const { till, purse } = rows.get(number)!;
        return E.when(E(till).counts(), (counts) =>
          purses.warnings(purse.tokens, counts as readonly TokenCount[]),
        );
      },
    },
    keeper: {
      page(): Facet<WalletCredits> {
        return this.facets.page;
      },
      backup(): readonly PurseBackup[] {
        const rows = [...this.state.rows.entries()];
        return rows.map(([number, { purse, key }]) => ({ number, market: purse.market, key }));
      },
      worth(number: bigint): bigint {
        const row = this.state.rows.get(number);
        return row === undefined ? 0n : purses.worth(row.purse);
      },
      buy(number: bigint, purchase: Purchase, requestId: string): Promise<Done | Refusal> {
        const { steps } = this.facets;
        const known = steps.again(requestId);
        if (known !== undefined) return known;
        if (!this.state.rows.has(number)) return Promise.resolve(refuse('invalid'));
        return E.when(steps.learn(number), (keys) =>
          'ok' in keys ? keys : steps.pay(number, purchase, requestId),
        );
      },
      isOpen(requestId: string): boolean {
        const { requests, jobs } = this.state;
        const act = requests.get(requestId);
        return act !== undefined && jobs.has(act);
      },
      offerAt(number: bigint, offer: bigint): Promise<Facet<object> | undefined> {
        const row = this.state.rows.get(number);
        if (row === undefined) return Promise.resolve(undefined);
        const find = (all: readonly ForSale[]) => all.find((one) => one.number === offer)?.offer;
        return E.when(E(row.till).view(), ({ offers }) => {
          const newest = find(offers);
          const last = offers.at(-1)?.number;
          if (newest !== undefined || last === undefined) return newest;
          // Those before the oldest that was shown: one page more, as a kiosk shows them.
          return E.when(E(row.till).more(offer + 1n), find);
        }) as Promise<Facet<object> | undefined>;
      },
      restore({ number, market, key }: PurseBackup): Promise<Done | Refusal> {
        const { steps } = this.facets;
        return E.when(steps.open(number, key), (opened) =>
          opened.ok ? steps.look(number, market, key) : opened,
        ) as Promise<Done | Refusal>;
      },
      tidy(number: bigint): Promise<Done | Refusal> {
        const { steps } = this.facets;
        return E.when(steps.learn(number), (keys) =>
          'ok' in keys ? keys : steps.sendAll(number),
        ) as Promise<Done | Refusal>;
      },
    },
    steps: {
      keyAt(number: bigint): string {
        return this.state.rows.get(number)!.key;
      },
      put(number: bigint, part: Partial<PurseRow>): void {
        const { rows } = this.state;
        rows.set(number, { ...rows.get(number)!, ...part });
        this.state.news += 1n;
      },
      /** The answer of a request that was carried out, or what goes on of one that was begun. */
      again(requestId: string): Promise<Done | Refusal> | undefined {
        const { requests, outcomes } = this.state;
        const outcome = outcomes.get(requestId);
        if (outcome !== undefined) return Promise.resolve(outcome);
        const act = requests.get(requestId);
        return act === undefined ? undefined : this.facets.steps.run(act);
      },
      /** A purse for one of the owner's places, if it is a market. */
      open(number: bigint, restored?: string): Promise<Done | Refusal> {
        const { inside } = this.state;
        const { steps } = this.facets;
        const place = inside.places().at(number);
        if (place === undefined) return Promise.resolve(refuse('invalid'));
        // The cast says what a market's share can do; another kind of place has no such page.
        const share = place.participant as unknown as Facet<{ desk(name: string): object }>;
        const desk = E(share).desk('till') as Promise<Facet<BlindDesk>>;
        return E.when(Promise.all([desk, E(desk).till(), E(desk).keys()]), (found) =>
          steps.opened(number, restored, found),
        ) as Promise<Done | Refusal>;
      },
      opened(
        number: bigint,
        restored: string | undefined,
        [desk, till, keys]: readonly [Facet<BlindDesk>, Facet<Till>, MintKeys],
      ): Promise<Done | Refusal> | Refusal {
        const { inside, rows } = this.state;
        const { steps } = this.facets;
        if (!matches(keys as never, DeskShape)) return refuse('unsupported');
        const known = rows.get(number);
        const { place } = inside.places().at(number)!;
        const purse = known?.purse ?? purses.emptyPurse(keys.market);
        const entry = known?.entry ?? makeEntry(number);
        const lost = known?.lost ?? 0n;
        const key = known?.key ?? restored ?? purses.purseKey(inside.key(), keys.market);
        const row = { place, desk, till, purse, key, keys, lost, entry };
        rows.set(number, known?.isRestored === true ? { ...row, isRestored: true } : row);
        return E.when(steps.learn(number), (learnt) =>
          'ok' in learnt ? learnt : steps.worthOf(number),
        ) as Promise<Done | Refusal>;
      },
      worthOf(number: bigint): Done {
        return { ok: true, worth: purses.worth(this.state.rows.get(number)!.purse) };
      },
      /** What the till shows everybody and what the desk shows this person must be the same keys. */
      learn(number: bigint): Promise<MintKeys | Refusal> {
        const { rows } = this.state;
        const { steps } = this.facets;
        const row = rows.get(number);
        if (row === undefined) return Promise.resolve(refuse('invalid'));
        return E.when(Promise.all([E(row.till).keys(), E(row.desk).keys()]), ([all, own]) =>
          steps.learnt(number, all, own),
        ) as Promise<MintKeys | Refusal>;
      },
      learnt(number: bigint, all: MintKeys, own: MintKeys): MintKeys | Refusal {
        const { purse } = this.state.rows.get(number)!;
        // The place may have been renewed by another copy of the wallet.
        for (const one of [all, own])
          if (matches(one as never, RefusedShape)) return one as unknown as Refusal;
          else if (!matches(one as never, DeskShape)) return refuse('invalid');
        const first = purses.learn(purse, all);
        const second = first.ok ? purses.learn(first.purse, own) : first;
        if (!second.ok) return second;
        this.facets.steps.put(number, { purse: second.purse, keys: all });
        return all;
      },
      begin(number: bigint, purse: Purse, job: Job, requestId: string): Promise<Done | Refusal> {
        const { jobs, requests } = this.state;
        const { steps } = this.facets;
        // Two copies of a request at the same time: the second one goes on with what the first began.
        const begun = requests.get(requestId);
        if (begun !== undefined) return steps.run(begun);
        steps.put(number, { purse });
        jobs.set(job.act.requestId, job);
        requests.set(requestId, job.act.requestId);
        return steps.run(job.act.requestId);
      },
      withdraw(number: bigint, { packs }: MintKeys, requestId: string): Promise<Done | Refusal> {
        const { purse } = this.state.rows.get(number)!;
        const { steps } = this.facets;
        const pack = packs[1] ?? packs[0] ?? [];
        const begun = purses.askFor(purse, steps.keyAt(number), 'account', 'credit', pack);
        const job: Job = { kind: 'withdraw', number, act: begun.act, requestId };
        return steps.begin(number, begun.purse, job, requestId);
      },
      deposit(number: bigint, payee: bigint, requestId: string): Promise<Done | Refusal> {
        const { purse } = this.state.rows.get(number)!;
        const { steps } = this.facets;
        if (purse.tokens.length === 0) return Promise.resolve(refuse('insufficient'));
        const begun = purses.deposit(purse, steps.keyAt(number), purse.tokens.slice(0, 64), payee);
        const job: Job = { kind: 'deposit', number, act: begun.act, requestId };
        return steps.begin(number, begun.purse, job, requestId);
      },
      pay(number: bigint, purchase: Purchase, requestId: string): Promise<Done | Refusal> {
        const { purse, keys } = this.state.rows.get(number)!;
        const { steps } = this.facets;
        const { denominations } = keys;
        const key = steps.keyAt(number);
        const begun = purses.pay(purse, key, purchase.price, saleContext(purchase), denominations);
        if (!begun.ok) return Promise.resolve(begun);
        const what = `${purchase.price}`;
        const job: Job = { kind: 'pay', number, act: begun.act, purchase, what, requestId };
        return steps.begin(number, begun.purse, job, requestId);
      },
      refund(of: string, value: bigint, requestId: string): Promise<Done | Refusal> {
        const { number, order } = this.state.orders.get(of)!;
        const { purse, keys } = this.state.rows.get(number)!;
        const { steps } = this.facets;
        const denoms = value === 0n ? undefined : purses.splitValue(value, keys.denominations);
        if (denoms === undefined) return Promise.resolve(refuse('closed'));
        const begun = purses.askFor(purse, steps.keyAt(number), 'till', 'credit', denoms);
        const job: Job = { kind: 'refund', number, act: begun.act, order, requestId };
        return steps.begin(number, begun.purse, job, requestId);
      },
      /** Looks for what was issued to a key before. Once: what was swapped since would be found again. */
      look(number: bigint, market: string, key: string): Promise<Done | Refusal> | Refusal {
        const { purse, till, isRestored } = this.state.rows.get(number)!;
        const { steps, keeper } = this.facets;
        if (purse.market !== market) return refuse('conflict');
        if (isRestored === true) return keeper.tidy(number);
        return E.when(restoreTokens(purse, key, till), (found) =>
          found.ok ? steps.found(number, found.purse) : found,
        ) as Promise<Done | Refusal>;
      },
      found(number: bigint, purse: Purse): Promise<Done | Refusal> {
        const { steps, keeper } = this.facets;
        if (this.state.rows.get(number)!.isRestored !== true)
          steps.put(number, { purse, isRestored: true });
        return keeper.tidy(number);
      },
      sendAll(number: bigint): Promise<Done | Refusal> {
        const { jobs } = this.state;
        const { steps } = this.facets;
        steps.prepareSwaps(number);
        const open = [...jobs.values()].filter((job) => job.number === number);
        return E.when(Promise.all(open.map((job) => steps.run(job.act.requestId))), (all) => {
          // Of a swap that comes too late the value is counted as lost; anything else is said.
          const refusal = all.find((one) => !one.ok && !['claimed', 'expired'].includes(one.code));
          return refusal ?? steps.worthOf(number);
        }) as Promise<Done | Refusal>;
      },
      /** Each token that may be another copy's by itself, and those that would lapse. */
      prepareSwaps(number: bigint): void {
        const { inside, jobs, rows } = this.state;
        const { steps } = this.facets;
        const { purse } = rows.get(number)!;
        const old = purses.lapsing(purse, inside.epoch()).slice(0, swapsAtOnce);
        const groups = [
          ...purse.unsure.slice(0, swapsAtOnce).map((one) => [one]),
          ...(old.length === 0 ? [] : [old]),
        ];
        for (const tokens of groups) {
          const begun = purses.swap(rows.get(number)!.purse, steps.keyAt(number), tokens);
          steps.put(number, { purse: begun.purse });
          jobs.set(begun.requestId, { kind: 'swap', number, act: begun.act });
        }
      },
      /** Asks for what an act is to bring, the same as often as it is said. */
      run(act: string): Promise<Done | Refusal> {
        const { jobs, rows } = this.state;
        const { steps } = this.facets;
        const job = jobs.get(act);
        if (job === undefined) return Promise.resolve(refuse('closed'));
        const row = rows.get(job.number)!;
        const answer = ask(job, row.purse, steps.keyAt(job.number), row);
        return E.when(answer, (given) => steps.took(act, given)) as Promise<Done | Refusal>;
      },
      took(act: string, given: unknown): Done | Refusal {
        const { jobs, rows, outcomes, orders, inside } = this.state;
        const { steps } = this.facets;
        const job = jobs.get(act);
        // Two copies of one answer: the first was taken in.
        if (job === undefined) return steps.outcomeOf(act);
        const { number, requestId } = job;
        const row = rows.get(number)!;
        const answer = answerOf(given);
        const end = (purse: Purse, lost: bigint, outcome: Done | Refusal): Done | Refusal => {
          steps.put(number, { purse, lost: row.lost + lost });
          jobs.delete(act);
          outcomes.set(requestId ?? act, outcome);
          return outcome;
        };
        if (!answer.ok) {
          const { purse, lost } = afterRefusal(row.purse, job, answer.code);
          if (lost > 0n) inside.record('credits lost', { place: row.place, value: lost });
          return end(purse, lost, refuse(answer.code));
        }
        if ('value' in answer) {
          // Nothing is issued for what goes back into the account.
          if (job.kind !== 'deposit')
            throw new TypeError('Cannot take in answer: it is of no deposit');
          const purse = purses.writeOff(row.purse, job.act);
          return end(purse, 0n, { ok: true, worth: purses.worth(purse) });
        }
        const done = purses.finish(row.purse, steps.keyAt(number), job.act, answer);
        // The act stays open: whoever answered so may answer better, and nothing of it is believed.
        if (!done.ok) return done;
        const { order } = answer;
        if (job.kind === 'pay' && order !== undefined)
          orders.set(requestId ?? act, { number, what: job.what, order });
        if (job.kind !== 'swap') inside.record(`credits ${job.kind}`, { place: row.place });
        const bought = job.kind === 'pay' && order !== undefined ? { order } : {};
        return end(done.purse, 0n, { ok: true, worth: purses.worth(done.purse), ...bought });
      },
      outcomeOf(act: string): Done | Refusal {
        const { requests, outcomes } = this.state;
        for (const [requestId, begun] of requests.entries())
          if (begun === act) return outcomes.get(requestId) ?? refuse('closed');
        return outcomes.get(act) ?? refuse('closed');
      },
    },
  },
  readOnly: ['page.changes'],
});

/** Tokens that one `settle` swaps at most. */
const swapsAtOnce = 24;

export const makePurses = (inside: Facet<WalletInside>): Facet<CreditsKeeper> =>
  makePursesKit(inside).keeper as unknown as Facet<CreditsKeeper>;
