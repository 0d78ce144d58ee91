/**
 * Five nodes lose all their links at once, and all call each other at once: each dials each other, and
 * of each two dials one has to give way. Nothing that was called meanwhile may be lost, or happen twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import { makeRandom } from '../campaign/random.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { patienceMillis } from '../support/until.ts';
import { pairsOf, startMesh } from './mesh.ts';
import type { PartReport, PartSettings } from './part.ts';
import type { Tally } from './vats/tally.ts';

const size = 5;
/** Bytes on their way take up to so long, each piece another time. */
const jitterMillis = 25;
/** Calls begin within so long of each other: sooner or later than the dials that are under way. */
const spreadMillis = 40;
/** After the last call was answered, how long it may take until each pair has one session. */
const maxSettlingMillis = 3000;

export const crossDials = async (
  cleanup: Cleanup,
  { seed, rounds, goesOn = () => true, progress = () => {} }: PartSettings,
): Promise<PartReport> => {
  const random = makeRandom(seed);
  const mesh = await startMesh(cleanup, { size, seed, plan: () => ({ jitterMillis }) });
  const pairs = pairsOf(size);
  const tallies = new Map<string, Tally>();
  for (const [from, to] of pairs) tallies.set(`${from} ${to}`, await mesh.tally(from, to));
  const nodes = mesh.members.map(({ node }) => node);
  const linked = (from: number, to: number) =>
    nodes[from]!.linkTo(nodes[to]!.designator) !== undefined;
  const isSettled = () =>
    pairs.every(([from, to]) => linked(from, to)) &&
    nodes.every((node) => node.counts().links === size - 1);
  /** @returns whether it came to be, in so many milliseconds */
  const within = async (millis: number, ask: () => boolean): Promise<boolean> => {
    const end = performance.now() + millis;
    while (!ask()) {
      if (performance.now() > end) return false;
      await sleep(5);
    }
    return true;
  };

  const violations: string[] = [];
  /** Calls that went over a session which the other one of two replaced. */
  const lost: string[] = [];
  let round = 0;
  let dials = 0;
  let crossed = 0;
  let worstSettling = 0;
  const dialled = () => mesh.proxies().reduce((sum, proxy) => sum + proxy.counts().dialled, 0);
  const add = async (from: number, to: number) => {
    await sleep(random.below(spreadMillis));
    try {
      await E(tallies.get(`${from} ${to}`)!).add(1n);
    } catch (error) {
      const { message } = error as Error;
      const isCrossing = message.includes('its session was replaced');
      (isCrossing ? lost : violations).push(`round ${round}: ${from} to ${to}: ${message}`);
    }
  };
  while (round < rounds && goesOn()) {
    round += 1;
    for (const proxy of mesh.proxies()) for (const each of proxy.connections()) each.cut();
    const isParted = () => pairs.every(([from, to]) => !linked(from, to));
    if (!(await within(patienceMillis, isParted))) {
      violations.push(`round ${round}: a link outlived its connection`);
    }
    const before = dialled();
    const beforeEach = pairs.map(([from, to]) => mesh.proxy(from, to).counts().dialled);
    await Promise.all(pairs.map(([from, to]) => add(from, to)));
    const start = performance.now();
    if (!(await within(maxSettlingMillis, isSettled))) {
      const counts = nodes.map((node) => node.counts().links).join(', ');
      violations.push(`round ${round}: links are ${counts}, and each has ${size - 1} others`);
    }
    worstSettling = Math.max(worstSettling, performance.now() - start);
    dials += dialled() - before;
    const didDial = pairs.map(
      ([from, to], i) => mesh.proxy(from, to).counts().dialled > beforeEach[i]!,
    );
    crossed += pairs.filter(
      ([from, to], i) =>
        from < to && didDial[i] && didDial[pairs.findIndex(([f, t]) => f === to && t === from)],
    ).length;
    if (round % 50 === 0) progress(`${round} rounds, ${violations.length} violations`);
  }
  for (const to of nodes.keys()) {
    const from = to === 0 ? 1 : 0;
    const count = await E(tallies.get(`${from} ${to}`)!).get();
    const due = BigInt(round * (size - 1));
    if (violations.length + lost.length === 0 && count !== due) {
      violations.push(`node ${to} was added to ${count} times, and called ${due} times`);
    }
  }
  return {
    part: 'crossed',
    figures: {
      rounds: round,
      calls: round * pairs.length,
      dials,
      crossed,
      lost: lost.length,
      worstSettlingMillis: Math.round(worstSettling),
    },
    violations: [...violations, ...lost],
  };
};
