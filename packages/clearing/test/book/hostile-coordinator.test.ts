/**
 * Real books and a coordinator that says anything, to anybody, in any order. Whatever it says, no poca
 * is worse off by itself, and nothing stays locked; and what it may not tell apart, it cannot.
 */
import { type Village, day, makeVillage, minute } from './village.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { solveProblem } from '@pocas/clearing/setoff';
import { bundleVat } from '@pocas/vat-runtime/node';
import { componentsOf } from '#src/round/components.js';
import { type Matched, match } from '#src/round/matching.js';
import { problemOf } from '#src/round/problem.js';
import { proposalsOf } from '#src/round/proposals.js';
import type { Lodged, Proposal } from '#src/round/types.js';
import type { SaidVote } from './hostile-coordinator-vat.ts';
import { makeRandom } from '../round/succession-world.ts';

const vat = bundleVat(
  fileURLToPath(new URL('../../../test/book/hostile-coordinator-vat.ts', import.meta.url)),
);

// `any`: the hand of the hostile coordinator.
type Any = any;
type Random = ReturnType<typeof makeRandom>;

const names = ['Ana', 'Beto', 'Caro', 'Dora'] as const;
const patience = 10n * BigInt(minute);
const lock = 8n * patience;

const makeRing = async (): Promise<Village> => {
  const village = await makeVillage(names, [
    ['Ana', 'Beto'],
    ['Beto', 'Caro'],
    ['Caro', 'Dora'],
    ['Dora', 'Ana'],
    ['Ana', 'Caro'],
  ]);
  const debts: readonly (readonly [string, string, bigint])[] = [
    ['Ana', 'Beto', 1000n],
    ['Beto', 'Caro', 900n],
    ['Caro', 'Dora', 800n],
    ['Dora', 'Ana', 700n],
    ['Ana', 'Caro', 50n],
    ['Caro', 'Ana', 90n],
    ['Beto', 'Ana', 60n],
  ];
  for (const [debtor, creditor, amount] of debts) await village.owes(debtor, creditor, amount);
  return village;
};

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;

/** What a round could be, from what was lodged; none of it more than a few, so that there is much left. */
const planOf = (lodgements: readonly (readonly [bigint, readonly Lodged[]])[], random: Random) => {
  const matched = match(
    lodgements.map(([seat, lodged]) => ({
      seat: Number(seat),
      lodged: lodged.map((one) => ({ ...one, max: one.max > 9n ? 9n : one.max })),
    })),
  );
  const byEdge = new Map<number, Matched>(matched.map((one) => [one.edge, one]));
  const proposalsOfPass = (component: number, pass: number, without: ReadonlySet<number>) => {
    const edges = componentsOf(matched.filter(({ edge }) => !without.has(edge)))[0] ?? [];
    const problem = problemOf(edges);
    if (edges.length === 0) return new Map<number, Proposal>();
    return proposalsOf(component, pass, edges, problem, solveProblem(problem));
  };
  const frozenOf = (seat: number) =>
    matched
      .filter(({ from, to }) => from === seat || to === seat)
      .map(({ edge, origin, isLine, from, version, cap: max }) => ({
        ...{ edge, origin, kind: isLine ? 'line' : 'obligation', version, max },
        end: from === seat ? 'from' : 'to',
      }));
  const some = () => new Set([...byEdge.keys()].filter(() => random.chance(0.25)));
  return { frozenOf, proposalsOfPass, some };
};

/** Changes one thing of a proposal. */
const altered = (proposal: Proposal, random: Random): Any => {
  const rows: Any[] = proposal.rows.map((row) => ({ ...row }));
  const row = pick(random, rows);
  switch (random.below(9)) {
    case 0:
      row.cleared += 1n;
      break;
    case 1:
      for (const one of rows) one.cleared = 0n;
      break;
    case 2:
      for (const one of rows) one.cleared *= 2n;
      break;
    case 3:
      rows.push({ ...row });
      break;
    case 4:
      row.edge = pick(random, rows).edge;
      break;
    case 5:
      return { ...proposal, rows: rows.slice(1) };
    case 6:
      for (const one of rows) one.own += 1n;
      break;
    case 7: {
      // A tree that turns in a ring.
      const [first, second] = rows;
      if (second === undefined) break;
      return { ...proposal, rows, parent: first.edge, children: [second.edge], depth: 1 };
    }
    default:
      return { ...proposal, depth: proposal.depth + 1 };
  }
  return { ...proposal, rows };
};

