/** A whole audit from its public page, for who checks it. It sends messages, which the checks themselves do not. */
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import { maxAccounts } from './rules.ts';
import type { Audit, AuditEntry, PublicAudit } from './types.ts';

/**
 * @param epoch - of one of the last few; the newest where it is left out
 * @returns undefined where there is none. What comes is as good as who it comes from: see `checkAudit`
 */
export const gatherAudit = async (
  page: Facet<PublicAudit>,
  epoch?: bigint,
): Promise<Audit | undefined> => {
  const found = await (epoch === undefined ? E(page).header() : E(page).header(epoch));
  if (!found.ok) return undefined;
  const { header } = found;
  const entries: AuditEntry[] = [];
  while (BigInt(entries.length) < header.count && entries.length < maxAccounts) {
    const more = await E(page).entries(header.epoch, BigInt(entries.length));
    if (!more.ok || more.entries.length === 0) break;
    entries.push(...more.entries);
  }
  return { ...header, entries };
};
