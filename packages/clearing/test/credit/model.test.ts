import { type Workshop, credits, makeWorkshop } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { Decider, Hold, Ledger, OpenedAccount, Payment } from '@pocas/clearing';
import { faultsBetween, faultsOf, statementOf } from '@pocas/clearing/conservation';
import type { Facet } from '@pocas/vat-runtime';
import { type Answer, type Choice, type Kind, Model } from './model.ts';

/** So many, or as many times that as a long run asks for. */
const runs = (count: number) => count * Number(process.env['POCAS_RUNS'] ?? 1);

const people: readonly { kind: Kind; limit: bigint; ceiling: bigint }[] = [
  { kind: 'commons', limit: 15n, ceiling: 0n },
  { kind: 'member', limit: 0n, ceiling: 30n },
  { kind: 'member', limit: 20n, ceiling: 0n },
  { kind: 'member', limit: 20n, ceiling: 50n },
  { kind: 'member', limit: 60n, ceiling: 200n },
  { kind: 'pool', limit: 0n, ceiling: 0n },
];

const who = fc.nat({ max: people.length - 1 });
const any = fc.nat({ max: 50 });
const value = fc.bigInt({ min: 0n, max: 40n });
const choices = ['accept', 'decline', 'commons'] as const;
const of = <K extends string, R>(
  weight: number,
  kind: K,
  rest: { [P in keyof R]: fc.Arbitrary<R[P]> },
) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...rest }) as fc.Arbitrary<{ kind: K } & R>,
});
const act = fc.oneof(
  of(6, 'pay', { from: who, to: who, value }),
  of(6, 'hold', {
    from: who,
    to: who,
    value,
    divisible: fc.boolean(),
    lasts: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
  }),
  of(5, 'settle', {
    hold: any,
    shares: fc.option(fc.array(fc.tuple(who, value), { maxLength: 3 }), { nil: undefined }),
  }),
  of(3, 'release', { hold: any }),
  of(1, 'takeOver', { hold: any }),
  of(3, 'withdraw', { from: who, value }),
  of(4, 'deposit', { to: who, payment: any, byPayee: fc.boolean() }),
  of(1, 'recover', { from: who }),
  of(3, 'answer', { to: who, index: any, choice: fc.constantFrom(...choices) }),
  of(2, 'overflow', { of: who, choice: fc.constantFrom<Choice>('ask', ...choices) }),
  of(2, 'limits', { of: fc.integer({ min: 1, max: 4 }), limit: value, ceiling: value }),
  of(1, 'freeze', { of: who, isFrozen: fc.boolean() }),
  of(1, 'close', { of: who, absorb: fc.boolean() }),
  of(2, 'pass', { time: fc.integer({ min: 1, max: 100 }) }),
  of(4, 'repeat', { index: any }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** All that the people hold between them: it is found again after a restart. */
type Program = {
  readonly bench: Workshop['bench'];
  readonly ledger: Facet<Ledger>;
  readonly accounts: OpenedAccount[];
  readonly holds: { readonly hold: Facet<Hold>; readonly decider: Facet<Decider> }[];
  readonly payments: Facet<Payment>[];
};

/** The answer without its references. */
const plain = (answer: object): Answer =>
  Object.fromEntries(
    Object.entries(answer).filter(([key]) => !['hold', 'decider', 'payment'].includes(key)),
  ) as Answer;

const run = async (first: Workshop, acts: readonly Act[], restartEvery?: number) => {
  let workshop = first;
  const ledger = await E(workshop.bench).makeLedger({ ...credits, commonsFloor: 15n });
  const accounts: OpenedAccount[] = [];
  for (const { kind, limit, ceiling } of people)
    accounts.push(await E(ledger).openAccount(kind, { debitLimit: limit, ceiling }));
  let program: Program = { bench: workshop.bench, ledger, accounts, holds: [], payments: [] };
  const model = new Model(people);
  const start = await workshop.now();
  let before = await E(ledger).books();
  const asked: (() => Promise<void>)[] = [];

  /** Asks the ledger, holds its answer against the model's, and keeps the question for a repetition. */
  const ask = async <T extends object>(
    expected: Answer,
    question: (id: string) => Promise<T>,
  ): Promise<T> => {
    const id = `request ${asked.length}`;
    const answer = await question(id);
    assert.deepEqual(plain(answer), expected);
    asked.push(async () => assert.deepEqual(plain(await question(id)), expected));
    return answer;
  };

  const carryOut = async (one: Act): Promise<void> => {
    const { accounts: all, holds, payments } = program;
    const account = (index: number) => all[index]!.account;
    const payee = (index: number) => all[index]!.payee;
    if (one.kind === 'pay') {
      const { from, to } = one;
      await ask(model.pay(from, to, one.value), (id) =>
        E(program.accounts[from]!.account).pay(program.accounts[to]!.payee, one.value, id),
      );
    } else if (one.kind === 'hold') {
      const { from, to, divisible, lasts } = one;
      const expires = lasts === undefined ? {} : { expires: start + BigInt(model.now + lasts) };
      const until = lasts === undefined ? undefined : model.now + lasts;
      const held = await ask(model.hold(from, to, one.value, divisible, until), (id) =>
        E(program.accounts[from]!.account).hold(
          program.accounts[to]!.payee,
          one.value,
          { divisible, ...expires },
          id,
        ),
      );
      if (held.ok) holds.push({ hold: held.hold, decider: held.decider });
    } else if (one.kind === 'settle' || one.kind === 'release' || one.kind === 'takeOver') {
      const index = one.hold % Math.max(holds.length, 1);
      const made = holds[index];
      if (made === undefined) return;
      const known = model.made()[index]!;
      if (one.kind === 'takeOver') {
        const issuer = await E(program.ledger).issuer();
        const id = `take over ${asked.length}`;
        asked.push(async () => {});
        const taken = await E(issuer).takeOver(made.hold, made.decider, id);
        assert.equal(taken.ok, known.phase === 'open');
        if (!taken.ok) return;
        assert.equal(taken.hold.value, known.value);
        assert.deepEqual(await E(made.decider).release(), { ok: false, code: 'closed' });
        holds[index] = { hold: made.hold, decider: taken.decider };
      } else if (one.kind === 'release') {
        const expected = model.decide(known, 'released');
        assert.deepEqual(await E(made.decider).release(), expected);
      } else {
        const { shares } = one;
        const expected = model.decide(known, 'settled', shares);
        const parts = shares?.map(([to, part]) => ({ payee: payee(to), value: part }));
        const answer =
          parts === undefined ? E(made.decider).settle() : E(made.decider).settle(parts);
        assert.deepEqual(await answer, expected);
      }
      assert.equal((await E(made.hold).view()).phase, known.phase);
    } else if (one.kind === 'withdraw') {
      const { from } = one;
      const taken = await ask(model.withdraw(from, one.value), (id) =>
        E(program.accounts[from]!.account).withdraw(one.value, id),
      );
      if (taken.ok) payments.push(taken.payment);
    } else if (one.kind === 'deposit') {
      const index = one.payment % Math.max(payments.length, 1);
      if (payments[index] === undefined) return;
      const { to } = one;
      const answer = model.deposit(to, model.payments[index]!);
      const { asked: _, ...moved } = answer;
      if (one.byPayee) {
        // What is refused there is not recorded, so it is not asked again.
        const id = `deposit ${asked.length}`;
        assert.deepEqual(await E(payee(to)).deposit(payments[index], id), moved);
        asked.push(async () => {});
      } else {
        await ask(answer, (id) =>
          E(program.accounts[to]!.account).deposit(program.payments[index]!, id),
        );
      }
    } else if (one.kind === 'recover') {
      const { from } = one;
      await ask(model.recover(from), (id) => E(program.accounts[from]!.account).recover(id));
    } else if (one.kind === 'answer') {
      const questions = await E(account(one.to)).questions();
      const known = model.questions(one.to);
      const values = known.map(({ value: asks }) => asks);
      assert.deepEqual(
        questions.map(({ value: asks }) => asks),
        values.slice(0, 30),
      );
      const index = one.index % Math.max(questions.length, 1);
      const number = questions[index]?.number ?? 0n;
      const { to, choice } = one;
      await ask(model.answer(to, index, choice), (id) =>
        E(program.accounts[to]!.account).answer(number, choice, id),
      );
    } else if (one.kind === 'overflow') {
      model.accounts[one.of]!.choice = one.choice;
      await E(account(one.of)).setOverflow(one.choice, `overflow ${asked.length}`);
      asked.push(async () => {});
    } else if (one.kind === 'limits') {
      const { limit, ceiling } = one;
      Object.assign(model.accounts[one.of]!, { limit, ceiling });
      await E(all[one.of]!.care).setLimits({ debitLimit: limit, ceiling });
    } else if (one.kind === 'freeze') {
      const known = model.accounts[one.of]!;
      if (known.status !== 'closed') known.status = one.isFrozen ? 'frozen' : 'open';
      await E(all[one.of]!.care).freeze(one.isFrozen);
    } else if (one.kind === 'close') {
      const { of: whom, absorb } = one;
      await ask(model.close(whom, absorb), (id) =>
        E(program.accounts[whom]!.care).close(absorb, id),
      );
    } else if (one.kind === 'pass') {
      model.pass(one.time);
      await workshop.pass(one.time);
    } else {
      await asked[one.index % Math.max(asked.length, 1)]?.();
    }
  };

  for (const [index, one] of acts.entries()) {
    await carryOut(one);
    const books = await E(program.ledger).books();
    assert.deepEqual(faultsOf(books), []);
    assert.deepEqual(faultsBetween(before, books), []);
    before = books;
    const entries = books.accounts.map(({ number: _, ...entry }) => entry);
    assert.deepEqual(
      entries,
      people.map((_, person) => model.entry(person)),
    );
    const statement = await E(await E(program.ledger).auditor()).statement();
    assert.deepEqual(statement, statementOf('créditos', books));
    if (restartEvery !== undefined && index % restartEvery === restartEvery - 1) {
      workshop = await workshop.restart(program);
      const kept = workshop.node.getProgram() as Program;
      program = { ...kept, holds: [...kept.holds], payments: [...kept.payments] };
    }
  }
  return workshop;
};

test('random acts do what the rules say, and keep every invariant after every turn', async () => {
  const workshop = await makeWorkshop();
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60 }), async (acts) => {
      await run(workshop, acts);
    }),
    { numRuns: runs(10) },
  );
  await workshop.node.stop();
});

test('so they do over restarts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 50 }), async (acts) => {
      const last = await run(await makeWorkshop(), acts, 7);
      await last.node.stop();
    }),
    { numRuns: runs(2) },
  );
});
