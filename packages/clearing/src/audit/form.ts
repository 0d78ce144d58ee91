/** Whether something from elsewhere has the form of an audit at all. What it says may still be false. */
import { maxAccounts } from './rules.ts';
import type { Audit } from './types.ts';

type Check = (value: unknown) => boolean;

/** More than any market has, and small enough to reckon with. */
const isNumber: Check = (value) =>
  typeof value === 'bigint' && value > -(1n << 62n) && value < 1n << 62n;
const isText: Check = (value) => typeof value === 'string' && value.length <= 500;
const isKind: Check = (value) =>
  value === 'credit' || value === 'appreciation' || value === 'review' || value === 'ballot';

const recordOf =
  (checks: { readonly [key: string]: Check }): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([key, check]) => {
      const property = Object.getOwnPropertyDescriptor(value, key);
      return property !== undefined && 'value' in property && check(property.value);
    });
const listOf =
  (check: Check, limit: number): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length <= limit &&
    Array.from({ length: value.length }, (_, at) => value[at] as unknown).every(check);

const isAuditRecord = recordOf({
  market: isText,
  epoch: isNumber,
  count: isNumber,
  totals: recordOf({
    float: isNumber,
    pools: isNumber,
    commons: isNumber,
    held: isNumber,
    payments: isNumber,
  }),
  tokens: listOf(
    recordOf({
      kind: isKind,
      denom: isNumber,
      epoch: isNumber,
      issued: isNumber,
      redeemed: isNumber,
      members: isNumber,
    }),
    10_000,
  ),
  sales: listOf(recordOf({ what: isText, price: isNumber, times: isNumber }), 10_000),
  proof: isText,
  digest: isText,
  entries: listOf(recordOf({ label: isText, commitment: isText }), maxAccounts),
});

export const isAudit = (value: unknown): value is Audit => isAuditRecord(value);
