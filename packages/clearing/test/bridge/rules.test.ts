/**
 * All worlds of one exchange that a hostile network, a lying coordinator, different terms, repeated
 * prepares, questions of strangers and stewards can make, explored to the end.
 *
 * The network is a set: what was once said can arrive at any time, any number of times, or never. A
 * restart that loses nothing is no step of its own, since all that there is is what is stored.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import type { Decision, Side, SideStep, Status } from '#src/bridge/rules.js';
import { freeze, hearDecision, hearStatus, newSide, statusOf } from '#src/bridge/rules.js';

type Ledger = { readonly terms?: number; readonly side?: Side };
type Answer = { readonly to: 0 | 1; readonly status: Status };
type World = {
  readonly ledgers: readonly [Ledger, Ledger];
  /** As texts, in order: so worlds are compared quickly. */
  readonly answers: readonly string[];
};
type Rules = {
  readonly hearDecision: typeof hearDecision;
  readonly hearStatus: typeof hearStatus;
};
const honest: Rules = { hearDecision, hearStatus };

const text = (value: unknown): string => JSON.stringify(value);
const withOne = (list: readonly string[], one: Answer): readonly string[] => {
  const said = text(one);
  return list.includes(said) ? list : [...list, said].sort();
};

const put = (world: World, at: 0 | 1, ledger: Ledger): World => ({
  ...world,
  ledgers: at === 0 ? [ledger, world.ledgers[1]] : [world.ledgers[0], ledger],
});
const other = (at: 0 | 1): 0 | 1 => (at === 0 ? 1 : 0);

/** Stores a step. What it asks for is no part of it: anybody may ask anything at any time. */
const after = (world: World, at: 0 | 1, { side }: SideStep): World =>
  put(world, at, { terms: world.ledgers[at].terms!, side });

const sides = [0, 1] as const;
const decisions: readonly Decision[] = ['settle', 'release'];

/** Every world that is one step away. */
const next = (
  world: World,
  rules: Rules,
  options: { readonly terms: readonly number[] },
): World[] => {
  const worlds: World[] = [];
  for (const at of sides) {
    const ledger = world.ledgers[at];
    const { side } = ledger;
    // A party prepares, or an old message has its ledger prepare again.
    if (side === undefined) {
      for (const terms of options.terms) {
        worlds.push(after(put(world, at, { terms }), at, newSide(at === 0)));
      }
      continue;
    }
    if (side.phase === 'refused') continue;
    for (const decision of decisions) {
      worlds.push(after(world, at, rules.hearDecision(side, decision)));
    }
    worlds.push(after(world, at, freeze(side)));
  }
  for (const to of sides) {
    const { side, terms } = world.ledgers[to];
    // Somebody asks for the last word, with whatever terms, where nothing is known.
    if (side === undefined) {
      worlds.push(put(world, to, { side: { ...newSide(to === 0).side, phase: 'refused' } }));
    }
    // The other ledger asks, if it has terms to ask with.
    const asking = world.ledgers[other(to)];
    if (asking.terms === undefined) continue;
    const status: Status =
      side === undefined
        ? { phase: 'unknown', isFrozen: false }
        : statusOf(side, terms === asking.terms);
    worlds.push({ ...world, answers: withOne(world.answers, { to: other(to), status }) });
  }
  for (const said of world.answers) {
    const { to, status } = JSON.parse(said) as Answer;
    const { side } = world.ledgers[to];
    if (side !== undefined && side.phase !== 'refused') {
      worlds.push(after(world, to, rules.hearStatus(side, status)));
    }
  }
  return worlds;
};

const phaseOf = ({ side }: Ledger) => side?.phase ?? 'unknown';

/** What must never be: one leg only, or a settlement of two different agreements. */
const faultOf = ({ ledgers: [a, b] }: World): string | undefined => {
  const phases = [phaseOf(a), phaseOf(b)];
  if (!phases.includes('settled')) return undefined;
  if (phases.some((phase) => phase === 'released' || phase === 'refused' || phase === 'unknown'))
    return `one leg only: ${phases.join(', ')}`;
  return a.terms === b.terms ? undefined : 'settled under different terms';
};

