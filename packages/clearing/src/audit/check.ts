/**
 * What anybody checks of an audit, and each owner of their own. Pure, so a wallet's vat, a program and a page
 * may all do it; everything in an audit may be a lie, and none of it makes these throw.
 */
import { pedersen } from '@pocas/vat-runtime';
import type { TokenCount } from '../blind/types.ts';
import { isAudit } from './form.ts';
import { contextOf, digestOf, madeUpLabel, outsideOf, ownLabel, sumOfEntries } from './text.ts';
import type { Audit, AuditEntry, Fault, Known, Own } from './types.ts';
import { faults } from './words.ts';

const sortedOnce = (texts: readonly string[]): boolean =>
  texts.every((text, at) => at === 0 || texts[at - 1]! < text);

const tokenKey = ({ kind, denom, epoch }: Pick<TokenCount, 'kind' | 'denom' | 'epoch'>): string =>
  `${kind} ${denom} ${epoch}`;

const formFaults = ({ entries, tokens, sales, count, totals }: Audit): Fault[] => {
  const found: Fault[] = [];
  if (count !== BigInt(entries.length)) {
    found.push(faults.form('entries are missing', 'faltan entradas'));
  }
  const labels = entries.map(({ label }) => label);
  if (!labels.every((label) => ownLabel.test(label) || madeUpLabel.test(label))) {
    found.push(faults.form('a label is none', 'una etiqueta no lo es'));
  }
  // In order and none twice: two owners could be shown one entry, and a third balance be left out for it.
  if (!sortedOnce(labels)) {
    found.push(faults.form('a label is there twice', 'una etiqueta está dos veces'));
  }
  const keys = tokens.map(tokenKey);
  if (new Set(keys).size !== keys.length) {
    found.push(faults.form('tokens are counted twice', 'hay fichas contadas dos veces'));
  }
  const numbers = [
    ...tokens.flatMap(({ denom, issued, redeemed }) => [denom, issued, redeemed]),
    ...sales.flatMap(({ price, times }) => [price, times]),
    ...[totals.float, totals.held, totals.payments],
  ];
  if (numbers.some((number) => number < 0n)) {
    found.push(faults.form('a number is below zero', 'un número es menor que cero'));
  }
  return found;
};

const proofHolds = (audit: Audit): boolean => {
  const { entries, totals, proof } = audit;
  const rest = outsideOf(totals);
  if (entries.length === 0) return rest === 0n && proof === '';
  try {
    const context = contextOf(digestOf(audit));
    return pedersen.verify(sumOfEntries(entries), -rest, proof, context);
  } catch {
    // A text that is none.
    return false;
  }
};

/** What credits that are out are worth. */
export const valueOut = (tokens: readonly TokenCount[]): bigint =>
  tokens
    .filter(({ kind }) => kind === 'credit')
    .reduce((sum, { denom, issued, redeemed }) => sum + denom * (issued - redeemed), 0n);

/**
 * What anybody can see to be wrong. Nothing is wrong where the list is empty; what it cannot show is that each
 * entry is a real person's, and that each owner was told the balance that was published: for that
 * `accounts` is compared with those who are known, and each owner looks at their own (`checkOwn`).
 */
export const checkAudit = (audit: Audit, known: Known = {}): readonly Fault[] => {
  if (!isAudit(audit)) return [faults.form('it is none', 'no lo es')];
  const found = formFaults(audit);
  const { tokens, totals } = audit;
  if (known.epoch !== undefined && known.epoch !== audit.epoch) found.push(faults.epoch());
  const digest = digestOf(audit);
  if (digest !== audit.digest || (known.digest ?? digest) !== digest) found.push(faults.digest());
  if (!proofHolds(audit)) found.push(faults.proof());
  for (const count of tokens) {
    const { issued, redeemed } = count;
    if (redeemed > issued) found.push(faults.redeemed(count, issued, redeemed));
  }
  const out = valueOut(tokens);
  // There may be more behind them: refunds that nobody fetched yet.
  if (totals.float < out) found.push(faults.float(totals.float, out));
  const accounts = BigInt(audit.entries.length);
  if (known.accounts !== undefined && known.accounts !== accounts) {
    found.push(faults.accounts(accounts, known.accounts));
  }
  return found;
};

const opens = (entry: AuditEntry, own: NonNullable<Own['opening']>): boolean => {
  try {
    return pedersen.commit(own.balance, own.blinding) === entry.commitment;
  } catch {
    return false;
  }
};

/** What an account's owner can see to be wrong with what concerns them. @see checkAudit */
export const checkOwn = (audit: Audit, own: Own): readonly Fault[] => {
  if (!isAudit(audit)) return [faults.form('it is none', 'no lo es')];
  const found: Fault[] = [];
  const { opening } = own;
  // By the label that was chosen, never by one that was told.
  const entry = audit.entries.find(({ label }) => label === own.label);
  if (entry === undefined) found.push(faults.missing());
  else if (opening === undefined || opening.epoch !== audit.epoch || opening.label !== own.label) {
    found.push(faults.opening());
  } else {
    const known = own.balance ?? opening.balance;
    if (!opens(entry, opening)) found.push(faults.opening());
    else if (known !== opening.balance) found.push(faults.balance(opening.balance, known));
  }
  const counts = new Map(audit.tokens.map((count) => [tokenKey(count), count]));
  for (const token of own.tokens ?? []) {
    const { issued = 0n, redeemed = 0n } = counts.get(tokenKey(token)) ?? {};
    if (token.withdrawn > issued) found.push(faults.issued(token, issued, token.withdrawn));
    if (token.used > redeemed) found.push(faults.used(token, redeemed, token.used));
  }
  for (const { what, price, times } of own.sales ?? []) {
    const listed = audit.sales.find((sale) => sale.what === what && sale.price === price);
    if ((listed?.times ?? 0n) < times) found.push(faults.sales(what));
  }
  return found;
};

/**
 * What two audits of one market, the earlier first, cannot both say: of an epoch that has ended nothing more is
 * given out, and nothing that was used up comes back.
 */
export const compareAudits = (before: Audit, after: Audit): readonly Fault[] => {
  if (!isAudit(before) || !isAudit(after)) return [faults.form('it is none', 'no lo es')];
  const counts = new Map(after.tokens.map((count) => [tokenKey(count), count]));
  return before.tokens.flatMap((count) => {
    const next = counts.get(tokenKey(count));
    // Past their time they are counted no more.
    if (next === undefined) return [];
    const isSame = next.issued === count.issued || count.epoch > before.epoch;
    const isMore = next.issued >= count.issued && next.redeemed >= count.redeemed;
    return isSame && isMore ? [] : [faults.history(count)];
  });
};
