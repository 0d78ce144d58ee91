/**
 * S17: an assembly sets κ by consent; the mandate changes exactly that value after its notices, and fails a second
 * time. The market and its body of decision are on one node, two of those who decide on another; both are killed,
 * and the links between them cut, on the way.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;
type Person = { readonly name: string; readonly node: ClearingNode; readonly ballot: Named };

const day = 24 * 3_600_000;
const week = 7 * day;
const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
let count = 0;
const next = () => `a request that nobody guesses ${(count += 1)}`;

test('S17: an assembly sets κ by consent, and the mandate does exactly this, once', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const nodes = (await Promise.all(
    ['plaza', 'casa'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300, leaps: true }),
    ),
  )) as [ClearingNode, ClearingNode];
  const [plaza, casa] = nodes;

  // ---- what people can do ----
  /** Asks until the answer comes: nodes are away, and every act can be repeated. */
  const ask = <T = Any>(node: ClearingNode, ref: Named, method: string, ...args: unknown[]) =>
    until(`${method} on ${node.name}`, async () => {
      try {
        return { answer: await node.call<T>(ref, method, ...args) };
      } catch (error) {
        if (/delivered: (no|unknown)|is down|ended/.test(String(error))) return undefined;
        throw error;
      }
    }).then(({ answer }) => answer);
  const must = async <T = Any>(
    node: ClearingNode,
    ref: Named,
    method: string,
    ...args: unknown[]
  ): Promise<T> => {
    const answer = await ask<Any>(node, ref, method, ...args);
    assert.notEqual(answer.ok, false, `${method}: ${String(answer.code)}`);
    return answer as T;
  };
  const cut = () => {
    for (const { proxy } of nodes) for (const connection of proxy.connections()) connection.cut();
  };
  const die = async (node: ClearingNode) => {
    await node.kill();
    await node.start();
  };
  const leap = (milliseconds: number) => Promise.all(nodes.map((node) => node.leap(milliseconds)));

  // ---- a market is founded with its body of decision ----
  const body = await plaza.make('body', '@pocas/foco-actors/decision', { secret: secret(5) });
  const market = await plaza.make('market', '@pocas/market-actors/market', {
    name: 'Tianguis',
    secret: secret(7),
  });
  await must(plaza, market, 'convene', body);
  const founded = await must(plaza, market, 'claim', 'Fundadora', next());
  assert.equal(founded.cares.charter, undefined, 'nobody has another way to the rules');
  const late = await ask(plaza, market, 'convene', body);
  assert.deepEqual(late, { ok: false, code: 'claimed' });
  const steward = await plaza.keep('steward', founded.cares.steward);
  const marketPublic = await plaza.keep('public', founded.cares.marketPublic);
  const place = await plaza.keep('place of Fundadora', founded.participant);
  await die(plaza);

  /** The ballot that somebody finds on their page of the market. */
  const ballotOf = async (name: string, node: ClearingNode, place: Named): Promise<Person> => {
    const { ballot } = await until(`a ballot for ${name}`, async () => {
      const view = await ask<Any>(node, await ask<Named>(node, place, 'desk', 'decision'), 'view');
      return view.ballot === undefined ? undefined : (view as { ballot: Named });
    });
    return { name, node, ballot: await node.keep(`ballot of ${name}`, ballot) };
  };
  const join = async (name: string, node: ClearingNode): Promise<Person> => {
    const invitation = await ask<Named>(plaza, steward, 'invite', 1n, next());
    const { participant } = await must<Any>(plaza, invitation, 'join', name, next());
    const there = await plaza.keep(`place of ${name}`, participant);
    const place =
      node === plaza ? there : await node.enliven(`place of ${name}`, await plaza.sturdy(there));
    return ballotOf(name, node, place);
  };
  const ana = await ballotOf('Fundadora', plaza, place);
  const [beto, caro] = [await join('Beto', casa), await join('Caro', casa)];
  const rules = async () => {
    const page = await ask<Named>(plaza, marketPublic, 'charter');
    return ask<Any>(plaza, page, 'view');
  };
  const before = await rules();

  // ---- somebody proposes, by the form for it ----
  const { proposing } = await ask(ana.node, ana.ballot, 'view');
  const { about, numbers } = await ask<Any>(plaza, proposing[1].form, 'view');
  assert.equal(about.es, 'Las reglas de este mercado');
  const kappa = numbers.find(({ label }: Any) => /^Of one sale/.test(label.en));
  assert.equal(kappa.now, '30');
  const form = await plaza.keep('form', proposing[1].form);
  const option = await plaza.keep('kappa', kappa.option);
  const request = next();
  await must(plaza, form, 'proposeNumber', option, 40n, 'More for those who sell much', request);
  await die(plaza);
  await must(plaza, form, 'proposeNumber', option, 40n, 'More for those who sell much', request);

  // ---- and all say what they say, over links that break ----
  const paperOf = async ({ node, ballot }: Person): Promise<Named> => {
    const { open } = await ask(node, ballot, 'view');
    assert.equal(open.length, 1, 'proposed once');
    return open[0].paper as Named;
  };
  const say = async (
    person: Person,
    method: string,
    words: readonly string[],
    dies?: ClearingNode,
  ) => {
    const id = next();
    const paper = await person.node.keep(`paper of ${person.name}`, await paperOf(person));
    if (dies !== undefined) cut();
    await must(person.node, paper, method, ...words, id);
    if (dies !== undefined) await die(dies);
    await must(person.node, paper, method, ...words, id);
  };
  const { decision } = await ask(beto.node, await paperOf(beto), 'view');
  const seen = await casa.keep('decision', decision);
  await say(beto, 'consent', [], plaza);
  await say(caro, 'object', ['What of those who come anew?'], casa);
  await say(ana, 'consent', []);
  const open = await ask(casa, seen, 'view');
  assert.deepEqual([open.phase, open.mandate], ['open', undefined]);
  assert.ok(open.voices.some(({ reason }: Any) => reason === 'What of those who come anew?'));
  await say(caro, 'standAside', ['It was explained to me']);

  // ---- it is carried out by one of them, once ----
  const { mandate } = await until('a mandate', async () => {
    const view = await ask<Any>(casa, seen, 'view');
    return view.mandate === undefined ? undefined : (view as { mandate: Named });
  });
  const held = await casa.keep('mandate', mandate);
  assert.match((await ask<Any>(casa, held, 'view')).words.es, /pasa a ser 40/);
  assert.deepEqual(await ask(casa, held, 'carryOut', next()), { ok: false, code: 'notYet' });
  await leap(2 * day);
  const id = next();
  cut();
  await must(casa, held, 'carryOut', id);
  await die(plaza);
  await must(casa, held, 'carryOut', id);
  assert.deepEqual(await ask(casa, held, 'carryOut', next()), { ok: false, code: 'closed' });
  const announced = await rules();
  assert.deepEqual(
    announced.announced.map(({ name, value }: Any) => [name, value]),
    [['kappa', 40n]],
  );
  assert.deepEqual(announced.values, before.values, 'not before its notice');

  await leap(2 * week);
  const after = await rules();
  assert.equal(after.version, 2n);
  for (const { name, value } of after.values) {
    const was = before.values.find((one: Any) => one.name === name).value;
    assert.equal(value, name === 'kappa' ? 40n : was, name);
  }
  assert.deepEqual(await ask(casa, held, 'carryOut', next()), { ok: false, code: 'closed' });
});
