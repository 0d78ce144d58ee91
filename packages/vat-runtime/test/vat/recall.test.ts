import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Far, makeMarshal } from '@endo/marshal';
import type { Passable } from '@endo/pass-style';
import { M as stock, matches } from '@endo/patterns';
import { compileModule } from '#src/vat/module.js';
import { makePatterns } from '#src/vat/patterns.js';
import { makeRecall } from '#src/vat/recall.js';

type Any = any;

const make = (question: unknown) => harden({ question });

test('a later load is given what an earlier one got, and no load gets one thing twice', () => {
  const { during, ask } = makeRecall();
  const load = () => [ask('a', [1n, { b: 'c' }], make), ask('a', [1n, { b: 'c' }], make)];
  const first = during(load);
  assert.deepEqual(first[0], { question: [1n, { b: 'c' }] });
  assert.notEqual(first[0], first[1]);
  const second = during(load);
  assert.equal(second[0], first[0]);
  assert.equal(second[1], first[1]);
});

test('what is not the same question is answered anew, and the kept one may still come', () => {
  const questions: [string, Any][] = [
    ['a', [1n, 'x', null, undefined, Number.NaN]],
    ['a', [{ a: 1, b: { c: [-0] } }]],
    ['a', [['long', 'er']]],
  ];
  const others: [string, Any][] = [
    ['b', [1n, 'x', null, undefined, Number.NaN]],
    ['a', [1, 'x', null, undefined, Number.NaN]],
    ['a', [1n, 'x', null, undefined]],
    ['a', { 0: 1n, 1: 'x', length: 5 }],
    ['a', [{ a: 1, b: { c: [0] } }]],
    ['a', [{ b: { c: [-0] }, a: 1 }]],
    ['a', [{ a: 1, b: { c: [-0] }, [Symbol.iterator]: 1 }]],
    ['a', [Object.create({ a: 1, b: { c: [-0] } })]],
    ['a', [['long', 'er', undefined]]],
    ['a', [() => {}]],
  ];
  const { during, ask } = makeRecall();
  const known = during(() => questions.map(([name, question]) => ask(name, question, make)));
  for (const [name, question] of others) {
    during(() => {
      const first = ask(name, question, make);
      assert.deepEqual((first as Any).question, question);
      questions.forEach(([kept, keptQuestion], i) => {
        assert.equal(ask(kept, keptQuestion, make), known[i]);
        assert.notEqual(ask(name, question, make), first);
      });
    });
  }
});

test('outside a load nothing is kept or given', () => {
  const { during, ask } = makeRecall();
  const first = during(() => ask('a', [], make));
  assert.notEqual(ask('a', [], make), first);
  assert.throws(() =>
    during(() => {
      throw Error('a load that fails');
    }),
  );
  assert.notEqual(ask('a', [], make), first);
  assert.equal(
    during(() => ask('a', [], make)),
    first,
  );
});

test('what a load asks with objects of its own is not kept', () => {
  const own: (() => Any)[] = [
    () => ({}).toString.bind(null),
    () => Far('Own', {}),
    () => Symbol('own'),
    () => new Map(),
    () => Promise.resolve(),
    () => Object.create(null),
    () => [Object.defineProperty({}, 'hidden', { value: 1 })],
    () => Object.assign(['x'], { more: 1 }),
    () => ({ [Symbol.toStringTag]: 'x' }),
  ];
  for (const makeOwn of own) {
    const { during, ask } = makeRecall();
    const value = makeOwn();
    const load = () => ask('a', [value], make);
    const first = during(load);
    assert.equal((first as Any).question[0], value);
    assert.notEqual(during(load), first);
  }
});

test('an answer is made of a copy, whatever becomes of the question', () => {
  const { during, ask } = makeRecall();
  const loadWith = (question: Any) => during(() => ask('a', question, (copy: Any) => copy)) as Any;
  const question: Any = [{ a: 1 }];
  const first = loadWith(question);
  question[0].a = 2;
  assert.deepEqual(first, [{ a: 1 }]);
  assert.deepEqual(loadWith(question), [{ a: 2 }]);
  assert.equal(loadWith([{ a: 1 }]), first);

  // One that shows something else each time it is looked at.
  let looks = 0;
  const shifting = new Proxy([{ a: 1 }] as Any, {
    get: (target, key) => (key === '0' ? { a: (looks += 1) } : target[key]),
  });
  const other = makeRecall();
  let seen: Any;
  other.during(() => other.ask('a', shifting, (copy) => (seen = copy)));
  assert.deepEqual(seen, [{ a: 1 }]);
  assert.equal(seen === shifting, false);
  assert.equal(Object.getPrototypeOf(seen), Array.prototype);

  // One that asks while it is looked at, and one that cannot be looked at.
  const third = makeRecall();
  const asking = new Proxy([1] as Any, {
    ownKeys: (target) => {
      third.ask('inner', [], make);
      return Reflect.ownKeys(target);
    },
  });
  const load = () => [third.ask('outer', asking, make), third.ask('after', [], make)];
  const [outer, after] = third.during(load);
  const [again, afterAgain] = third.during(load);
  assert.deepEqual(again, outer);
  assert.equal(afterAgain, after);
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  assert.throws(() => third.during(() => third.ask('a', proxy, (given: Any) => given.length)));
});

