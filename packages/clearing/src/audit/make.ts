/** How a market makes an audit. Pure: the same parts give the same audit. */
import { hmac, pedersen } from '@pocas/vat-runtime';
import { addAll, byLabel, contextOf, digestOf, outsideOf, sumOfEntries } from './text.ts';
import type { Audit, AuditAccount, AuditEntry, AuditParts, Opening } from './types.ts';

const derive = (secret: string, ...what: readonly string[]): string =>
  hmac(secret, JSON.stringify(['pocas audit', ...what]));

/** Of an account whose owner chose none. */
export const madeUpLabelOf = (secret: string, number: bigint): string =>
  `~${derive(secret, 'label', String(number)).slice(0, 43)}`;

/**
 * The balance is a part of it: two audits of one epoch, as a market that was restored from a backup could
 * make, would otherwise show by how much a balance changed between them.
 */
const blindingOf = (secret: string, epoch: bigint, { number, label, balance }: AuditAccount) =>
  pedersen.scalar(
    derive(secret, 'blinding', String(epoch), String(number), label, String(balance)),
  );

/** What an account's owner may be told. */
export const openingOf = (secret: string, epoch: bigint, account: AuditAccount): Opening => ({
  epoch,
  label: account.label,
  balance: account.balance,
  blinding: blindingOf(secret, epoch, account),
});

export const entryOf = (secret: string, epoch: bigint, account: AuditAccount): AuditEntry => ({
  label: account.label,
  commitment: pedersen.commit(account.balance, blindingOf(secret, epoch, account)),
});

/**
 * The end of it, over entries that were made before.
 *
 * @param accounts - in any order
 * @param entries - one for each account, in the order of their labels
 * @throws where the books are not sound: no proof can be made that they are
 */
export const finishAudit = (
  { secret, market, epoch, accounts, totals, tokens, sales }: AuditParts,
  entries: readonly AuditEntry[],
): Audit => {
  const content = { market, epoch, totals, tokens, sales, entries };
  const digest = digestOf(content);
  const rest = outsideOf(totals);
  let proof = '';
  if (entries.length > 0) {
    const blinding = addAll(
      accounts.map((account) => blindingOf(secret, epoch, account)),
      pedersen.addScalars,
    );
    const random = derive(secret, 'proof', String(epoch), digest);
    proof = pedersen.prove(sumOfEntries(entries), -rest, blinding, contextOf(digest), random);
  } else if (rest !== 0n) throw Error('Cannot make audit: there is value, and no account');
  return { ...content, count: BigInt(entries.length), proof, digest };
};

/** All at once: about a millisecond for each account. */
export const makeAudit = (parts: AuditParts): Audit =>
  finishAudit(
    parts,
    [...parts.accounts].sort(byLabel).map((account) => entryOf(parts.secret, parts.epoch, account)),
  );
