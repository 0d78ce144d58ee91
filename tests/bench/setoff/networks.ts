/**
 * Networks of obligations to measure by. Everything follows from the kind, the size and the seed:
 * who repeats a figure repeats it on the same network.
 */
import { makeDraw, type Draw } from './draw.ts';

/** As `solveCirculation` takes them: edge i is owed by from[i] to to[i]. */
export type Columns = {
  readonly n: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cap: Float64Array;
  readonly weight: Float64Array;
};

/** Obligations of each participant, where a kind does not say otherwise. */
const each = 10;

/** In cents. Half of them are between 80 and 500 in the coin of a hundred cents, 1 % above 4,600. */
const amount = (draw: Draw): number =>
  Math.max(1, Math.round(20_000 * Math.exp(1.35 * draw.gauss())));

/** Writes edge i by calling its last argument once. */
type EdgeOf = (
  i: number,
  put: (from: number, to: number, cap: number, weight: number) => void,
) => void;

const fill = (n: number, edges: number, edgeOf: EdgeOf): Columns => {
  const from = new Int32Array(edges);
  const to = new Int32Array(edges);
  const cap = new Float64Array(edges);
  const weight = new Float64Array(edges);
  for (let i = 0; i < edges; i += 1) {
    edgeOf(i, (u, v, most, worth) => {
      from[i] = u;
      // Nobody owes themselves; their neighbour by number is as good as anybody.
      to[i] = u === v ? (u + 1) % n : v;
      cap[i] = most;
      weight[i] = worth;
    });
  }
  return { n, from, to, cap, weight };
};

/** Everybody owes ten times; `creditorOf` says whom. */
const byDebtor = (n: number, draw: Draw, creditorOf: (debtor: number) => number): Columns =>
  fill(n, each * n, (i, put) => {
    const debtor = Math.floor(i / each);
    put(debtor, creditorOf(debtor), amount(draw), 1);
  });

/**
 * Few have most of the trade, as buyers or as sellers. Who is of rank r is drawn with a likelihood
 * of about r^-0.7, and who is large as a buyer need not be so as a seller.
 */
const powerLaw = (n: number, draw: Draw): Columns => {
  const buyers = draw.shuffled(n);
  const sellers = draw.shuffled(n);
  const rank = draw.byRank(n, 0.7);
  return fill(n, each * n, (_, put) => put(buyers[rank()]!, sellers[rank()]!, amount(draw), 1));
};

/** The same with five classes of priority, where the total always comes first. */
const priorities = (n: number, draw: Draw): Columns => {
  const { weight, ...rest } = powerLaw(n, draw);
  const highest = 4;
  return { ...rest, weight: weight.map(() => n * highest + 1 + draw.below(highest + 1)) };
};

/**
 * The same with a FoCo, the last participant: every tenth is granted a line by it and grants it one.
 * Clearing comes before the least use of lines: no loop has more than n of them.
 */
const lines = (n: number, draw: Draw): Columns => {
  const { from, to, cap } = powerLaw(n - 1, draw);
  const foco = n - 1;
  const holders = Math.floor((n - 1) / each);
  return fill(n, from.length + 2 * holders, (i, put) => {
    const line = i - from.length;
    if (line < 0) return put(from[i]!, to[i]!, cap[i]!, n + 1);
    const holder = (line >> 1) * each;
    return line % 2 === 0
      ? put(foco, holder, 10 * amount(draw), -1)
      : put(holder, foco, 10 * amount(draw), -1);
  });
};

/** Nine in ten obligations stay within a community of a hundred. */
const communities = (n: number, draw: Draw): Columns => {
  const size = Math.min(n, 100);
  return byDebtor(n, draw, (debtor) =>
    draw.unit() < 0.9
      ? Math.min(n - 1, debtor - (debtor % size) + draw.below(size))
      : draw.below(n),
  );
};

/** Everybody owes those that come next: a loop leads around all of them, however many there are. */
const ring = (n: number, draw: Draw): Columns =>
  byDebtor(n, draw, (debtor) => (debtor + 1 + draw.below(Math.min(each, n - 1))) % n);

/** The same with the next two only: half as many loops at each step. */
const narrowRing = (n: number, draw: Draw): Columns =>
  byDebtor(n, draw, (debtor) => (debtor + 1 + draw.below(2)) % n);

/** Two wholesalers sell to everybody and buy from everybody; the second owes the first a great sum. */
const hubs = (n: number, draw: Draw): Columns => {
  const others = n - 2;
  return fill(n, 3 * others + 1, (i, put) => {
    const other = 2 + (i % others);
    const value = amount(draw);
    if (i === 3 * others) put(1, 0, 10_000 * n, 1);
    else if (i < others) put(0, other, value, 1);
    else if (i < 2 * others) put(other, 1, value, 1);
    else put(1, other, value, 1);
  });
};

/** Anybody owes anybody. */
const even = (n: number, draw: Draw): Columns => byDebtor(n, draw, () => draw.below(n));

/** Everybody owes everybody. */
const dense = (n: number, draw: Draw): Columns =>
  fill(n, n * (n - 1), (i, put) => {
    const debtor = Math.floor(i / (n - 1));
    const other = i % (n - 1);
    put(debtor, other < debtor ? other : other + 1, amount(draw), 1);
  });

/** One loop through all, and no other. */
const loop = (n: number, draw: Draw): Columns =>
  fill(n, n, (i, put) => put(i, (i + 1) % n, amount(draw), 1));

/** Suppliers, makers, shops and households in a row of layers, each owed by the next; the last owe wages to the first. */
const layers = (n: number, draw: Draw): Columns => {
  const size = Math.ceil(n / 8);
  return byDebtor(n, draw, (debtor) => {
    const first = (Math.floor(debtor / size) + 1) * size;
    return first >= n ? draw.below(size) : Math.min(n - 1, first + draw.below(size));
  });
};

/** A street map that closes on itself: everybody owes the neighbours in the four directions. */
const grid = (n: number, draw: Draw): Columns => {
  const side = Math.floor(Math.sqrt(n));
  const whole = side * side;
  return fill(whole, 4 * whole, (i, put) => {
    const here = i >> 2;
    const step = i % 2 === 0 ? 1 : side;
    const there = i % 4 < 2 ? here + step : here - step;
    put(here, (there + whole) % whole, amount(draw), 1);
  });
};

export const kinds = {
  'power-law': powerLaw,
  communities,
  ring,
  'narrow ring': narrowRing,
  hubs,
  dense,
  even,
  layers,
  grid,
  loop,
  priorities,
  lines,
} as const;

export type Kind = keyof typeof kinds;

/**
 * @param n - participants; a grid has the next square below
 * @param seed - others of the same kind
 */
export const makeNetwork = (kind: Kind, n: number, seed = 1): Columns =>
  kinds[kind](n, makeDraw(seed));
