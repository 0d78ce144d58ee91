/**
 * The audits of one ledger, in its vat.
 *
 * All balances are taken down in one turn, when an epoch has ended. A commitment takes a millisecond, and
 * much more on a small machine, so they are made in turns of their own, a page each; the rows say how far
 * it got, and a node that is killed goes on there.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { refuse } from '@pocas/vat-runtime/actors';
import { AuditsI, PublicAuditI } from './guards.ts';
import { type Sums, commitTo, finishAudit, madeUpLabelOf, openingOf } from './make.ts';
import { keptAudits, maxSales, maxShown, maxWhat, pageSize, pagesAtOnce } from './rules.ts';
import { AuditBookI, makeShare } from './share.ts';
import { byLabel } from './text.ts';
import type {
  AuditAccount,
  AuditBooks,
  AuditEntry,
  AuditHeader,
  AuditSale,
  Audits,
  AuditShare,
  AuditView,
  PublicAudit,
} from './types.ts';

type Page = {
  readonly accounts: readonly AuditAccount[];
  readonly entries?: readonly AuditEntry[];
};
type Run = Omit<AuditBooks, 'accounts'> & {
  readonly epoch: bigint;
  readonly sales: readonly AuditSale[];
  readonly pages: number;
  /** How many of them are made. */
  readonly made: number;
  readonly sums?: Sums;
};

const pageKey = (epoch: bigint, page: number): string =>
  `${String(epoch).padStart(12, '0')}/${String(page).padStart(6, '0')}`;
const ofEpoch = (epoch: bigint) => ({ from: pageKey(epoch, 0), to: pageKey(epoch + 1n, 0) });

type State = {
  readonly secret: string;
  readonly pages: DurableMap<string, Page>;
  readonly labels: DurableMap<bigint, string>;
};

/** As of the audit of an epoch. */
const accountIn = ({ pages }: State, epoch: bigint, number: bigint): AuditAccount | undefined => {
  for (const { accounts } of pages.values(ofEpoch(epoch))) {
    const account = accounts.find((one) => one.number === number);
    if (account !== undefined) return account;
  }
  return undefined;
};

const pagesOf = ({ secret, labels }: State, accounts: AuditBooks['accounts']): readonly Page[] => {
  const labelled = accounts
    .map(({ number, balance }) => ({
      number,
      balance,
      label: labels.get(number) ?? madeUpLabelOf(secret, number),
    }))
    .sort(byLabel);
  const pages: Page[] = [];
  for (let at = 0; at < labelled.length; at += pageSize) {
    pages.push({ accounts: labelled.slice(at, at + pageSize) });
  }
  return pages;
};

export type AuditsParts = {
  /** 32 random bytes in base64url, used for nothing else. */
  readonly secret: string;
  /** As `MintKeys.market`. */
  readonly market: string;
  /** By the vat's clock. */
  readonly time: { now(): bigint };
};