type Script = {
  /** What may be said of decisions. */
  readonly decisions: readonly ('settle' | 'release')[];
  readonly laterPasses: boolean;
  /** It decides only where all four have voted ready, as an honest one does; then it may forget to tell some. */
  readonly heedsVotes?: boolean;
  /** How often what is said is altered. */
  readonly lies: number;
};

const playScript = async (village: Village, seed: number, script: Script) => {
  const random = makeRandom(seed);
  const terms = {
    tag: seed.toString(16).padStart(64, '0'),
    ...{ title: 'Hostile', unit: 'MXN', lodging: patience, patience, lock, maxPasses: 3 },
  };
  const hand: Any = await village.node.makeVat({
    ...{ module: await vat, label: 'hostile', params: { terms } },
  });
  const pages: Any[] = [];
  for (const name of names) {
    const attended: Any = await E(village.book(name)).attend(
      await E(hand).seat(),
      `${seed} ${name}`,
    );
    assert.ok(attended.ok, JSON.stringify(attended));
    pages.push(attended.goto);
  }
  await village.node.rest();
  const plan = planOf(await E(hand).lodgements(), random);
  const trace: string[] = [];
  const say = async (seat: number, method: string, ...args: unknown[]) => {
    trace.push(`${method} to ${names[seat - 1]}`);
    await E(hand).say(BigInt(seat), method, args);
  };
  const all = [1, 2, 3, 4];
  const told = new Set<string>();
  /** In place of a decision: what must not let go of anybody who voted ready. */
  const distract = async (seat: number, component: number, pass: number) => {
    const proposal = plan.proposalsOfPass(component, pass, new Set()).get(seat);
    const edges = plan.frozenOf(seat).map(({ edge }) => edge);
    const totals = { participants: 4n, edges: 7n, lodged: 63n, cleared: 0n, satOut: 4n };
    switch (random.below(6)) {
      case 0:
        return say(seat, 'drop', edges);
      case 1:
        return say(seat, 'finish', { outcome: 'cancelled', totals, loops: [], payments: [] });
      case 2:
        return proposal && say(seat, 'propose', altered(proposal, random));
      case 3:
        return say(seat, 'settle', component, pass + 1);
      case 4:
        return say(seat, 'settle', component + 1, pass);
      default:
        return undefined;
    }
  };
  const decide = async (component: number, pass: number) => {
    const what = pick(random, script.decisions);
    if (script.heedsVotes === true) {
      await village.node.rest();
      const votes = (await E(hand).votes()) as SaidVote[];
      const ready = votes.filter(
        (vote) => vote.component === component && vote.pass === pass && vote.refused.length === 0,
      );
      if (new Set(ready.map(({ seat }) => seat)).size < all.length) return;
    }
    for (const seat of all) {
      if (random.chance(0.3)) {
        await distract(seat, component, pass);
        continue;
      }
      told.add(what);
      await say(seat, what, component, pass);
    }
  };
  for (const seat of all) {
    const frozen: Any[] = plan.frozenOf(seat);
    if (random.chance(script.lies)) {
      const one = pick(random, frozen);
      const more: Any[] = [
        { ...one, edge: 100 + seat },
        { ...one, max: one.max + 1_000_000n },
        { ...one, end: one.end === 'from' ? 'to' : 'from' },
        { ...one, edge: one.edge + 0.5 },
      ];
      frozen.push(pick(random, more));
    }
    await say(seat, 'freeze', frozen, lock * 1000n);
    if (random.chance(script.lies)) await say(seat, 'freeze', frozen, lock);
  }
  if (random.chance(0.7)) await village.node.rest();
  let component = 0;
  let without = new Set<number>();
  const passes = script.laterPasses ? 1 + random.below(4) : 1;
  for (let pass = 1; pass <= passes; pass += 1) {
    component += 1;
    const proposals = plan.proposalsOfPass(component, pass, without);
    const otherStory = plan.proposalsOfPass(component, pass, new Set([...without, ...plan.some()]));
    for (const seat of all) {
      const proposal = proposals.get(seat);
      if (proposal === undefined || random.chance(script.lies / 3)) continue;
      // Another story is one that holds by itself, of which others hear nothing.
      const other = otherStory.get(seat);
      const lie = other !== undefined && random.chance(0.6) ? other : altered(proposal, random);
      await say(seat, 'propose', random.chance(script.lies) ? lie : proposal);
      if (random.chance(script.lies / 2)) await say(seat, 'propose', altered(proposal, random));
      if (random.chance(script.lies / 3)) {
        await say(
          seat,
          'drop',
          proposal.rows.map(({ edge }) => edge),
        );
      }
    }
    if (random.chance(0.6)) await village.node.rest();
    if (random.chance(0.4)) await decide(component, pass);
    if (random.chance(0.4)) await village.pass(Number(pick(random, [patience, lock])));
    if (random.chance(script.lies)) await decide(component, pass + random.below(2));
    without = new Set([...without, ...plan.some()]);
  }
  await village.node.rest();
  if (random.chance(0.8)) await decide(component, passes);
  if (random.chance(script.lies)) await decide(component, passes);
  await village.node.rest();
  // Time passes: patience, locks, and the doubt of whoever is bound.
  for (const length of [patience, lock, BigInt(4 * day), BigInt(4 * day)]) {
    await village.pass(Number(length));
  }
  return { pages, trace, told };
};

