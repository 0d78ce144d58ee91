import test from 'node:test';
import assert from 'node:assert/strict';
import { Credit, type Debtor, makeWork } from '#src/switchboard/credit.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';

const data = { body: '["m",[]]', refs: [] };

const makeScene = (limits: Partial<Limits> = {}) => {
  const gated: { release: () => void; size: number }[] = [];
  const credit = new Credit(
    { ...defaultLimits, ...limits },
    (release, size) => void gated.push({ release, size }),
    () => 0,
  );
  /** A party with a session, and what was done to its link. */
  const party = (kind: Debtor['kind'] = { inside: false }) => {
    let flow = '';
    const link = { pause: () => void (flow += 'p'), resume: () => void (flow += 'r') };
    const debtor: { -readonly [K in keyof Debtor]: Debtor[K] } = { kind, link, work: makeWork() };
    credit.sessionBegan(debtor);
    return {
      debtor,
      link,
      flow: () => flow,
      work: (count: number) => {
        for (let i = 0; i < count; i += 1) credit.count(debtor, data);
      },
      done: (count: number) => {
        for (let i = 0; i < count; i += 1) credit.carriedOut(debtor);
      },
      end() {
        credit.sessionEnds(debtor);
        debtor.link = undefined;
      },
    };
  };
  return { credit, party, gated };
};

test('a party is paused past its credit, once, and goes on at half of it', () => {
  const { party } = makeScene({ maxInFlight: 4 });
  const flooder = party();
  flooder.work(4);
  assert.equal(flooder.flow(), '');
  flooder.work(3);
  flooder.done(4);
  assert.equal(flooder.flow(), 'p');
  flooder.done(1);
  assert.equal(flooder.flow(), 'pr');
});

test('vats and parties without a limit have work counted and are not paused', () => {
  const { party } = makeScene({ maxInFlight: 2 });
  for (const kind of [{ inside: true }, { inside: false, unlimited: true }]) {
    const spared = party(kind);
    spared.work(9);
    assert.deepEqual([spared.debtor.work.inFlight, spared.flow()], [9, '']);
  }
});

test('a call is counted once, and given back only where it was counted', () => {
  const { credit, party } = makeScene();
  const { debtor } = party();
  const call = { question: { asker: debtor }, method: data };
  credit.uncountCall(call);
  assert.equal(debtor.work.inFlight, 0);
  // Where it waits for its vat, and when the vat is given it.
  credit.countCall(call);
  credit.countCall(call);
  assert.equal(debtor.work.inFlight, 1);
  credit.uncountCall(call);
  const { callCost, ...left } = debtor.work;
  assert.deepEqual(left, {
    inFlight: 0,
    underWay: [],
    length: 0,
    waitingOutput: 0,
    isPaused: false,
  });
});

test('output counts for its party until it is through the gate, and is released in order', () => {
  const { credit, party, gated } = makeScene({ maxWaitingOutput: 100 });
  const { debtor, flow } = party();
  const released: number[] = [];
  for (let i = 1; i <= 3; i += 1) credit.atGate(debtor, 40, () => void released.push(i));
  assert.deepEqual([debtor.work.waitingOutput, flow()], [120, 'p']);
  assert.deepEqual(
    gated.map(({ size }) => size),
    [40, 40, 40],
  );
  for (const { release } of gated) release();
  assert.deepEqual([debtor.work.waitingOutput, flow(), released], [0, 'pr', [1, 2, 3]]);
});

test('what an ended session left under way is its own again when it comes back, and else holds back others', () => {
  const { credit, party } = makeScene({ maxInFlight: 4, maxOrphans: 2 });
  const gone = party();
  gone.work(4);
  gone.end();
  const late = party();
  assert.equal(late.flow(), 'p');

  gone.debtor.link = gone.link;
  credit.sessionBegan(gone.debtor);
  assert.deepEqual([gone.flow(), party().flow()], ['', '']);

  gone.end();
  gone.done(3);
  assert.equal(late.flow(), 'pr');
});
