/** How a market makes an audit. Pure: the same parts give the same audit. */
import { hmac, pedersen } from '@pocas/vat-runtime';
import { addAll, byLabel, contextOf, digestOf, outsideOf } from './text.ts';
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

/** Some entries and their blinding, added: of these the proof is. */
export type Sums = { readonly commitment: string; readonly blinding: string };

/** @param accounts - one at least */
export const commitTo = (
  secret: string,
  epoch: bigint,
  accounts: readonly AuditAccount[],
  before?: Sums,
): { readonly entries: readonly AuditEntry[]; readonly sums: Sums } => {
  const blindings = accounts.map((account) => blindingOf(secret, epoch, account));
  const entries = accounts.map(({ label, balance }, at) => ({
    label,
    commitment: pedersen.commit(balance, blindings[at]!),
  }));
  const commitments = entries.map(({ commitment }) => commitment);
  const sums = {
    commitment: addAll(
      before === undefined ? commitments : [before.commitment, ...commitments],
      pedersen.add,
    ),
    blinding: addAll(
      before === undefined ? blindings : [before.blinding, ...blindings],
      pedersen.addScalars,
    ),
  };
  return { entries, sums };
};

/**
 * The end of it, over entries that were made before.
 *
 * @param entries - in the order of their labels
 * @param sums - of all of them; undefined where there are none
 * @throws where the books are not sound: no proof can be made that they are
 */
export const finishAudit = (
  { secret, market, epoch, totals, tokens, sales }: Omit<AuditParts, 'accounts'>,
  entries: readonly AuditEntry[],
  sums: Sums | undefined,
): Audit => {
  const content = { market, epoch, totals, tokens, sales, entries };
  const digest = digestOf(content);
  const rest = outsideOf(totals);
  let proof = '';
  if (sums !== undefined) {
    const random = derive(secret, 'proof', String(epoch), digest);
    proof = pedersen.prove(sums.commitment, -rest, sums.blinding, contextOf(digest), random);
  } else if (rest !== 0n) throw Error('Cannot make audit: there is value, and no account');
  return { ...content, count: BigInt(entries.length), proof, digest };
};

/** All at once: about a millisecond for each account. */
export const makeAudit = (parts: AuditParts): Audit => {
  const { secret, epoch, accounts } = parts;
  if (accounts.length === 0) return finishAudit(parts, [], undefined);
  const { entries, sums } = commitTo(secret, epoch, [...accounts].sort(byLabel));
  return finishAudit(parts, entries, sums);
};
