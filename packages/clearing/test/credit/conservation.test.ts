import { heldBy, makeLedgerFixture } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { Decider } from '@pocas/clearing';
import type { Books } from '@pocas/clearing/conservation';
import { faultsOf, mayTake, statementOf } from '@pocas/clearing/conservation';
import type { Facet } from '@pocas/vat-runtime';

const sound: Books = {
  accounts: [
    { number: 1n, balance: -5n, held: 3n, incoming: 0n, debitLimit: 5n, ceiling: 9n },
    { number: 2n, balance: 2n, held: 0n, incoming: 3n, debitLimit: 5n, ceiling: 9n },
  ],
  holds: [{ number: 1n, payer: 1n, payee: 2n, value: 3n }],
};
type Account = Books['accounts'][number];
const altered = (change: Partial<Account>): Books => ({
  ...sound,
  accounts: [{ ...sound.accounts[0]!, ...change }, sound.accounts[1]!],
});

test('sound books have no faults and a sum of zero', () => {
  assert.deepEqual(faultsOf(sound), []);
  assert.deepEqual(statementOf('h', sound), {
    unit: 'h',
    accounts: 2n,
    credit: 2n,
    debt: 5n,
    held: 3n,
    sum: 0n,
  });
});

test('each broken invariant is found', () => {
  const has = (books: Books, fault: RegExp) =>
    assert.ok(faultsOf(books).some((text) => fault.test(text)));
  has(altered({ balance: -4n }), /sum to 1/);
  has(altered({ debitLimit: 4n }), /account 1 owes 5/);
  has(altered({ held: 2n }), /counts 2 held, not 3/);
  has(altered({ incoming: 1n }), /counts 1 incoming, not 0/);
  has(altered({ number: 2n }), /one number/);
  const [hold] = sound.holds;
  has({ ...sound, holds: [{ ...hold!, value: -3n }] }, /negative/);
  has({ ...sound, holds: [{ ...hold!, payee: 7n }] }, /lacks an account/);
});

test('an account takes up to its ceiling, and beyond it only towards zero', () => {
  const at = (balance: bigint, value: bigint, incoming = 0n) =>
    mayTake({ balance, incoming, ceiling: 10n }, value);
  assert.deepEqual(
    [at(0n, 10n), at(0n, 11n), at(5n, 5n, 1n), at(-30n, 50n), at(-30n, 60n), at(-30n, 59n)],
    [true, false, false, true, false, true],
  );
});

type Act = { kind: 'pay' | 'hold'; from: number; to: number; value: bigint };
type Operation =
  Act | { kind: 'settle' | 'release'; hold: number } | { kind: 'repeat'; operation: number };

const limits = [
  { debitLimit: 0n, ceiling: 30n },
  { debitLimit: 20n, ceiling: 0n },
  { debitLimit: 20n, ceiling: 50n },
  { debitLimit: 60n, ceiling: 200n },
];
const who = fc.nat({ max: limits.length - 1 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('pay' as const, 'hold' as const),
    from: who,
    to: who,
    value: fc.bigInt({ min: 0n, max: 40n }),
  }),
  fc.record({ kind: fc.constantFrom('settle' as const, 'release' as const), hold: fc.nat(9) }),
  fc.record({ kind: fc.constant('repeat' as const), operation: fc.nat(29) }),
);

/** The rules once more, on plain numbers. */
const makeModel = () => {
  const accounts = limits.map((one) => ({ ...one, balance: 0n, held: 0n, incoming: 0n }));
  const size = (n: bigint) => (n < 0n ? -n : n);
  return {
    accounts,
    allows({ kind, from, to, value }: Act) {
      const payer = accounts[from]!;
      const payee = accounts[to]!;
      if (payer.balance - value < -payer.debitLimit) return 'payer';
      const start = kind === 'hold' ? payee.balance + payee.incoming : payee.balance;
      const fits = payee.balance + payee.incoming + value <= payee.ceiling;
      return fits || size(start + value) < size(start) ? undefined : 'payee';
    },
  };
};

test('random payments and holds keep every invariant after every turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), async (operations) => {
      const { open, checkBooks, ledger, stop } = await makeLedgerFixture();
      const members = await Promise.all(
        limits.map(({ debitLimit, ceiling }) => open(debitLimit, ceiling)),
      );
      const model = makeModel();
      type Open = Omit<Act, 'kind'> & { decider: Facet<Decider>; end?: string };
      const holds: Open[] = [];
      const repeats: (() => Promise<void>)[] = [];

      for (const [index, one] of operations.entries()) {
        if (one.kind === 'repeat') {
          await repeats[one.operation]?.();
        } else if ('value' in one) {
          const { kind, from, to, value } = one;
          const { account } = members[from]!;
          const { payee } = members[to]!;
          const ask = () => E(account)[kind](payee, value, `request ${index}`);
          const whose = model.allows(one);
          const answer = await ask();
          if (whose !== undefined) {
            assert.deepEqual(answer, { ok: false, code: 'limit', whose });
          } else {
            assert.equal(answer.ok, true);
            const payer = model.accounts[from]!;
            payer.balance -= value;
            if (kind === 'pay') {
              model.accounts[to]!.balance += value;
            } else {
              payer.held += value;
              model.accounts[to]!.incoming += value;
              holds.push({ decider: heldBy(answer).decider, from, to, value });
            }
          }
          repeats.push(async () => assert.deepEqual(await ask(), answer));
        } else {
          const held = holds[one.hold];
          if (held === undefined) continue;
          const answer = await E(held.decider)[one.kind]();
          assert.equal(answer.ok, held.end === undefined || held.end === one.kind);
          if (held.end !== undefined) continue;
          held.end = one.kind;
          model.accounts[held.from]!.held -= held.value;
          model.accounts[held.to]!.incoming -= held.value;
          model.accounts[one.kind === 'settle' ? held.to : held.from]!.balance += held.value;
        }
        await checkBooks();
      }
      const { accounts } = await E(ledger).books();
      assert.deepEqual(
        accounts.map(({ balance, held, incoming }) => ({ balance, held, incoming })),
        model.accounts.map(({ balance, held, incoming }) => ({ balance, held, incoming })),
      );
      await stop();
    }),
    { numRuns: 40 },
  );
});
