import test from 'node:test';
import assert from 'node:assert/strict';
import type { AccountEntry, Books } from '@pocas/clearing';
import {
  excessOf,
  faultsBetween,
  faultsOf,
  mayTake,
  statementOf,
} from '@pocas/clearing/conservation';

const entry = (number: bigint, rest: Partial<AccountEntry>): AccountEntry => ({
  number,
  kind: 'member',
  status: 'open',
  balance: 0n,
  held: 0n,
  incoming: 0n,
  withdrawn: 0n,
  debitLimit: 5n,
  ceiling: 9n,
  ...rest,
});
const sound: Books = {
  accounts: [
    entry(1n, { balance: -5n, held: 3n, withdrawn: 2n }),
    entry(2n, { balance: 2n, incoming: 3n }),
    entry(3n, { kind: 'pool', balance: 1n, label: 'float' }),
    entry(4n, { kind: 'commons', balance: -3n }),
  ],
  holds: [{ number: 1n, payer: 1n, payee: 2n, value: 3n }],
  payments: [{ number: 2n, account: 1n, value: 2n }],
  issued: 0n,
};
const altered = (change: Partial<AccountEntry>, index = 0): Books => ({
  ...sound,
  accounts: sound.accounts.map((one, i) => (i === index ? { ...one, ...change } : one)),
});

test('sound books have no faults and a sum of zero', () => {
  assert.deepEqual(faultsOf(sound), []);
  assert.deepEqual(statementOf('h', sound), {
    unit: 'h',
    accounts: 2n,
    credit: 2n,
    debt: 5n,
    held: 3n,
    payments: 2n,
    pools: 1n,
    commons: -3n,
    sum: 0n,
  });
});

test('what was issued is what there is', () => {
  const issued: Books = { ...altered({ balance: 95n }), issued: 100n };
  assert.deepEqual(faultsOf(issued), []);
  assert.equal(statementOf('vale', issued).sum, 0n);
  assert.equal(statementOf('vale', { ...issued, issued: 99n }).sum, 1n);
});

test('each broken invariant is found', () => {
  const has = (books: Books, fault: RegExp, step?: bigint) => {
    const faults = faultsOf(books, step);
    assert.ok(
      faults.some((text) => fault.test(text)),
      `${fault} in ${faults.join('; ')}`,
    );
  };
  has(altered({ balance: -4n }), /sum to 1 of 0/);
  has({ ...sound, issued: 2n }, /sum to 0 of 2/);
  has({ ...sound, payments: [] }, /sum to -2/);
  has(altered({ held: 2n }), /counts 2 held, not 3/);
  has(altered({ incoming: 1n }), /counts 1 incoming, not 0/);
  has(altered({ withdrawn: 1n }), /counts 1 withdrawn, not 2/);
  has(altered({ number: 2n }), /one number/);
  has(altered({ balance: -1n }, 2), /pool 3 owes 1/);
  has(altered({ status: 'closed' }), /account 1 is closed and has -5/);
  has(altered({ kind: 'commons' }), /two commons/);
  has(sound, /account 1 has -5, in steps of 2/, 2n);
  const [hold] = sound.holds;
  has({ ...sound, holds: [{ ...hold!, value: -3n }] }, /hold 1 is negative/);
  has({ ...sound, holds: [{ ...hold!, payee: 7n }] }, /hold 1 lacks an account/);
  has({ ...sound, holds: [hold!, hold!] }, /two holds have one number/);
  const [payment] = sound.payments;
  has({ ...sound, payments: [{ ...payment!, value: -2n }] }, /payment 2 is negative/);
  has({ ...sound, payments: [{ ...payment!, account: 7n }] }, /payment 2 lacks an account/);
});

test('nobody’s balance falls below the limit, and a limit may fall below a balance', () => {
  assert.deepEqual(faultsBetween(sound, altered({ debitLimit: 2n })), []);
  assert.deepEqual(faultsBetween(altered({ balance: -9n }), altered({ balance: -8n })), []);
  assert.deepEqual(faultsBetween(sound, altered({ balance: -6n })), [
    'member 1 went from -5 to -6, below -5',
  ]);
  assert.deepEqual(faultsBetween(sound, altered({ balance: -6n, debitLimit: 4n }, 3)), [
    'commons 4 went from -3 to -6, below -4',
  ]);
});

test('an account takes up to its ceiling, and beyond it only towards zero', () => {
  const at = (balance: bigint, value: bigint) => mayTake({ balance, ceiling: 10n }, value);
  assert.deepEqual(
    [at(0n, 10n), at(0n, 11n), at(5n, 6n), at(-30n, 50n), at(-30n, 60n), at(-30n, 59n)],
    [true, false, false, true, false, true],
  );
  assert.equal(mayTake({ kind: 'pool', balance: 5n, ceiling: 0n }, 100n), true);
});

test('what passes the ceiling is what does not fit below it, in whole steps', () => {
  const excess = (balance: bigint, value: bigint, step?: bigint) =>
    excessOf({ balance, ceiling: 10n }, value, step);
  assert.deepEqual(
    [excess(0n, 10n), excess(0n, 11n), excess(10n, 3n), excess(15n, 3n), excess(-30n, 60n)],
    [0n, 1n, 3n, 3n, 20n],
  );
  assert.equal(excess(0n, 16n, 4n), 8n);
});
