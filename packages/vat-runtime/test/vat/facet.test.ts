import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far } from '@endo/marshal';
import { type Pattern, M } from '@endo/patterns';
import { loadOverRows } from './over-rows.ts';

class OwnError extends Error {}

/** A facet whose one method has these shapes of its argument and of its answer. */
const makeTeller = (argument: Pattern, answer: Pattern) => {
  const over = loadOverRows(new Map(), ({ defineActor }) =>
    defineActor({
      name: 'Teller',
      state: { told: M.any() },
      init: () => ({ told: 0n as any }),
      guards: {
        teller: M.interface('Teller', {
          tell: M.call(argument).returns(answer),
          told: M.call().returns(M.any()),
        }),
      },
      facets: {
        teller: {
          tell(value: any) {
            this.state.told = value;
            if (value === 1n) throw new OwnError('one');
            if (value === 2n) throw 'two';
            if (value === 3n) throw harden({ three: 3n });
            return value === 4n ? new Map() : value === 5n ? {} : value;
          },
          told() {
            return this.state.told;
          },
        },
      },
    }),
  );
  return over.turn(() => over.kinds().teller) as any;
};

const outcome = (act: () => unknown) => {
  try {
    return { answer: act() };
  } catch (error) {
    return error instanceof Error
      ? { name: error.constructor.name, message: error.message }
      : { thrown: error };
  }
};

test('the short cut past a guard lets through, answers and throws what the guard does', () => {
  const remotable = Far('It', {});
  const argumentLists = [
    ...Array.from({ length: 7 }, (_, i) => [BigInt(i)]),
    [-1n],
    [1n << 500n],
    [],
    [0n, 0n],
    [undefined],
    ['text'],
    ['x'.repeat(2_000)],
    [true],
    [1],
    [remotable],
    [{}],
    [new Map()],
  ];
  // The second of each pair is the same shape, in words for which there is no short cut.
  const shapes: [Pattern, Pattern][] = [M.nat(), M.bigint(), M.string(), M.remotable()].map(
    (shape) => [shape, M.and(shape)],
  );
  for (const [short, long] of shapes) {
    for (const args of argumentLists) {
      for (const answer of [M.nat(), M.any(), M.remotable()]) {
        const [quick, slow] = [makeTeller(short, answer), makeTeller(long, answer)];
        assert.deepEqual(
          outcome(() => quick.tell(...args)),
          outcome(() => slow.tell(...args)),
        );
        assert.deepEqual(quick.told(), slow.told());
      }
    }
  }
});

test('a method taken from its facet has nothing to work on', () => {
  const teller = makeTeller(M.nat(), M.nat());
  for (const other of [undefined, {}, Far('It', {})]) {
    assert.throws(() => Reflect.apply(teller.tell, other, [7n]));
  }
  assert.equal(teller.told(), 0n);
});