const makeAuditsKit = defineActor({
  name: 'Audits',
  state: {
    secret: M.string(),
    market: M.string(),
    time: typed<{ now(): bigint }>(M.remotable('time')),
    /** What owners chose, found from both sides. */
    labels: typed<DurableMap<bigint, string>>(M.any()),
    owners: typed<DurableMap<string, bigint>>(M.any()),
    sales: typed<DurableMap<string, AuditSale>>(M.any()),
    pages: typed<DurableMap<string, Page>>(M.any()),
    headers: typed<DurableMap<bigint, AuditHeader>>(M.any()),
    shares: typed<DurableMap<bigint, Facet<AuditShare>>>(M.any()),
    run: typed<Run | undefined>(M.opt(M.record())),
    newest: typed<bigint | undefined>(M.opt(M.nat())),
  },
  init: ({ secret, market, time }: AuditsParts) => ({
    secret,
    market,
    time,
    labels: makeDurableMap<bigint, string>(),
    owners: makeDurableMap<string, bigint>(),
    sales: makeDurableMap<string, AuditSale>(),
    pages: makeDurableMap<string, Page>(),
    headers: makeDurableMap<bigint, AuditHeader>(),
    shares: makeDurableMap<bigint, Facet<AuditShare>>(),
    run: undefined,
    newest: undefined,
  }),
  guards: {
    audits: AuditsI,
    book: AuditBookI,
    public: PublicAuditI,
  },
  facets: {
    audits: {
      noteSale(name: string, price: bigint): void {
        const { sales } = this.state;
        // By characters, so that none is cut in two.
        const what = [...name.slice(0, 2 * maxWhat)].slice(0, maxWhat).join('');
        const known = JSON.stringify([what, String(price)]);
        const isListed = sales.has(known) || sales.size() < maxSales;
        const key = isListed ? known : '…';
        const { times } = sales.get(key) ?? { times: 0n };
        sales.set(key, {
          ...(isListed ? { what, price } : { what: '…', price: 0n }),
          times: times + 1n,
        });
      },
      begin(epoch: bigint, { accounts, totals, tokens }: AuditBooks): void {
        const { state } = this;
        const { headers, pages, run, sales } = state;
        if (headers.has(epoch) || run?.epoch === epoch) return;
        // One that never came to its end.
        if (run !== undefined) dropPages(pages, run.epoch);
        const made = pagesOf(state, accounts);
        for (const [at, page] of made.entries()) pages.set(pageKey(epoch, at), page);
        const sold = [...sales.values()];
        for (const key of [...sales.keys()]) sales.delete(key);
        state.run = { epoch, totals, tokens, sales: sold, pages: made.length, made: 0 };
      },
      step(): boolean {
        const { state } = this;
        const { secret, market, pages, headers, run } = state;
        if (run === undefined) return true;
        const { epoch, totals, tokens, sales, made } = run;
        if (made < run.pages) {
          const key = pageKey(epoch, made);
          const { accounts } = pages.get(key)!;
          const { entries, sums } = commitTo(secret, epoch, accounts, run.sums);
          pages.set(key, { accounts, entries });
          state.run = { ...run, made: made + 1, sums };
          return false;
        }
        const { entries: _entries, ...header } = finishAudit(
          { secret, market, epoch, totals, tokens, sales },
          [...pages.values(ofEpoch(epoch))].flatMap((page) => page.entries!),
          run.sums,
        );
        headers.set(epoch, header);
        state.newest = epoch;
        state.run = undefined;
        for (const old of [...headers.keys()]) {
          if (old > epoch - keptAudits) continue;
          headers.delete(old);
          dropPages(pages, old);
        }
        return true;
      },
      share(account: bigint): Facet<AuditShare> {
        const { shares } = this.state;
        const share =
          shares.get(account) ?? makeShare(this.facets.book, this.facets.public, account);
        shares.set(account, share);
        return share;
      },
      public(): Facet<PublicAudit> {
        return this.facets.public;
      },
    },
    /** What shares ask, each for its account. */
    book: {
      label(account: bigint): string {
        return this.state.labels.get(account) ?? madeUpLabelOf(this.state.secret, account);
      },
      isChosen(account: bigint): boolean {
        return this.state.labels.has(account);
      },
      /** @returns false where the label is somebody else’s */
      choose(account: bigint, label: string): boolean {
        const { labels, owners } = this.state;
        if ((owners.get(label) ?? account) !== account) return false;
        const before = labels.get(account);
        if (before !== undefined) owners.delete(before);
        owners.set(label, account);
        labels.set(account, label);
        return true;
      },
      opening(account: bigint) {
        const { newest, secret } = this.state;
        if (newest === undefined) return undefined;
        const found = accountIn(this.state, newest, account);
        return found === undefined ? undefined : openingOf(secret, newest, found);
      },
      now(): bigint {
        return this.state.time.now();
      },
    },
    public: {
      view(): AuditView {
        const { newest, headers, run, market } = this.state;
        const header = newest === undefined ? undefined : headers.get(newest);
        if (header === undefined) {
          const status = run === undefined ? 'none' : 'under way';
          return { status, market, tokens: [], sales: [] };
        }
        const { epoch, count, totals, tokens, sales, digest } = header;
        return {
          status: run === undefined ? 'done' : 'under way',
          market,
          epoch,
          accounts: count,
          ...totals,
          digest,
          tokens: tokens
            .filter(({ kind }) => kind === 'credit')
            .slice(-maxShown)
            .map(({ denom, kind: _kind, ...count }) => ({ what: String(denom), ...count })),
          sales: sales.slice(0, maxShown),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
      },
      header(epoch?: bigint) {
        const { headers, newest } = this.state;
        const asked = epoch ?? newest;
        const header = asked === undefined ? undefined : headers.get(asked);
        return header === undefined
          ? refuse(newest === undefined || (asked ?? 0n) > newest ? 'notYet' : 'expired')
          : ({ ok: true, header } as const);
      },
      entries(epoch: bigint, from: bigint) {
        const { headers, pages, newest } = this.state;
        const header = headers.get(epoch);
        if (header === undefined) {
          return refuse(newest === undefined || epoch > newest ? 'notYet' : 'expired');
        }
        if (from >= header.count) return { ok: true, entries: [] } as const;
        const first = Number(from) / pageSize;
        const range = { from: pageKey(epoch, Math.floor(first)), to: pageKey(epoch + 1n, 0) };
        const entries = [...pages.values({ ...range, limit: pagesAtOnce })]
          .flatMap((page) => page.entries!)
          .slice(Number(from) % pageSize);
        return { ok: true, entries } as const;
      },
    },
  },
  readOnly: ['public.changes'],
});

const dropPages = (pages: DurableMap<string, Page>, epoch: bigint): void => {
  for (const key of [...pages.keys(ofEpoch(epoch))]) pages.delete(key);
};

/** In the vat of the ledger. @see Audits */
export const makeAudits = (parts: AuditsParts): Facet<Audits> => makeAuditsKit(parts).audits;
