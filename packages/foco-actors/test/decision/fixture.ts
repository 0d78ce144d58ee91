import {
  type ManualTime,
  type TestNode,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { E } from '@endo/far';
import type { Ballot, DecisionPublic, Proposal, Published } from '@pocas/foco-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { Assembly, Convener } from '@pocas/vat-runtime/actors';
import { bundleVat } from '@pocas/vat-runtime/node';

// `any`: pages of different kinds, as whoever looks at them finds them.
export type Any = any;

const bundles = {
  body: bundleVat(fileURLToPath(import.meta.resolve('@pocas/foco-actors/decision'))),
  place: bundleVat(fileURLToPath(new URL('../../../test/decision/place.ts', import.meta.url))),
};
let count = 0;
export const next = (): string => `a request nobody guesses ${(count += 1)}`;
export const countFrom = (first: number): void => void (count = first);
export const ok = <T extends { ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  return answer as Extract<T, { ok: true }>;
};
export const refused = (code: string) => ({ ok: false, code });
export const day = 24 * 60 * 60 * 1000;
export const secret = Buffer.alloc(32, 5).toString('base64url');

export type Town = {
  readonly node: TestNode;
  readonly time: ManualTime;
  readonly place: Any;
  readonly acts: Any;
  readonly assembly: Facet<Assembly>;
  readonly convener: Facet<Convener>;
  readonly ballots: Readonly<Record<string, Facet<Ballot>>>;
};

export const makeAssembly = async (node: TestNode, rules: object = {}): Promise<Facet<Assembly>> =>
  (await node.makeVat({
    module: await bundles.body,
    label: 'decisions',
    powers: { clock: node.clock, timer: node.timer },
    params: { secret, rules },
  })) as Facet<Assembly>;
export const makePlace = async (node: TestNode): Promise<Any> =>
  node.makeVat({
    module: await bundles.place,
    label: 'place',
    powers: { clock: node.clock, timer: node.timer },
  });

/** @param people - names, or names with their constituencies */
export const makeTown = async (
  people: readonly (string | readonly [string, string])[] = ['Ana', 'Beto', 'Caro'],
  {
    rules,
    node: given,
    time = makeManualTime(),
  }: { rules?: object; node?: TestNode; time?: ManualTime } = {},
): Promise<Town> => {
  const node = given ?? (await makeTestNode({ time }));
  const place = await makePlace(node);
  const { acts } = await E(place).found();
  const assembly = await makeAssembly(node, rules);
  const liar = await E(place).liar();
  const convening = { name: 'El huerto', acts: [acts, liar] };
  const { convener } = ok(await E(assembly).convene(convening, 'convene'));
  const ballots: Record<string, Facet<Ballot>> = {};
  for (const one of people) {
    const [name, constituency] = typeof one === 'string' ? [one, ''] : one;
    const { ballot } = ok(await E(convener).admit(name, constituency, `admit ${name}`));
    ballots[name] = ballot as Facet<Ballot>;
  }
  return { node, time, place, acts, assembly, convener, ballots };
};

export const kappa = (value: bigint): Proposal['alternatives'] => [
  { words: 'Kappa', wish: { acts: 1n, wish: { act: 'change', name: 'kappa', value } } },
];
/** A proposal with one alternative, or with these. */
export const proposal = (
  method: Proposal['method'],
  alternatives: Proposal['alternatives'] = [{ words: 'Yes' }],
  more: Partial<Proposal> = {},
): Proposal => ({ title: 'Kappa', words: 'Let us change it', method, alternatives, ...more });

export const propose = async (
  ballot: Facet<Ballot>,
  what: Proposal,
): Promise<Facet<DecisionPublic>> => ok(await E(ballot).propose(what, next())).decision;
/** The page of a ballot in the newest decision that is open. */
export const paperOf = async (ballot: Any): Promise<Any> => (await E(ballot).view()).open[0].paper;
export const restart = async ({ node, time }: Town): Promise<TestNode> => {
  await node.stop();
  const { storage, secrets } = node;
  return makeTestNode({ time, storage, secrets });
};

/** All that a result follows from, as a wallet gathers it. */
export const publishedOf = async (decision: Facet<DecisionPublic>): Promise<Published> => {
  const { published } = ok(await E(decision).published());
  const all: Published['ballots'][number][] = [];
  for (let after = ''; ; after = all.at(-1)!.who) {
    const { ballots } = ok(await E(decision).ballots(after));
    if (ballots.length === 0) return { ...published, ballots: all };
    all.push(...ballots);
  }
};
