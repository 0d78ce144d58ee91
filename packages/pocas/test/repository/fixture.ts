/** A node with a repository, and modules of all kinds, written by hand as anybody would. */
import { type TestNode, type TestNodeOptions, makeTestNode } from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { E } from '@endo/far';
import { defineRepositoryMaker } from '#src/compose/repository-maker.js';

// `any`: facets of many kinds, as whoever looks at them finds them.
export type Any = any;

let count = 0;
export const next = (): string => `a request nobody guesses ${(count += 1)}`;
export const ok = (answer: Any): Any => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  return answer;
};
export const refused = (code: string) => ({ ok: false, code });

/** A module that counts, and says which powers it was given and what it may reach. */
export const counter = (answer = '1n'): string => `
const { M } = require('@endo/patterns');
const { defineActor, makeDurableMap } = require('@pocas/vat-runtime');
const loose = M.interface('Counter', {}, { defaultGuards: 'passable' });
const makeCounter = defineActor({
  name: 'Counter',
  state: { powers: M.any(), params: M.any(), count: M.nat() },
  init: (powers, params) => ({ powers, params, count: 0n }),
  guards: { counter: loose },
  facets: {
    counter: {
      given() { return Object.keys(this.state.powers).sort(); },
      params() { return this.state.params; },
      globals() { return ['process', 'fetch', 'WebSocket', 'setTimeout'].filter((one) => one in globalThis); },
      add() { this.state.count += ${answer}; return this.state.count; },
      now() { return this.state.powers.clock.now(); },
      loop() { for (;;) {} },
    },
  },
});
exports.make = (powers, params) => makeCounter(powers, params).counter;
`;

export type World = { readonly node: TestNode; readonly maker: Any };
export const start = async (options: TestNodeOptions = {}): Promise<World> => {
  const node = await makeTestNode(options);
  return { node, maker: defineRepositoryMaker(node) };
};
/** A repository's founder. */
export const found = async ({ maker }: World, name = 'Recetas'): Promise<Any> => {
  const root = await E(maker as Any).make({ name });
  return ok(await E(root as Any).claim('Ana', next())).participant;
};
export const joinOf = async (participant: Any, name: string): Promise<Any> =>
  ok(await E(ok(await E(participant).invite(next())).invitation as Any).join(name, next()))
    .participant;

export type Entry = {
  readonly title?: string;
  readonly text?: string;
  readonly powers?: readonly string[];
  readonly charter?: { readonly [name: string]: bigint };
  readonly parents?: readonly string[];
};
const cut = (text: string) => [text.slice(0, 100), text.slice(100)].filter((one) => one !== '');
export const draftOf = async (
  participant: Any,
  { title = 'Sopa', text, powers = [], charter = {}, parents = [] }: Entry,
): Promise<Any> => {
  const words = ['Español', 'Hervir agua', 'Traer verdura', 'Quien cocina'];
  const { draft } = ok(await E(participant).draft(title, ...words, next()));
  for (const piece of text === undefined ? [] : cut(text)) ok(await E(draft).write(piece, next()));
  for (const power of powers) ok(await E(draft).declare(power, next()));
  for (const [name, value] of Object.entries(charter))
    ok(await E(draft).setValue(name, value, next()));
  for (const parent of parents) ok(await E(draft).comesFrom(parent, next()));
  return draft;
};
export const publish = async (participant: Any, entry: Entry): Promise<Any> =>
  ok(await E(await draftOf(participant, entry)).publish(next()));
export const planOf = async (participant: Any, version: Any): Promise<Any> =>
  ok(await E(participant).plan(version, next())).plan;
/** How many guests there are. */
export const guests = async (node: TestNode): Promise<number> =>
  (await node.listVats()).vats.filter(({ owner }) => owner !== undefined).length;
