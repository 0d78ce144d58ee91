import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { leftIn } from './board.ts';
import { type FederationOptions, give, makeFederation, makeVat } from './federation.ts';

/** A, which knows a vat of B and one of C. B does not know C. */
const makeThree = (options: FederationOptions = {}) => {
  const federation = makeFederation(options);
  const [A, B, C] = ['A', 'B', 'C'].map(federation.node) as [never, never, never];
  federation.connect(A, B);
  federation.connect(A, C);
  const [a, b, c] = [A, B, C].map((node) => makeVat(node));
  const toB = give(federation, b!, 'o+1', a!);
  const toC = give(federation, c!, 'o+1', a!);
  return { federation, schedule: federation.schedule, a: a!, b: b!, c: c!, toB, toC };
};
type Three = ReturnType<typeof makeThree>;

const types = ({ federation }: Three, from: string, to: string) =>
  federation.crossings
    .filter((each) => each.from === from && each.to === to)
    .map(({ message }) => message.type);

const assertNothingLeft = ({ federation }: Three) => {
  for (const { board, name } of federation.nodes()) {
    const left = [...board.parties()].map((party) => [party.id, leftIn(party)] as const);
    assert.deepEqual(
      left.filter(([, tables]) => Object.keys(tables).length > 0),
      [],
      name,
    );
    assert.deepEqual(board.openGifts(), { withdrawals: 0, deposits: 0, waits: 0 }, name);
  }
};

/** Everybody gives back what he has, and all that waits for time has its time. */
const dropAll = (three: Three) => {
  const { schedule, a, b, c } = three;
  schedule.run(schedule.now() + 200_000);
  for (const vat of [a, b, c]) for (const slot of [...vat.imports.keys()]) vat.drop(slot);
  schedule.run(schedule.now() + 200_000);
};

test('what A introduces to B is C’s own object there, and A is not asked again', () => {
  const three = makeThree();
  const { schedule, a, b, c, toB, toC } = three;
  a.call(a.slotOf(toC)!, 'before');
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  assert.deepEqual(b.log(), ['take']);
  const ref = b.refOf(toC);
  assert.equal(ref.owner, b.node.peer(c.node));
  assert.equal(ref.forwarded, undefined);
  const crossed = types(three, 'B', 'A').length;
  b.call(b.slotOf(toC)!, 'direct');
  schedule.run(2000);
  assert.deepEqual(c.log(), ['before', 'direct']);
  assert.equal(types(three, 'B', 'A').length, crossed, 'A has no part in it');
  assert.deepEqual(b.node.outcomes, ['A direct']);
  dropAll(three);
  assertNothingLeft(three);
});