test('a question that watches how it is looked at learns nothing of what is kept', () => {
  const { during, ask } = makeRecall();
  const load = () => {
    const looks: string[] = [];
    const watching = (target: object): Any =>
      new Proxy(target, {
        get: (on, key) => (looks.push(`get ${String(key)}`), Reflect.get(on, key)),
        ownKeys: (on) => (looks.push('keys'), Reflect.ownKeys(on)),
        getPrototypeOf: (on) => (looks.push('prototype'), Reflect.getPrototypeOf(on)),
        getOwnPropertyDescriptor: (on, key) => (
          looks.push(`own ${String(key)}`),
          Reflect.getOwnPropertyDescriptor(on, key)
        ),
      });
    const getter = {
      get a() {
        looks.push('getter');
        return 1;
      },
    };
    const whole = watching([watching({ a: 1, b: [2] }), watching([3])]);
    const answers = [ask('a', whole, make), ask('b', [getter], make), ask('c', [], make)];
    return { looks, answers };
  };
  const first = during(load);
  const second = during(load);
  assert.ok(first.looks.length > 0);
  assert.deepEqual(second.looks, first.looks);
  // What a getter would answer is not data.
  assert.equal(first.looks.includes('getter'), false);
  assert.equal(second.answers[0], first.answers[0]);
  assert.notEqual(second.answers[1], first.answers[1]);
  assert.equal(second.answers[2], first.answers[2]);
});

test('what is kept of a module has an end, past which its loads go on alone', () => {
  const { during, ask } = makeRecall(1000);
  const load = () =>
    Array.from({ length: 100 }, (_, i) => ask('a', ['x'.repeat(10), BigInt(i)], make));
  const first = during(load);
  const same = during(load).filter((answer, i) => answer === first[i]).length;
  assert.ok(same > 10 && same < 50, `${same} were kept`);
  for (const huge of ['x'.repeat(2000), 1n << 20_000n, Array.from({ length: 1000 }, () => 0)]) {
    const other = makeRecall(1000);
    const answer = other.during(() => other.ask('a', [huge], make));
    assert.notEqual(
      other.during(() => other.ask('a', [huge], make)),
      answer,
    );
  }
  let deep: Any = 1;
  for (let i = 0; i < 10_000; i += 1) deep = [deep];
  const other = makeRecall();
  assert.equal((other.during(() => other.ask('a', deep, make)) as Any).question, deep);
});

// ---- patterns ----

/** A program of calls of `M`, to be run with one `M` or another. */
type Program = (M: Any) => Any;

const limits = fc.constantFrom<Any>(
  undefined,
  { stringLengthLimit: 3, decimalDigitsLimit: 2 },
  { arrayLengthLimit: 1, numPropertiesLimit: 1 },
);
const key = fc.constantFrom<Any>(0n, 7n, -1n, '', 'abcd', true, null, undefined, 1.5);
const { program } = fc.letrec<{ program: Program }>((tie) => {
  const sub = tie('program');
  const subs = fc.array(sub, { maxLength: 3 });
  const record = fc.dictionary(fc.constantFrom('a', 'b', 'c'), sub, { maxKeys: 3 });
  const recordOf = (M: Any, programs: Record<string, Program>, hardened = false) => {
    const made = Object.fromEntries(
      Object.entries(programs).map(([name, each]) => [name, each(M)]),
    );
    return hardened ? harden(made) : made;
  };
  return {
    program: fc.oneof(
      { maxDepth: 3 },
      key.map((value) => () => value),
      fc
        .constantFrom('any', 'scalar', 'key', 'bigint', 'nat', 'string', 'boolean', 'undefined')
        .map((name) => (M: Any) => M[name]()),
      fc.tuple(fc.constantFrom('bigint', 'nat', 'string', 'record', 'array'), limits).map(
        ([name, limit]) =>
          (M: Any) =>
            M[name](limit && { ...limit }),
      ),
      fc.constantFrom('x', undefined, 3n).map((label) => (M: Any) => M.remotable(label)),
      fc.constantFrom('string', 'copyArray', 3).map((kind) => (M: Any) => M.kind(kind)),
      fc.tuple(fc.constantFrom('lt', 'lte', 'gt', 'gte', 'eq', 'neq'), key).map(
        ([name, value]) =>
          (M: Any) =>
            M[name](value),
      ),
      fc.tuple(fc.constantFrom('and', 'or', 'not', 'opt', 'eref', 'arrayOf', 'recordOf'), subs).map(
        ([name, programs]) =>
          (M: Any) =>
            M[name](...programs.map((each) => each(M))),
      ),
      fc.tuple(record, record, fc.boolean()).map(
        ([base, optional, hardened]) =>
          (M: Any) =>
            M.splitRecord(recordOf(M, base, hardened), recordOf(M, optional)),
      ),
      fc.tuple(record, fc.boolean(), fc.constantFrom('eq', 'neq')).map(
        ([base, hardened, name]) =>
          (M: Any) =>
            M[name](recordOf(M, base, hardened)),
      ),
      fc
        .tuple(subs, subs, sub, fc.constantFrom('call', 'callWhen'), fc.boolean(), fc.boolean())
        .map(([args, optional, answer, kind, isRest, isSloppy]) => (M: Any) => {
          const given = args.map((each, i) =>
            i === 0 && kind !== 'call' ? M.await(each(M)) : each(M),
          );
          const maker = M[kind](...given).optional(...optional.map((each) => each(M)));
          const guard = (isRest ? maker.rest(answer(M)) : maker).returns(answer(M));
          return M.interface('I', { m: guard, a: guard }, { sloppy: isSloppy });
        }),
    ),
  };
});

