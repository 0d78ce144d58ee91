/** Benches on test nodes: markets with a real ledger, whose inside a test can reach. */
import { type ManualTime, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { PocasNode } from '@pocas/vat-runtime/node';

// `any`: a test hands in and is handed whatever it likes.
export type Any = any;

export const here = (name: string): string =>
  fileURLToPath(new URL(`../../../test/order/${name}`, import.meta.url));
const bench = bundleVat(here('bench-vat.ts'));

export const silence = 100_000;
export const expiry = 1_000_000;

let count = 0;
export const next = (): string => `a request that nobody guesses ${(count += 1)}`;

export const makeBench = async (node: PocasNode, unit = 'créditos'): Promise<Any> => {
  const { clock, timer } = node;
  return node.makeVat({
    ...{ module: await bench, label: unit, powers: { clock, timer } },
    params: { unit },
  });
};

/** One market with some people in it. */
export const start = async (time: ManualTime = makeManualTime(), unit?: string): Promise<Any> => {
  const node = await makeTestNode({ time, print: () => {} });
  const market = await makeBench(node, unit);
  for (const name of ['Ana', 'Beto', 'Carla', 'Dora']) await E(market).join(name);
  return { node, time, market };
};

export const ok = (answer: Any): Any => {
  assert.equal(answer.ok, true, `refused: ${answer.code}`);
  return answer;
};

/** What an account has, by what its owner sees. */
export const stands = async (market: Any, name: string): Promise<readonly bigint[]> => {
  const { balance, held, incoming } = await E(E(E(market).care(name)).account()).view();
  return [balance, held, incoming];
};
export const factsOf = (market: Any, name: string): Promise<Any> => E(E(market).care(name)).facts();
export const deskOf = (market: Any, name: string): Any => E(E(market).care(name)).desk('order');
