/**
 * The clearing round without vats: what docs/decisions/0014-clearing.md says that coordinator and
 * participants say to each other, in a world where every message takes any time, every timer may go off
 * at any moment, and anybody may die or lie. It is there to find flaws of the protocol, not of the code:
 * each rule has a switch, and with a rule switched off something is broken (`model.test.ts`).
 *
 * Messages between two are delivered once and in order, as `send` does. What is optimal is not modelled:
 * here a solver finds some loops, and rows are checked for their balance alone. What participants decide
 * in the coordinator's place is the code itself, `src/round/succession.ts`.
 */
import {
  type Member,
  type Outcome,
  type Place,
  type Saying,
  type Step,
  begin,
  heard,
  isBound,
  newMember,
  told,
  voided,
  voted,
} from '#src/round/succession.js';
import { makeRandom } from './succession-world.ts';

/** Each named for what goes wrong without it. */
export type Rules = {
  /** Ready only after each neighbour has said the same of each shared edge. */
  readonly compares: boolean;
  /** A later proposal, and nothing else, lets go of whoever voted ready. */
  readonly bindsVoters: boolean;
  /** Who has no edge left hears `release`, not `drop`. */
  readonly releasesTheLost: boolean;
  /** A lock whose time is over is not revived by a later pass. */
  readonly endsAtPropose: boolean;
  /** Depth and place in the tree are compared too. */
  readonly comparesTree: boolean;
  /** The coordinator settles nothing on the word of one participant. */
  readonly doubtsSuccessors: boolean;
};

export const allRules: Rules = {
  ...{ compares: true, bindsVoters: true, releasesTheLost: true, endsAtPropose: true },
  ...{ comparesTree: true, doubtsSuccessors: true },
};

export type Lie =
  /** Never says anything. */
  | 'silent'
  /** Refuses a random edge each time. */
  | 'refuses'
  /** Tells neighbours other amounts, and votes ready. */
  | 'miscompares'
  /** Votes ready, tells the coordinator that all decided to settle, and neighbours whatever comes to mind. */
  | 'claims';

export type Story = {
  readonly seed: number;
  readonly participants: number;
  readonly rules?: Partial<Rules>;
  /** Who lies, and how. */
  readonly liars?: Readonly<Record<number, Lie>>;
  /** After so many steps the coordinator is gone for good. */
  readonly coordinatorDies?: number;
  /** After so many steps this participant is gone for good. */
  readonly dies?: { readonly who: number; readonly after: number };
  /** `loopedTree`: everybody has a parent. `twoStories`: other amounts for one participant. `forgets`: proposes once more after all have voted, to one, and is silent from then on. `drops`: tells one that its edges are out, when all have voted. */
  readonly coordinatorLies?: 'loopedTree' | 'twoStories' | 'forgets' | 'drops';
  readonly successionAllowed?: boolean;
};