const specimens = harden([
  ...[0n, 7n, -3n, 1000n, '', 'abc', 'abcd', true, null, undefined, 1.5],
  ...[[], [1n], ['abcd', 1n], {}, { a: 0n }, { a: 'abcd', b: {} }, { b: 0n, c: 1n, d: 2n }],
  ...[Far('x', {}), Promise.resolve()],
]) as readonly Passable[];

const isInterface = (value: Any) => String(value) === '[object guard:interfaceGuard]';

/** What anyone can find out about a pattern or a guard, and about a failure to make one. */
const show = (body: () => Any) => {
  const { serialize } = makeMarshal(undefined, undefined, { serializeBodyFormat: 'smallcaps' });
  let made: Any;
  try {
    made = body();
  } catch (error) {
    return { threw: (error as Error).message };
  }
  const attempt = (act: () => unknown) => {
    try {
      return act();
    } catch (error) {
      return (error as Error).message;
    }
  };
  return {
    body: attempt(() => serialize(made).body),
    frozen: Object.isFrozen(made),
    methods: isInterface(made) ? Object.keys(made.payload.methodGuards) : [],
    matching: isInterface(made)
      ? []
      : specimens.map((specimen) => attempt(() => matches(specimen, made))),
  };
};

test('what a module makes with M is what anyone makes with it, in the first load and in later ones', () => {
  fc.assert(
    fc.property(fc.array(program, { minLength: 1, maxLength: 5 }), (programs) => {
      const recall = makeRecall();
      const { M } = makePatterns(recall) as Any;
      const expected = programs.map((each) => show(() => each(stock)));
      for (let load = 0; load < 3; load += 1) {
        const found = recall.during(() => programs.map((each) => show(() => each(M))));
        assert.deepEqual(found, expected);
      }
      assert.deepEqual(
        programs.map((each) => show(() => each(M))),
        expected,
      );
    }),
    { numRuns: 400 },
  );
});

test('M hardens what a pattern is made of, and leaves the record of a guard as it is', () => {
  const recall = makeRecall();
  const { M } = makePatterns(recall) as Any;
  for (let load = 0; load < 2; load += 1) {
    recall.during(() => {
      const base = { a: M.string() };
      M.splitRecord(base);
      assert.equal(Object.isFrozen(base), true);
      const methods: Any = { a: M.call().returns() };
      M.interface('A', methods);
      methods.b = methods.a;
      assert.deepEqual(Object.keys(M.interface('B', methods).payload.methodGuards), ['a', 'b']);
    });
  }
});

test('vats of a module share its guards and descriptions, and nothing that is theirs', () => {
  const module = compileModule(
    `
    const { M } = require('@endo/patterns');
    const { describe } = require('@pocas/vat-runtime');
    const guard = M.interface('I', { m: M.call(M.or(M.string(), M.nat())).returns() });
    const own = { words: 'own' };
    exports.make = () => ({
      shared: describe(guard, { label: { en: 'I', es: 'I' }, methods: {} }), guard, own,
    });
    const described = describe(guard, { label: { en: 'I', es: 'I' }, methods: {} });
    exports.make.described = described;
  `,
    'test',
  );
  const load = () => module.load({}, () => {}, {}).make as Any;
  const [one, other] = [load(), load()];
  assert.equal(one.described, other.described);
  assert.equal(one().guard, other().guard);
  assert.notEqual(one().own, other().own);
  // After the load it is made for the vat that asks.
  assert.notEqual(one().shared, other().shared);
  assert.equal(Object.isFrozen(one.described.description.label), true);
});
