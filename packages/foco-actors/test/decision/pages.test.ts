import { type Any, kappa, makeTown, next, ok, paperOf, proposal, propose } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { descriptionFaults } from '@pocas/vat-runtime/testing';

test('all pages say everything in both languages', async () => {
  const { node, ballots, time } = await makeTown(undefined, { rules: { proposals: 20n } });
  const ana = ballots['Ana']!;
  const { delegation } = ok(await E(ana).delegate('Water', next()));
  const two = [{ words: 'a' }, { words: 'b' }];
  const proposals = [
    proposal('consent', kappa(40n)),
    proposal('advice'),
    proposal('agree'),
    proposal('record'),
    proposal('ranked', two),
    proposal('sortition', [], { seats: 1n }),
    proposal('agree', undefined, { isBlind: true }),
  ];
  const faults = async (facet: Any) => assert.deepEqual(await descriptionFaults(facet), []);
  for (const one of proposals) {
    const decision = await propose(ana, one);
    await faults(decision);
    await faults(await paperOf(ana));
    const { mine } = await E(ana).view();
    await faults(mine![0]!.care);
    const { box } = await E(decision).view();
    if (box !== undefined) await faults(box);
  }
  await faults(ana);
  await faults(delegation);
  const { proposing } = await E(ana).view();
  await faults(proposing[0]!.form);
  await faults(proposing[1]!.form);
  time.pass(7 * 24 * 3_600_000);
  await node.rest();
  await faults(ana);
  const { decided } = await E(ana).view();
  for (const { decision } of decided) await faults(decision);
  await node.stop();
});

test('a change is proposed by a form, from what the place says that there is', async () => {
  const { node, ballots } = await makeTown();
  const { proposing } = await E(ballots['Ana']!).view();
  const { about, numbers, lists } = await E(proposing[1]!.form).view();
  assert.equal(about.en, 'The rules of a garden');
  assert.deepEqual(numbers.map(({ label, now }) => [label.en, now]).slice(0, 2), [
    ['Kappa', '30'],
    ['Beta', '5'],
  ]);
  ok(await E(proposing[1]!.form).proposeNumber(numbers[0]!.option, 40n, 'More', next()));
  ok(await E(proposing[1]!.form).proposeList(lists[0]!.option, 'corn\n beans', 'Milpa', next()));
  const open = (await E(ballots['Beto']!).view()).open;
  assert.equal(open.length, 2);
  const { acts } = (await E(open[0]!.paper).view()) as Any;
  assert.equal(acts[0].es, '«Plants (es)» pasa a ser: corn, beans.');
  const words = 'En la asamblea del lunes';
  ok(await E(proposing[1]!.form).recordNumber(numbers[1]!.option, 6n, words, next()));
  const record = await paperOf(ballots['Beto']);
  ok((await E(record).attest(next())) as Any);
  // A designation of another place is none here.
  const own = await E(proposing[0]!.form).view();
  const foreign = await E(proposing[1]!.form).proposeNumber(own.numbers[0]!.option, 1n, '', next());
  assert.deepEqual(foreign, { ok: false, code: 'invalid' });
  await node.stop();
});
