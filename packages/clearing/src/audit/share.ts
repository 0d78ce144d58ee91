/** One account's share of an audit: what its owner says and is told. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { onceLately, refuse } from '@pocas/vat-runtime/actors';
import { AuditShareI } from './guards.ts';
import { ownLabel } from './text.ts';
import type { AuditShare, Opening, PublicAudit, ShareView } from './types.ts';

/** What shares ask of the audits, each for its account. */
export type AuditBook = {
  label(account: bigint): string;
  isChosen(account: bigint): boolean;
  /** @returns false where the label is somebody else’s */
  choose(account: bigint, label: string): boolean;
  opening(account: bigint): Opening | undefined;
  now(): bigint;
};

export const AuditBookI: InterfaceGuard<{ [name in keyof AuditBook]: MethodGuard }> = M.interface(
  'AuditBook',
  {
    label: M.call(M.nat()).returns(M.string()),
    isChosen: M.call(M.nat()).returns(M.boolean()),
    choose: M.call(M.nat(), M.string()).returns(M.boolean()),
    opening: M.call(M.nat()).returns(M.opt(M.record())),
    now: M.call().returns(M.bigint()),
  },
);

const makeShareKit = defineActor({
  name: 'AuditShare',
  state: {
    book: typed<Facet<AuditBook>>(M.remotable('book')),
    audit: typed<Facet<PublicAudit>>(M.remotable('audit')),
    account: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (book: Facet<AuditBook>, audit: Facet<PublicAudit>, account: bigint) => ({
    book,
    audit,
    account,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { share: AuditShareI },
  facets: {
    share: {
      view(): ShareView {
        const { book, account, audit } = this.state;
        const opening = book.opening(account);
        return {
          label: book.label(account),
          isChosen: book.isChosen(account) ? 'yes' : 'no',
          ...(opening === undefined ? {} : { epoch: opening.epoch, balance: opening.balance }),
          audit,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.share, this.state.audit);
      },
      chooseLabel(label: string, requestId: string) {
        const { book, account, outcomes } = this.state;
        return onceLately(outcomes, book.now(), 'chooseLabel', requestId, () => {
          if (!ownLabel.test(label)) return refuse('invalid');
          return book.choose(account, label) ? ({ ok: true } as const) : refuse('claimed');
        });
      },
      opening() {
        const opening = this.state.book.opening(this.state.account);
        return opening === undefined ? refuse('notYet') : ({ ok: true, opening } as const);
      },
      audit(): Facet<PublicAudit> {
        return this.state.audit;
      },
    },
  },
  readOnly: ['share.changes'],
});

export const makeShare = (
  book: Facet<AuditBook>,
  audit: Facet<PublicAudit>,
  account: bigint,
): Facet<AuditShare> => makeShareKit(book, audit, account).share;
