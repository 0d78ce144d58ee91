import { type TestNode, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  CounterpartiesInside,
  CounterpartyInside,
  CounterpartyKeeper,
  LodgeableInside,
  ObligationKeeper,
  ObligationLimits,
  Setoff,
} from '@pocas/clearing/obligation';
import type { Facet } from '@pocas/vat-runtime';
import type { JournalEntry } from '@pocas/vat-runtime/actors';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { Bench } from './book-vat.ts';

// The compiled tests lie in dist/test/obligation; the vat is bundled from its source.
const source = fileURLToPath(new URL('../../../test/obligation/book-vat.ts', import.meta.url));
const bundle = bundleVat(source);

let count = 0;
/** A fresh request. */
export const next = (): string => `a request nobody guesses ${(count += 1)}`;

/** The answer where it is no refusal. Fails where it is. */
export const ok = <T>(answer: T): Extract<T, { ok: true }> => {
  assert.equal((answer as { ok: boolean }).ok, true, `refused: ${inspect(answer)}`);
  // The assertion tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

export const refusedAs = (answer: unknown, code: string): void =>
  assert.deepEqual(answer, { ok: false, code });

export const makeBook = async (
  node: Pick<TestNode, 'makeVat' | 'clock'>,
  label: string,
  limits: Partial<ObligationLimits> = {},
): Promise<Facet<Bench>> =>
  (await node.makeVat({
    module: await bundle,
    label,
    powers: { clock: node.clock },
    params: { limits },
  })) as Facet<Bench>;

/** What one side holds of the other. */
export type Side = {
  readonly bench: Facet<Bench>;
  readonly all: Facet<CounterpartiesInside>;
  readonly keeper: Facet<CounterpartyKeeper>;
  readonly inside: Facet<CounterpartyInside>;
};

export const sideOf = async (bench: Facet<Bench>, number = 1n): Promise<Side> => {
  const all = await E(bench).counterparties();
  const listed = await E(all).list(number - 1n);
  const { keeper, inside } = listed[0]!;
  return { bench, all, keeper, inside };
};

/** Two books that have met. */
export type Pair = { readonly node: TestNode; readonly ana: Side; readonly beto: Side };

export const makePair = async (
  limits: Partial<ObligationLimits> = {},
  options: Parameters<typeof makeTestNode>[0] = {},
): Promise<Pair> => {
  const node = await makeTestNode({ print: () => {}, ...options });
  const benches = [
    await makeBook(node, 'ana', limits),
    await makeBook(node, 'beto', limits),
  ] as const;
  const [atAna, atBeto] = benches;
  const { introduction } = ok(await E(await E(atAna).counterparties()).introduce('Beto', next()));
  ok(await E(await E(atBeto).counterparties()).meet(introduction, 'Ana', next()));
  await node.rest();
  node.setProgram({ ana: atAna, beto: atBeto });
  return { node, ana: await sideOf(atAna), beto: await sideOf(atBeto) };
};

/** Ends the node and starts it anew over the same rows. */
export const restart = async ({ node }: Pair): Promise<Pair> => {
  await node.stop();
  const { storage, secrets } = node;
  const again = await makeTestNode({ print: () => {}, storage, secrets });
  const { ana, beto } = again.getProgram() as { ana: Facet<Bench>; beto: Facet<Bench> };
  return { node: again, ana: await sideOf(ana), beto: await sideOf(beto) };
};

export type Item = {
  readonly what: string;
  readonly amount: bigint;
  readonly phase: string;
  readonly obligation: Facet<ObligationKeeper>;
};

/** Everything of one list of a side's page. */
export const items = async (
  { keeper }: Side,
  list: 'asked' | 'proposed' | 'open' | 'lines',
): Promise<readonly any[]> => (await E(keeper).view())[list] as readonly any[];

/** Proposes, and has it accepted. `end` is Ana's. */
export const agree = async (
  { node, ana, beto }: Pair,
  end: 'from' | 'to',
  amount: bigint,
  what = 'bread',
): Promise<{
  readonly ours: Facet<ObligationKeeper>;
  readonly theirs: Facet<ObligationKeeper>;
}> => {
  const proposed = await E(ana.keeper).propose(end, amount, 'MXN', 1_000n, what, next());
  const { obligation: ours } = ok(proposed);
  await node.rest();
  const asked = (await items(beto, 'asked')) as readonly Item[];
  const theirs = asked.find((one) => one.what === what)!.obligation;
  ok(await E(theirs).accept(next()));
  await node.rest();
  return { ours, theirs };
};

/** The half that can be lodged, by origin. */
export const lodgeableOf = async (
  { all }: Side,
  origin: string,
): Promise<Facet<LodgeableInside>> => {
  const found = await E(all).find(origin);
  assert.ok(found !== undefined);
  return found;
};

export const lockOf = async (
  side: Side,
  origin: string,
  tag: string,
  max: bigint,
): Promise<Facet<Setoff>> => {
  const lodgeable = await lodgeableOf(side, origin);
  const offered = await E(lodgeable).offer();
  assert.ok('version' in offered, inspect(offered));
  return ok(await E(lodgeable).lock(tag, offered.version, max)).setoff;
};

/** What the journal of a side has, by kind. */
export const entriesOf = async (
  { bench }: Side,
  kind?: string,
): Promise<readonly JournalEntry[]> => {
  const reader = await E(bench).reader();
  const entries = (await E(reader).entries(1n, 200n)) as readonly JournalEntry[];
  return kind === undefined ? entries : entries.filter((one) => one.kind === kind);
};

/** Both halves say the same. */
export const assertSame = async (
  ours: Facet<ObligationKeeper>,
  theirs: Facet<ObligationKeeper>,
): Promise<{ readonly amount: bigint; readonly version: bigint; readonly phase: string }> => {
  const [a, b] = await Promise.all([E(ours).view(), E(theirs).view()]);
  const of = ({ origin, amount, version, phase, unit, what }: typeof a) => ({
    ...{ origin, amount, version, phase, unit, what },
  });
  assert.deepEqual(of(a), of(b));
  assert.notEqual(a.end, b.end);
  return a;
};
