/** Books of a small market, whole, for tests of audits; and what an operator may do to them. */
import { hmac, sha256 } from '@pocas/vat-runtime';
import type { AuditAccount, AuditParts } from '@pocas/clearing/audit';

export const secret: string = Buffer.alloc(32, 7).toString('base64url');
export const labelOf = (name: string): string => sha256(`the label that ${name} drew`);
export const epoch = 5n;

const names = ['ana', 'beto', 'carla', 'dani', 'eli'] as const;
export type Name = (typeof names)[number];
export const numberOf = (name: Name): bigint => BigInt(names.indexOf(name) + 1);

export const accounts: readonly AuditAccount[] = [
  { number: 1n, label: labelOf('ana'), balance: -42n },
  { number: 2n, label: labelOf('beto'), balance: 13n },
  { number: 3n, label: labelOf('carla'), balance: 0n },
  { number: 4n, label: labelOf('dani'), balance: -20n },
  { number: 5n, label: labelOf('eli'), balance: 6n },
];

/** What lies elsewhere: 43. */
export const parts: AuditParts = {
  secret,
  market: sha256('a market'),
  epoch,
  accounts,
  totals: { float: 20n, pools: 3n, commons: -2n, held: 17n, payments: 5n },
  tokens: [
    { kind: 'credit', denom: 1n, epoch: 4n, issued: 10n, redeemed: 6n, members: 4n },
    { kind: 'credit', denom: 8n, epoch: 5n, issued: 3n, redeemed: 1n, members: 3n },
    { kind: 'appreciation', denom: 1n, epoch: 5n, issued: 8n, redeemed: 2n, members: 1n },
  ],
  sales: [
    { what: 'bread', price: 5n, times: 3n },
    { what: 'jam', price: 8n, times: 1n },
  ],
};

export const random = (text: string): string => hmac(secret, text);
