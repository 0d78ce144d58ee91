/**
 * The public audit of each market in a wallet, as its holder checks it (SPEC 7.2). Nothing that a market says
 * of itself is believed but what the audit proves; what the holder chose is kept here, outside of the market.
 */
import { E } from '@endo/far';
import type { AuditShare } from '@pocas/clearing/audit';
import { type Fault, checkAudit, checkOwn } from '@pocas/clearing/audit-check';
import { gatherAudit } from '@pocas/clearing/audit-gather';
import type { WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { marketsOf } from './markets.ts';

/** What is known of one market beside what it says. */
export type Note = {
  readonly label: string;
  /** The newest epoch that was audited when the label was chosen: it is in those after it. */
  readonly after: string;
  /** The marks of audits that were seen, by their epochs. */
  readonly seen: { readonly [epoch: string]: string };
};
/** By the tag of each market. */
export type Notes = { readonly [market: string]: Note };

export type Report = {
  readonly market: string;
  /** Without them no epoch has been audited yet. */
  readonly epoch?: bigint;
  readonly accounts?: bigint;
  readonly digest?: string;
  /** In the audit, as it was told and opens the entry. */
  readonly balance?: bigint;
  /** The label was not in an audit yet. */
  readonly isNew: boolean;
  readonly faults: readonly Fault[];
};

export type AuditPowers = {
  /** 32 random bytes in base64url. */
  readonly draw: () => string;
  /** Keeps them before anything is asked of a market. */
  readonly save: (notes: Notes) => void;
};

/** Marks that are kept for one market. */
const keptMarks = 60;

/** @param before - what was noted the last time */
export const auditMarkets = async (
  wallet: Facet<WalletOwner>,
  before: Notes,
  { draw, save }: AuditPowers,
): Promise<readonly Report[]> => {
  let notes = before;
  const keep = (market: string, note: Note): Note => {
    notes = { ...notes, [market]: note };
    save(notes);
    return note;
  };
  const reports: Report[] = [];
  for (const participant of await marketsOf(wallet)) {
    const { market } = await E(participant).view();
    const share = (await E(participant).desk('audit')) as Facet<AuditShare>;
    const page = await E(share).audit();
    const { market: tag, epoch: newest } = await E(page).view();
    const note = notes[tag] ?? keep(tag, { label: draw(), after: String(newest ?? -1n), seen: {} });
    // Also after a stop between the two. One request for one label: a late copy changes nothing.
    const chosen = await E(share).chooseLabel(note.label, note.label);
    const audit = await gatherAudit(page);
    if (audit === undefined) {
      reports.push({ market, isNew: true, faults: [] });
      continue;
    }
    const { epoch, digest } = audit;
    const mark = note.seen[String(epoch)];
    const faults = [...checkAudit(audit, mark === undefined ? {} : { digest: mark })];
    const isNew = epoch <= BigInt(note.after);
    const told = await E(share).opening();
    const opening = told.ok ? told.opening : undefined;
    if (!isNew) {
      const own = { label: note.label, ...(opening === undefined ? {} : { opening }) };
      faults.push(...checkOwn(audit, own));
    }
    if (mark === undefined) {
      const seen = Object.entries({ ...note.seen, [String(epoch)]: digest }).slice(-keptMarks);
      keep(tag, { ...note, seen: Object.fromEntries(seen) });
    }
    reports.push({
      ...{ market, epoch, digest, accounts: audit.count, faults },
      ...(opening === undefined ? {} : { balance: opening.balance }),
      isNew: isNew || !chosen.ok,
    });
  }
  return reports;
};
