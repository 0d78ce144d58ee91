import {
  type Town,
  day,
  kappa,
  makeTown,
  next,
  ok,
  paperOf,
  proposal,
  propose,
  refused,
} from './fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

let town: Town;
beforeEach(async () => {
  town = await makeTown();
});
afterEach(() => town.node.stop());

const everybody = async (
  say: (paper: any) => Promise<unknown>,
  names = ['Ana', 'Beto', 'Caro'],
) => {
  for (const name of names) ok((await say(await paperOf(town.ballots[name]))) as { ok: boolean });
};
const consent = (paper: any) => E(paper).consent(next());

test('what all consent to is changed after its notices, exactly it, and only once', async () => {
  const { ballots, place, time, node } = town;
  const decision = await propose(ballots['Ana']!, proposal('consent', kappa(40n)));
  const { acts } = await E(await paperOf(ballots['Beto'])).view();
  assert.deepEqual(acts, [{ en: '“Kappa” becomes 40.', es: '«Kappa (es)» pasa a ser 40.' }]);
  await everybody(consent);
  await node.rest();
  const { outcome, mandate, phase } = await E(decision).view();
  assert.deepEqual([outcome, phase], ['carried', 'counted']);
  assert.deepEqual(await E(mandate!).carryOut(next()), refused('notYet'));
  time.pass(2 * day);
  assert.deepEqual(await E(mandate!).carryOut(next()), { ok: true });
  assert.deepEqual(await E(mandate!).carryOut(next()), refused('closed'));
  assert.equal(await E(place).value('kappa'), 30n, 'a change is announced first');
  time.pass(14 * day);
  assert.deepEqual([await E(place).value('kappa'), await E(place).value('beta')], [40n, 5n]);
  assert.deepEqual(await E(mandate!).carryOut(next()), refused('closed'));
});

test('one objection blocks until whoever has it takes it back', async () => {
  const { ballots, time, node } = town;
  const decision = await propose(ballots['Ana']!, proposal('consent', kappa(40n)));
  await everybody(consent, ['Ana', 'Beto']);
  const paper = await paperOf(ballots['Caro']);
  assert.deepEqual(await E(paper).object('', next()), refused('invalid'), 'without a reason');
  ok(await E(paper).object('It would hurt those who come anew.', next()));
  const { voices, phase } = await E(decision).view();
  assert.equal(phase, 'open');
  assert.ok(voices!.some(({ name, stand }) => name === 'Caro' && stand === 'objection'));
  ok(await E(paper).standAside('I see', next()));
  await node.rest();
  assert.equal((await E(decision).view()).outcome, 'carried');

  const other = await propose(ballots['Ana']!, proposal('consent', kappa(50n)));
  ok(await E(await paperOf(ballots['Caro'])).object('No', next()));
  await everybody(consent, ['Ana', 'Beto']);
  time.pass(7 * day);
  await node.rest();
  const view = await E(other).view();
  assert.deepEqual([view.outcome, view.mandate], ['blocked', undefined]);
});

test('an objection is taken in by another proposal, which all are asked about anew', async () => {
  const { ballots, node, time, place } = town;
  const first = await propose(ballots['Ana']!, proposal('consent', kappa(40n)));
  await everybody(consent, ['Ana', 'Beto']);
  ok(await E(await paperOf(ballots['Caro'])).object('Too much', next()));
  const { mine } = await E(ballots['Ana']!).view();
  const id = next();
  const { decision } = ok(await E(mine![0]!.care).amend('A little less', 35n, id));
  assert.equal(ok(await E(mine![0]!.care).amend('A little less', 35n, id)).decision, decision);
  assert.equal((await E(first).view()).outcome, 'withdrawn');
  assert.equal(
    (await E(decision).view()).spoken,
    0n,
    'what was said of one text counts for no other',
  );
  await everybody(consent);
  await node.rest();
  time.pass(2 * day);
  ok(await E((await E(decision).view()).mandate!).carryOut(next()));
  time.pass(14 * day);
  assert.equal(await E(place).value('kappa'), 35n);
});

test('too few are too few, and silence is no consent', async () => {
  await town.node.stop();
  town = await makeTown(['Ana', 'Beto', 'Caro'], { rules: { quorum: 67n } });
  const { ballots, time, node } = town;
  const decision = await propose(ballots['Ana']!, proposal('consent'));
  await everybody(consent, ['Ana', 'Beto']);
  time.pass(7 * day);
  await node.rest();
  assert.equal((await E(decision).view()).outcome, 'noQuorum');
  const silent = await propose(ballots['Ana']!, proposal('consent'));
  time.pass(7 * day);
  await node.rest();
  assert.equal((await E(silent).view()).outcome, 'noQuorum');
});

test('what nobody holds cannot be decided', async () => {
  const { ballots } = town;
  const asking = async (acts: bigint, wish: object) =>
    E(ballots['Ana']!).propose(
      proposal('consent', [{ words: 'x', wish: { acts, wish: wish as never } }]),
      next(),
    );
  assert.deepEqual(
    await asking(7n, { act: 'change', name: 'kappa', value: 1n }),
    refused('unsupported'),
  );
  assert.deepEqual(await asking(1n, { act: 'burn' }), refused('unsupported'));
  assert.deepEqual(
    await asking(1n, { act: 'change', name: 'chi', value: 1n }),
    refused('unsupported'),
  );
  assert.deepEqual(
    await asking(1n, { act: 'change', name: 'kappa', value: 101n }),
    refused('invalid'),
  );
  const { open, decided } = await E(ballots['Ana']!).view();
  assert.deepEqual([open, decided], [[], []]);
});

test('the body’s own rules change by its own decisions, and never reach back', async () => {
  const { ballots, time, node } = town;
  const running = await propose(ballots['Beto']!, proposal('agree'));
  const rule = { act: 'change', name: 'quorum', value: 100n };
  const decision = await propose(
    ballots['Ana']!,
    proposal('consent', [{ words: 'All of us', wish: { acts: 0n, wish: rule } }]),
  );
  await everybody(consent);
  const { mandate } = await E(decision).view();
  ok(await E(await paperOf(ballots['Caro'])).agree('', next()));
  time.pass(2 * day);
  ok(await E(mandate!).carryOut(next()));
  time.pass(14 * day);
  await node.rest();
  assert.equal((await E(running).view()).outcome, 'carried', 'by the quorum of when it opened');
  const later = await propose(ballots['Ana']!, proposal('consent'));
  await everybody(consent, ['Ana', 'Beto']);
  time.pass(7 * day);
  await node.rest();
  assert.equal((await E(later).view()).outcome, 'noQuorum');
});