export type Told = {
  /** In the order in which things happened, for people. */
  readonly trace: readonly string[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
  /** For each participant, what it applied of each of its edges. */
  readonly applied: readonly ReadonlyMap<number, number>[];
  readonly locked: readonly ReadonlySet<number>[];
  readonly decided: ReadonlyMap<string, 'settle' | 'release'>;
  readonly settledParticipants: ReadonlySet<number>;
  readonly steps: number;
};

type Tree = { parent?: number; children: number[]; depth: number };
type Plan = { component: number; pass: number; rows: Map<number, number>; tree: Tree };

type Message =
  | { kind: 'propose'; plan: Plan }
  | { kind: 'drop'; edges: number[] }
  | { kind: Outcome; component: number; pass: number }
  | { kind: 'vote'; component: number; pass: number; refused: number[] }
  | { kind: 'succeeded'; component: number; pass: number; outcome: Outcome }
  | {
      kind: 'compare';
      component: number;
      pass: number;
      rows: Map<number, number>;
      depth: number;
      parent: boolean;
      child: boolean;
    }
  | { kind: 'succession'; component: number; pass: number; said: Saying };

const maxPasses = 3;
const maxSteps = 20_000;
const coordinator = -1;
const sayings: readonly Saying[] = ['asks', 'promised', 'told', 'settle', 'release'];

type Random = ReturnType<typeof makeRandom>;
type Edge = { from: number; to: number; cap: number };

/** Some loops among these edges, each cleared as far as it goes. */
const solve = (edges: ReadonlyMap<number, Edge>): Map<number, number> => {
  const left = new Map([...edges].map(([id, { cap }]) => [id, cap]));
  const cleared = new Map([...edges.keys()].map((id) => [id, 0]));
  const loopFrom = (first: number): number[] | undefined => {
    const start = edges.get(first)!.from;
    const path: number[] = [];
    const seen = new Set<number>();
    const walk = (id: number): boolean => {
      path.push(id);
      const { to } = edges.get(id)!;
      if (to === start) return true;
      if (!seen.has(to)) {
        seen.add(to);
        for (const [next, { from }] of edges) {
          if (from === to && left.get(next)! > 0 && walk(next)) return true;
        }
      }
      path.pop();
      return false;
    };
    return walk(first) ? path : undefined;
  };
  for (const id of edges.keys()) {
    while (left.get(id)! > 0) {
      const loop = loopFrom(id);
      if (loop === undefined) break;
      const value = Math.min(...loop.map((one) => left.get(one)!));
      for (const one of loop) {
        left.set(one, left.get(one)! - value);
        cleared.set(one, cleared.get(one)! + value);
      }
    }
  }
  return cleared;
};

/** Strongly connected components, as sets of edges. */
const componentsOf = (edges: ReadonlyMap<number, Edge>): Map<number, Edge>[] => {
  const reach = (from: number, forward: boolean) => {
    const seen = new Set([from]);
    for (const node of seen) {
      for (const edge of edges.values()) {
        const [here, there] = forward ? [edge.from, edge.to] : [edge.to, edge.from];
        if (here === node) seen.add(there);
      }
    }
    return seen;
  };
  const parts: Map<number, Edge>[] = [];
  const done = new Set<number>();
  for (const { from } of edges.values()) {
    if (done.has(from)) continue;
    const ahead = reach(from, true);
    const both = new Set([...reach(from, false)].filter((node) => ahead.has(node)));
    for (const node of both) done.add(node);
    const part = [...edges].filter(([, edge]) => both.has(edge.from) && both.has(edge.to));
    if (part.length > 0) parts.push(new Map(part));
  }
  return parts;
};

const treeOf = (edges: ReadonlyMap<number, Edge>): Map<number, Tree> => {
  const [first] = edges.values();
  const trees = new Map<number, Tree>([[first!.from, { children: [], depth: 0 }]]);
  for (const [node, tree] of trees) {
    for (const [id, { from, to }] of edges) {
      const other = from === node ? to : to === node ? from : undefined;
      if (other === undefined || trees.has(other)) continue;
      tree.children.push(id);
      trees.set(other, { parent: id, children: [], depth: tree.depth + 1 });
    }
  }
  return trees;
};

const randomEdges = (random: Random, participants: number): Map<number, Edge> => {
  const edges = new Map<number, Edge>();
  const add = (from: number, to: number) =>
    edges.set(edges.size, { from, to, cap: 1 + random.below(9) });
  for (let i = 0; i < participants; i += 1) add(i, (i + 1) % participants);
  for (let i = random.below(2 * participants); i > 0; i -= 1) {
    const from = random.below(participants);
    add(from, (from + 1 + random.below(participants - 1)) % participants);
  }
  return edges;
};

export const tell = (story: Story): Told => {
  const { seed, participants, liars = {}, coordinatorLies, successionAllowed = true } = story;
  const rules = { ...allRules, ...story.rules };
  const random = makeRandom(seed);
  const edges = randomEdges(random, participants);
  const trace: string[] = [];
  const queues = new Map<string, { from: number; to: number; messages: Message[] }>();
  /** What may happen by itself: it goes off in some step, and then is gone. */
  const timers = new Map<string, { who: number; run: () => void }>();
  const dead = new Set<number>();
  const haste = [0.005, 0.02, 0.1][seed % 3]!;
  const decided = new Map<string, Outcome>();
  const settledParticipants = new Set<number>();

  const say = (from: number, to: number, message: Message) => {
    if (dead.has(from)) return;
    const name = `${from}>${to}`;
    const queue = queues.get(name) ?? { from, to, messages: [] };
    queues.set(name, queue);
    queue.messages.push(message);
  };
  const otherEnd = (id: number, self: number) => {
    const { from, to } = edges.get(id)!;
    return from === self ? to : from;
  };

  // ---- a participant ----

  const makeParticipant = (self: number) => {
    const lie = liars[self];
    const own = [...edges].filter(([, { from, to }]) => from === self || to === self);
    const locked = new Set(own.map(([id]) => id));
    const applied = new Map<number, number>();
    const compares = new Map<string, Extract<Message, { kind: 'compare' }>>();
    /** By component and pass. Everything that was voted, promised or decided stays known. */
    const members = new Map<string, Member>();
    const plans = new Map<string, Plan>();
    let lies = 40;
    let plan: Plan | undefined;
    let isOverdue = false;

    const keyOf = ({ component, pass }: { component: number; pass: number }) =>
      `${component}/${pass}`;
    const edgesTo = (other: number, of: Plan) =>
      [...of.rows.keys()].filter((id) => otherEnd(id, self) === other);
    const neighbours = (of: Plan) => [
      ...new Set([...of.rows.keys()].map((id) => otherEnd(id, self))),
    ];
    const setTimer = (name: string, run: () => void) =>
      timers.set(`${self} ${name}`, { who: self, run });

    const placeOf = (of: Plan | undefined): Place => {
      if (of === undefined) return { neighbours: [], parent: undefined, children: [] };
      const { parent, children } = of.tree;
      return {
        neighbours: neighbours(of).map(BigInt),
        parent: parent === undefined ? undefined : BigInt(otherEnd(parent, self)),
        children: children.map((id) => BigInt(otherEnd(id, self))),
      };
    };
    const memberOf = (key: string) => members.get(key) ?? newMember;
    const waits = () => plan !== undefined && isBound(memberOf(keyOf(plan)));
    const hasVoted = () => plan !== undefined && memberOf(keyOf(plan)).stage !== 'open';
    const keep = (key: string, { member, say: sayTo, decided: outcome }: Step) => {
      members.set(key, member);
      const [component, pass] = key.split('/').map(Number) as [number, number];
      for (const { to, said } of sayTo) {
        say(self, Number(to), { kind: 'succession', component, pass, said });
      }
      if (outcome === undefined) return;
      finish(plans.get(key)!, outcome);
      const hears = lie === undefined && member.said.length > 0;
      if (hears) say(self, coordinator, { kind: 'succeeded', component, pass, outcome });
    };
    const finish = (of: Plan, outcome: Outcome) => {
      trace.push(`${self}: ${outcome} ${keyOf(of)}`);
      if (outcome === 'settle') {
        settledParticipants.add(self);
        for (const [id, value] of of.rows) if (locked.has(id)) applied.set(id, value);
      }
      // What a later pass holds is that one's.
      if (plan === of) for (const id of of.rows.keys()) locked.delete(id);
    };
    const vote = (refused: number[]) => {
      if (plan === undefined || hasVoted()) return;
      const key = keyOf(plan);
      keep(key, voted(placeOf(plan), memberOf(key), refused.length === 0));
      say(self, coordinator, { kind: 'vote', ...plan, refused });
      trace.push(`${self}: vote ${key} refused [${refused.join()}]`);
      if (successionAllowed && refused.length === 0) setTimer('succession', () => beginFor(key));
    };
    /** Its patience is over. */
    const beginFor = (key: string) => {
      trace.push(`${self}: begins succession ${key}`);
      keep(key, begin(placeOf(plans.get(key)), memberOf(key)));
    };
    /** Of the neighbours that have spoken: which edges they see in another way. */
    const differing = (of: Plan, other: number): number[] => {
      const said = compares.get(`${other} ${keyOf(of)}`)!;
      const mine = edgesTo(other, of);
      const wrong = mine.filter((id) => said.rows.get(id) !== of.rows.get(id));
      if (!rules.comparesTree) return wrong;
      const isParent = of.tree.parent !== undefined && mine.includes(of.tree.parent);
      const isChild = of.tree.children.some((id) => mine.includes(id));
      const fits =
        said.parent === isChild &&
        said.child === isParent &&
        (!isParent || said.depth === of.tree.depth - 1);
      return fits ? wrong : mine;
    };
    const look = () => {
      if (plan === undefined || hasVoted()) return;
      const of = plan;
      if (!neighbours(of).every((other) => compares.has(`${other} ${keyOf(of)}`))) return;
      vote(neighbours(of).flatMap((other) => differing(of, other)));
    };

    const babble = (of: Plan) => {
      for (const other of neighbours(of)) {
        if (lies === 0) return;
        lies -= 1;
        const said = sayings[random.below(sayings.length)]!;
        say(self, other, { kind: 'succession', ...of, said });
      }
    };
    const take = (from: number, message: Message): void => {
      if (lie === 'silent') return;
      const key = 'component' in message ? keyOf(message) : '';
      const known = plans.get(key);
      switch (message.kind) {
        case 'propose': {
          if (plan !== undefined && memberOf(keyOf(plan)).stage === 'promised') return;
          // It was asked about this pass before, and said that it takes no part.
          if (members.has(keyOf(message.plan))) return;
          if (plan !== undefined && message.plan.pass <= plan.pass) return;
          if (plan !== undefined) {
            keep(keyOf(plan), voided(placeOf(plan), memberOf(keyOf(plan))));
          }
          if (rules.endsAtPropose && isOverdue) return locked.clear();
          plan = message.plan;
          plans.set(keyOf(plan), plan);
          const rows = [...plan.rows];
          const net = rows.reduce(
            (sum, [id, value]) => sum + (edges.get(id)!.from === self ? value : -value),
            0,
          );
          for (const other of neighbours(plan)) {
            const shared = edgesTo(other, plan);
            const { tree } = plan;
            const shift = lie === 'miscompares' && random.chance(0.5) ? 1 : 0;
            say(self, other, {
              ...{ kind: 'compare', ...plan, depth: tree.depth },
              rows: new Map(shared.map((id) => [id, plan!.rows.get(id)! + shift])),
              parent: tree.parent !== undefined && shared.includes(tree.parent),
              child: tree.children.some((id) => shared.includes(id)),
            });
          }
          if (net !== 0 || rows.some(([id]) => !locked.has(id))) return vote([...plan.rows.keys()]);
          if (lie === 'refuses') return vote([rows[random.below(rows.length)]![0]]);
          if (lie === 'miscompares' || lie === 'claims' || !rules.compares) vote([]);
          if (lie === 'claims')
            say(self, coordinator, { kind: 'succeeded', ...plan, outcome: 'settle' });
          const of = plan;
          setTimer('gives up', () => {
            if (plan !== of || hasVoted()) return;
            const silent = neighbours(of).filter((other) => !compares.has(`${other} ${keyOf(of)}`));
            const said = neighbours(of).filter((other) => !silent.includes(other));
            vote([
              ...silent.flatMap((other) => edgesTo(other, of)),
              ...said.flatMap((other) => differing(of, other)),
            ]);
          });
          return look();
        }
        case 'compare':
          compares.set(`${from} ${key}`, message);
          return look();
        case 'drop':
          for (const id of message.edges) {
            if (rules.bindsVoters && waits() && plan!.rows.has(id)) continue;
            locked.delete(id);
          }
          return;
        case 'settle':
        case 'release': {
          if (known === undefined) return;
          keep(key, told(placeOf(known), memberOf(key), message.kind));
          return;
        }
        case 'succession':
          if (lie === 'claims') return known === undefined ? undefined : babble(known);
          if (known === undefined) {
            // A coordinator that died may never have proposed it here.
            keep(key, voided(placeOf(known), memberOf(key)));
          }
          keep(key, heard(placeOf(known), memberOf(key), BigInt(from), message.said));
          if (known !== undefined && memberOf(key).stage === 'ready') {
            // Somebody else's patience was over: its own is soon.
            setTimer('succession', () => beginFor(key));
          }
          return;
        default:
          return;
      }
    };
    setTimer('lock', () => {
      isOverdue = true;
      // What is not locked any more cannot be voted for.
      if (!waits()) vote(plan === undefined ? [] : [...plan.rows.keys()]);
      // Also what an earlier pass had, of which the coordinator may never speak again.
      for (const id of locked) if (!waits() || !plan!.rows.has(id)) locked.delete(id);
    });
    return { take, applied, locked };
  };
  const people = Array.from({ length: participants }, (_, self) => makeParticipant(self));

  // ---- the coordinator ----

  type Component = {
    number: number;
    pass: number;
    edges: Map<number, Edge>;
    members: Set<number>;
    votes: Map<number, number[]>;
    isOver: boolean;
  };
  const components = new Map<number, Component>();
  let lastComponent = 0;

  const release = ({ number, pass, members }: Component, who: Iterable<number> = members) => {
    for (const member of who)
      say(coordinator, member, { kind: 'release', component: number, pass });
  };
  const propose = (part: Map<number, Edge>, pass: number): Set<number> => {
    lastComponent += 1;
    const component: Component = {
      ...{ number: lastComponent, pass, edges: part, votes: new Map(), isOver: false },
      members: new Set([...part.values()].flatMap(({ from, to }) => [from, to])),
    };
    components.set(lastComponent, component);
    const cleared = solve(part);
    const trees = treeOf(part);
    for (const member of component.members) {
      const mine = [...part].filter(([, { from, to }]) => from === member || to === member);
      const rows = new Map(mine.map(([id]) => [id, cleared.get(id)!]));
      const tree = trees.get(member)!;
      if (coordinatorLies === 'twoStories' && member === 0) {
        // Balanced, and other than what its neighbours are told.
        for (const id of rows.keys()) rows.set(id, 0);
      }
      if (coordinatorLies === 'loopedTree') {
        // Each one's parent is the next on the ring, and each is a child of the one before.
        const up = mine.find(([, { from }]) => from === member)![0];
        const down = mine.find(([, { to }]) => to === member)![0];
        Object.assign(tree, { parent: up, children: [down], depth: 1 });
      }
      say(coordinator, member, {
        kind: 'propose',
        plan: { component: component.number, pass, rows, tree },
      });
    }
    timers.set(`c ${component.number}`, { who: coordinator, run: () => endPass(component) });
    trace.push(`coordinator: propose ${component.number}/${pass}`);
    return component.members;
  };
  const endPass = (component: Component) => {
    if (component.isOver || coordinatorLies !== undefined) return;
    component.isOver = true;
    const { number, pass, members, votes } = component;
    const lost = new Set([...votes.values()].flat());
    for (const [id, { from, to }] of component.edges) {
      if (!votes.has(from) || !votes.has(to)) lost.add(id);
    }
    if (pass >= maxPasses) {
      decided.set(`${number}/${pass}`, 'release');
      return release(component);
    }
    const rest = new Map([...component.edges].filter(([id]) => !lost.has(id)));
    const parts = componentsOf(rest);
    const kept = new Set(parts.flatMap((part) => [...part.keys()]));
    const going = new Set(parts.flatMap((part) => [...propose(part, pass + 1)]));
    const out = [...members].filter((member) => !going.has(member));
    if (rules.releasesTheLost) release(component, out);
    for (const member of members) {
      const mine = [...component.edges].filter(
        ([id, { from, to }]) => !kept.has(id) && (from === member || to === member),
      );
      say(coordinator, member, { kind: 'drop', edges: mine.map(([id]) => id) });
    }
    return undefined;
  };
  const takeAtCoordinator = (from: number, message: Message) => {
    if (!('component' in message)) return;
    const component = components.get(message.component);
    if (component === undefined || component.isOver || component.pass !== message.pass) return;
    const key = `${component.number}/${component.pass}`;
    if (message.kind === 'succeeded') {
      if (message.outcome === 'settle' && rules.doubtsSuccessors) return;
      component.isOver = true;
      decided.set(key, message.outcome);
      for (const member of component.members)
        say(coordinator, member, { ...message, kind: message.outcome });
    }
    if (message.kind !== 'vote') return;
    component.votes.set(from, message.refused);
    const { votes, members } = component;
    if (votes.size < members.size || [...votes.values()].some(({ length }) => length > 0)) return;
    if (coordinatorLies === 'loopedTree') return;
    component.isOver = true;
    if (coordinatorLies === 'forgets') {
      const [one] = members;
      lastComponent += 1;
      const own = [...component.edges].filter(([, edge]) => edge.from === one || edge.to === one);
      const plan: Plan = {
        ...{ component: lastComponent, pass: component.pass + 1 },
        rows: new Map(own.map(([id]) => [id, 0])),
        tree: { children: [], depth: 0 },
      };
      say(coordinator, one!, { kind: 'propose', plan });
      return;
    }
    if (coordinatorLies === 'drops') {
      const [one] = members;
      say(coordinator, one!, { kind: 'drop', edges: [...component.edges.keys()] });
      members.delete(one!);
    }
    decided.set(key, 'settle');
    trace.push(`coordinator: settle ${key}`);
    for (const member of members) {
      say(coordinator, member, { ...message, kind: 'settle' });
    }
  };

  // ---- what happens, in any order ----

  for (const part of componentsOf(edges)) propose(part, 1);
  let steps = 0;
  for (; steps < maxSteps; steps += 1) {
    if (steps === story.coordinatorDies) {
      dead.add(coordinator);
      // With what it had not got out yet.
      for (const { from, messages } of queues.values()) {
        if (from === coordinator) messages.length = random.below(messages.length + 1);
      }
      trace.push('coordinator: gone for good');
    }
    if (story.dies !== undefined && steps === story.dies.after) {
      dead.add(story.dies.who);
      trace.push(`${story.dies.who}: gone for good`);
    }
    const ready = [...queues.values()].filter(
      ({ to, messages }) => messages.length > 0 && !dead.has(to),
    );
    const due = [...timers].filter(([, { who }]) => !dead.has(who));
    if (ready.length + due.length === 0) break;
    // Timers are rarer than messages, or nothing would ever be settled.
    if (due.length > 0 && (ready.length === 0 || random.chance(haste))) {
      const [name, { run }] = due[random.below(due.length)]!;
      timers.delete(name);
      run();
    } else {
      const { from, to, messages } = ready[random.below(ready.length)]!;
      const message = messages.shift()!;
      if (to === coordinator) takeAtCoordinator(from, message);
      else people[to]!.take(from, message);
    }
  }
  return {
    ...{ trace, decided, settledParticipants, steps },
    edges: [...edges.values()],
    applied: people.map(({ applied }) => applied),
    locked: people.map(({ locked }) => locked),
  };
};

/** What is wrong in the end, for those who neither lie nor are gone. */
export const faultsOf = (story: Story, told: Told, mayStayLocked = false): string[] => {
  const { liars = {}, dies } = story;
  const isHonest = (who: number) => liars[who] === undefined && who !== dies?.who;
  const faults: string[] = [];
  told.edges.forEach(({ from, to }, id) => {
    if (!isHonest(from) || !isHonest(to)) return;
    const [one, other] = [told.applied[from]!.get(id) ?? 0, told.applied[to]!.get(id) ?? 0];
    // A half that still waits may yet follow the other.
    const waits = told.locked[from]!.has(id) || told.locked[to]!.has(id);
    if (one !== other && !waits) faults.push(`edge ${id}: ${from} cleared ${one}, ${to} ${other}`);
  });
  told.applied.forEach((applied, self) => {
    if (!isHonest(self)) return;
    let net = 0;
    for (const [id, value] of applied) net += told.edges[id]!.from === self ? value : -value;
    if (net !== 0) faults.push(`participant ${self} changed by ${net}`);
  });
  if (!mayStayLocked) {
    told.locked.forEach((locked, self) => {
      if (isHonest(self) && locked.size > 0) faults.push(`participant ${self} is locked for ever`);
    });
  }
  if (told.steps >= maxSteps) faults.push('it never came to rest');
  return faults;
};
