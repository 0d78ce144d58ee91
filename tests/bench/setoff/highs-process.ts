/**
 * Solves one network once as a linear programme by HiGHS, and prints what it cost as one object in JSON:
 * `highs-process KIND PARTICIPANTS SECONDS`. Stating the programme does not count.
 */
import loadHighs from 'highs';
import { type Kind, makeNetwork } from './networks.ts';

export type HighsFigures = {
  /** None if it was not done in time. */
  readonly cpuMillis: readonly number[];
  readonly total: string;
};

const [, , kind, participants, seconds] = process.argv;
const { n, from, to, cap, weight } = makeNetwork(kind as Kind, Number(participants));
const edges = from.length;

// Its types describe the CommonJS module, where this is a property; the one imported is the function.
const highs = await (loadHighs as unknown as typeof loadHighs.default)();
const nothing = new Float64Array(edges);
const balanced = new Float64Array(n);
const indices = new Int32Array(2 * edges);
const values = new Float64Array(2 * edges);
for (let i = 0; i < edges; i += 1) {
  indices.set([from[i]!, to[i]!], 2 * i);
  values.set([1, -1], 2 * i);
}
const model = highs.createModel({
  numCols: edges,
  numRows: n,
  sense: highs.constants.objectiveSense.maximize,
  colCost: weight,
  colLower: nothing,
  colUpper: cap,
  rowLower: balanced,
  rowUpper: balanced,
  matrix: {
    format: 'csc',
    numRows: n,
    numCols: edges,
    starts: Int32Array.from({ length: edges + 1 }, (_, i) => 2 * i),
    indices,
    values,
  },
});
model.options.set('output_flag', false);
model.options.set('time_limit', Number(seconds));

const before = process.cpuUsage();
model.run();
const { user, system } = process.cpuUsage(before);
const isDone = model.getModelStatus() === highs.constants.modelStatus.optimal;
let total = 0n;
if (isDone) {
  // Its corners are whole; its doubles are so but for a rounding.
  model.getSolution().colValue.forEach((value, i) => {
    total += BigInt(weight[i]!) * BigInt(Math.round(value));
  });
}
model.dispose();
const figures: HighsFigures = {
  cpuMillis: isDone ? [(user + system) / 1_000] : [],
  total: String(total),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