const look = async (village: Village) => {
  const debts = new Map<string, bigint>();
  const locked: string[] = [];
  const nets: bigint[] = [];
  for (const name of names) {
    nets.push(await village.net(name));
    for (const debt of (await E(village.book(name)).view()).debts) {
      const { origin } = await E(debt.debt).view();
      debts.set(`${name} ${debt.end} ${origin}`, debt.amount);
      if (debt.locked) locked.push(`${name} ${debt.end} ${debt.with}`);
    }
  }
  const differing = [...debts].filter(([half, amount]) => {
    const [, end, origin] = half.split(' ');
    const other = [...debts].find(
      ([key]) => key !== half && key.endsWith(`${end === 'from' ? 'to' : 'from'} ${origin}`),
    );
    return other?.[1] !== amount;
  });
  return { debts, locked, nets, differing: differing.map(([half]) => half) };
};

const scripts = 8;

const fuzz = async (
  script: Script,
  check: (what: {
    before: Awaited<ReturnType<typeof look>>;
    after: Awaited<ReturnType<typeof look>>;
    told: ReadonlySet<string>;
    seed: number;
    trace: readonly string[];
  }) => void,
): Promise<number> => {
  let village = await makeRing();
  let cleared = 0;
  for (let seed = 1; seed <= scripts; seed += 1) {
    const before = await look(village);
    const { trace, told } = await playScript(village, seed, script);
    const after = await look(village);
    const text = `seed ${seed}: ${trace.join(', ')}`;
    // For each poca alone nothing ever changes in sum, grows, or changes beyond what it lodged.
    assert.deepEqual(after.nets, before.nets, text);
    for (const [half, amount] of before.debts) {
      assert.ok((after.debts.get(half) ?? 0n) <= amount, `${half} grew; ${text}`);
    }
    if ([...after.debts].some(([half, amount]) => amount !== before.debts.get(half))) cleared += 1;
    check({ before, after, told, seed, trace });
    if (after.locked.length + after.differing.length === 0) continue;
    // Halves that differ are of no use to the next script.
    await village.stop();
    village = await makeRing();
  }
  await village.stop();
  return cleared;
};

test('a coordinator that lies and never settles changes nothing, and locks nothing for good', async () => {
  const script: Script = { decisions: ['release'], laterPasses: true, lies: 0.3 };
  const cleared = await fuzz(script, ({ after, seed, trace }) => {
    assert.deepEqual(
      [after.locked, after.differing],
      [[], []],
      `seed ${seed}: ${trace.join(', ')}`,
    );
  });
  assert.equal(cleared, 0);
});

test('a coordinator that lies, and tells some that all were ready, cannot part two halves: the others hear it of their neighbours', async () => {
  const script: Script = {
    decisions: ['settle'],
    laterPasses: false,
    heedsVotes: true,
    lies: 0.05,
  };
  const cleared = await fuzz(script, ({ after, seed, trace }) => {
    assert.deepEqual(
      [after.locked, after.differing],
      [[], []],
      `seed ${seed}: ${trace.join(', ')}`,
    );
  });
  assert.ok(cleared > 0, 'something was cleared');
});

test('a coordinator that says anything leaves each poca with the net position that it had', async () => {
  const script: Script = { decisions: ['settle', 'release'], laterPasses: true, lies: 0.12 };
  const cleared = await fuzz(script, ({ after, told, seed, trace }) => {
    if (told.size === 2) return;
    assert.deepEqual(after.locked, [], `seed ${seed}: ${trace.join(', ')}`);
  });
  assert.ok(cleared > 0, 'something was cleared');
});