const explore = (
  rules: Rules,
  options: { readonly terms: readonly number[] },
  visit: (world: World) => void = () => {},
) => {
  const first: World = { ledgers: [{}, {}], answers: [] };
  const seen = new Set([text(first)]);
  let frontier = [first];
  const ends = new Set<string>();
  while (frontier.length > 0) {
    const found: World[] = [];
    for (const world of frontier) {
      for (const one of next(world, rules, options)) {
        const key = text(one);
        if (seen.has(key)) continue;
        seen.add(key);
        const fault = faultOf(one);
        if (fault !== undefined) return { fault, worlds: seen.size, ends };
        ends.add(one.ledgers.map(phaseOf).join(', '));
        visit(one);
        found.push(one);
      }
    }
    frontier = found;
  }
  return { fault: undefined, worlds: seen.size, ends };
};

/** Both ask each other until nothing changes any more. */
const settleDown = (start: World): World => {
  let world = start;
  for (let round = 0; round < 4; round += 1) {
    for (const at of sides) {
      const { side, terms } = world.ledgers[at];
      const asked = world.ledgers[other(at)];
      if (side === undefined || asked.side === undefined || side.phase === 'refused') continue;
      const status = statusOf(asked.side, asked.terms === terms);
      world = after(world, at, hearStatus(side, status));
    }
  }
  return world;
};
const endsOf = (world: World) => world.ledgers.map(phaseOf);

test('no world has one leg only, whatever coordinator, network, strangers and stewards do', () => {
  const { fault, worlds, ends } = explore(honest, { terms: [1, 2] }, (world) => {
    const [a, b] = world.ledgers;
    if (a.side === undefined || b.side === undefined) return;
    // Both stewards together can end it, from everywhere.
    let frozen = world;
    for (const at of sides) frozen = after(frozen, at, freeze(frozen.ledgers[at].side!));
    const phases = endsOf(settleDown(frozen));
    assert.ok(!phases.includes('held'), `${endsOf(world).join()} became ${phases.join()}`);
    // Where the first was told something and nobody froze it, both end alike by themselves.
    if (a.side.isFrozen || (a.side.phase === 'held' && a.side.heard === undefined)) return;
    const told = endsOf(settleDown(world));
    const settled = told.filter((phase) => phase === 'settled').length;
    assert.ok(!told.includes('held') && settled !== 1, told.join());
  });
  assert.equal(fault, undefined);
  assert.ok(worlds > 1_000, `${worlds} worlds`);
  for (const end of ['settled, settled', 'released, released', 'held, held', 'refused, released'])
    assert.ok(ends.has(end), `${end} is reached`);
});

// Ways in which it was thought of first. Each is found out.

test('where each side does what the coordinator says, a lying one leaves one leg only', () => {
  const obey: Rules = {
    ...honest,
    hearDecision: (side, decision) => ({
      side:
        side.phase === 'held'
          ? { ...side, phase: decision === 'settle' ? 'settled' : 'released' }
          : side,
      ask: false,
      hint: false,
    }),
  };
  assert.match(explore(obey, { terms: [1] }).fault ?? '', /one leg only/);
});

test('where the first does not ask what the other holds, it may settle what nobody else does', () => {
  const trusting: Rules = {
    ...honest,
    hearDecision: (side, decision) => hearDecision({ ...side, peerHeld: true }, decision),
  };
  assert.match(explore(trusting, { terms: [1] }).fault ?? '', /one leg only/);
});

test('where the second believes the coordinator’s release, the first may have settled', () => {
  const eager: Rules = {
    ...honest,
    hearDecision: (side, decision) =>
      !side.isFirst && decision === 'release' && side.phase === 'held'
        ? { side: { ...side, phase: 'released' }, ask: false, hint: true }
        : hearDecision(side, decision),
  };
  assert.match(explore(eager, { terms: [1] }).fault ?? '', /one leg only/);
});

test('where one freeze is enough, the other may already follow a settlement', () => {
  const alone: Rules = {
    ...honest,
    hearStatus: (side, status) =>
      side.phase === 'held' && side.isFrozen && status.phase === 'held'
        ? { side: { ...side, phase: 'released' }, ask: false, hint: true }
        : hearStatus(side, status),
  };
  assert.match(explore(alone, { terms: [1] }).fault ?? '', /one leg only/);
});
