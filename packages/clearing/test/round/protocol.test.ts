/** The protocol of a round, and each of its rules: with all of them nothing breaks, without one something does. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { type Lie, type Rules, type Story, faultsOf, tell } from './model.ts';

/** Of each plot; where something is to be found, it is found within a few hundred. */
const stories = 1000;

type Plot = {
  readonly name: string;
  readonly of: (seed: number) => Omit<Story, 'seed' | 'participants'>;
  /** Those who voted may have to wait for ever: somebody whose word they need is gone, or keeps it. */
  readonly mayStayLocked?: boolean;
};

const liar = (lie: Lie) => (seed: number) => ({ liars: { [seed % 3]: lie } });
const plots: readonly Plot[] = [
  { name: 'all are well', of: () => ({}) },
  { name: 'nobody is in a hurry', of: () => ({ successionAllowed: false }) },
  { name: 'the coordinator dies', of: (seed) => ({ coordinatorDies: seed % 150 }) },
  {
    name: 'a participant dies',
    of: (seed) => ({ dies: { who: seed % 3, after: seed % 80 }, successionAllowed: false }),
  },
  {
    name: 'both die',
    of: (seed) => ({ coordinatorDies: seed % 131, dies: { who: seed % 3, after: seed % 80 } }),
    mayStayLocked: true,
  },
  { name: 'one is silent', of: (seed) => ({ ...liar('silent')(seed), successionAllowed: false }) },
  { name: 'one refuses', of: (seed) => ({ ...liar('refuses')(seed), successionAllowed: false }) },
  {
    name: 'one tells its neighbours something else',
    of: (seed) => ({ ...liar('miscompares')(seed), successionAllowed: false }),
  },
  {
    name: 'one says whatever comes to mind, and the coordinator dies',
    of: (seed) => ({ ...liar('claims')(seed), coordinatorDies: 20 + (seed % 200) }),
    mayStayLocked: true,
  },
  {
    name: 'one says whatever comes to mind',
    of: liar('claims'),
    mayStayLocked: true,
  },
  {
    name: 'the coordinator tells one something else',
    of: () => ({ coordinatorLies: 'twoStories' }),
  },
  {
    name: 'the coordinator gives a tree without a root',
    of: () => ({ coordinatorLies: 'loopedTree' }),
  },
  { name: 'the coordinator tells one that it is out', of: () => ({ coordinatorLies: 'drops' }) },
  { name: 'the coordinator goes on with one only', of: () => ({ coordinatorLies: 'forgets' }) },
];

/** @returns the first that is wrong, with all that led to it */
const firstFault = (plot: Plot, rules: Partial<Rules> = {}, count = stories) => {
  for (let seed = 0; seed < count; seed += 1) {
    const story: Story = { ...plot.of(seed), seed, participants: 3 + (seed % 4), rules };
    const told = tell(story);
    const faults = faultsOf(story, told, plot.mayStayLocked);
    if (faults.length > 0) return { seed, faults, trace: told.trace };
  }
  return undefined;
};

for (const plot of plots) {
  test(`all or nothing, and no lock for ever, when ${plot.name}`, () => {
    const found = firstFault(plot);
    assert.equal(found, undefined, JSON.stringify(found, undefined, 1));
  });
}

/** Where each rule is missed. */
const missed: Readonly<Record<keyof Rules, string>> = {
  compares: 'the coordinator tells one something else',
  bindsVoters: 'the coordinator tells one that it is out',
  releasesTheLost: 'a participant dies',
  endsAtPropose: 'the coordinator goes on with one only',
  comparesTree: 'the coordinator gives a tree without a root',
  doubtsSuccessors: 'one says whatever comes to mind',
};

for (const [rule, name] of Object.entries(missed)) {
  test(`without the rule ${rule} something breaks when ${name}`, () => {
    const plot = plots.find((one) => one.name === name)!;
    assert.notEqual(firstFault(plot, { [rule]: false }, 4 * stories), undefined);
  });
}
