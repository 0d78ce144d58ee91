/** Values that are traps, in a vat on a thread: what it does with them costs nobody else anything. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeDouble } from '@pocas/vat-runtime/testing';
import { fixture, sleep, start, until, withFolder } from '../node/nodes.ts';

// What a vat answers is of any kind here.
type Any = any;

const withTrickster =
  (body: (trickster: Any, names: string[], lines: string[]) => Promise<void>) => () =>
    withFolder(async (folder) => {
      const lines: string[] = [];
      const node = await start(folder, { print: (line) => void lines.push(line) });
      const trickster: Any = await node.makeVat({
        module: fixture('trickster'),
        label: 'trickster',
        powers: { timer: node.timer },
      });
      const counter: Any = await node.makeVat({
        module: fixture('counter'),
        label: 'victim',
        params: { start: 7n },
      });
      try {
        await body(trickster, (await E(trickster).names()) as string[], lines);
        assert.equal(await E(counter).get(), 7n);
        assert.deepEqual(node.fatal, []);
      } finally {
        await Promise.race([node.stop(), sleep(1000)]);
      }
    });

const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'fulfilled',
    (reason: unknown) => (reason instanceof Error ? 'an error' : `rejected with ${typeof reason}`),
  );

// A proxy is data where it cannot lie any more: what it stands for is frozen.
const data = ['a proxy of an array'];
// These are data that may be stored, if they are not sent.
const large = [
  'a text of sixteen million characters',
  'a number of a million digits',
  'many long texts',
];

// Of an error what lasts is its words.
const words = ['an error with more on it'];

for (const way of [
  ...['answer', 'answer within', 'call', 'call within', 'send', 'send with ctx', 'store', 'set'],
  'wake',
]) {
  test(
    `a turn that would ${way} what is no data fails whole, and nobody else notices`,
    withTrickster(async (trickster, names) => {
      let touched = 0n;
      let taken = 0;
      const passed: string[] = [];
      const target = makeDouble('Target', { take: () => void (taken += 1) });
      for (const name of names) {
        const outcome = await outcomeOf(E(trickster).use(way, name, target));
        if (outcome === 'fulfilled') {
          touched += 1n;
          passed.push(name);
        } else assert.equal(outcome, 'an error', name);
        assert.equal(await E(trickster).touched(), touched, name);
      }
      const isWire = way.startsWith('answer') || way.startsWith('call');
      const expected = [...data, ...(isWire ? [] : large)];
      assert.deepEqual(
        passed.filter((name) => !words.includes(name)).toSorted(),
        expected.toSorted(),
      );
      assert.equal(taken, way.startsWith('call') ? expected.length : 0);
    }),
  );
}

test(
  'what is given in place of a key, a time, a facet or a name is refused, and the turn undone',
  withTrickster(async (trickster, names) => {
    const passed: string[] = [];
    const small = names.filter((name) => !/million|many/.test(name));
    for (const way of [
      'key',
      'range',
      'target',
      'method',
      'args',
      'options',
      'time',
      'sleeper',
      'phase',
      'state',
    ]) {
      for (const name of small) {
        const outcome = await outcomeOf(E(trickster).misuse(way, name));
        if (outcome === 'fulfilled') passed.push(`${way}: ${name}`);
        else assert.equal(outcome, 'an error', `${way}: ${name}`);
      }
    }
    assert.deepEqual(passed, [`args: ${data[0]!}`]);
  }),
);

test(
  'whatever is thrown or promised, the call settles and the turn is undone',
  withTrickster(async (trickster, names) => {
    const any = await E(trickster).any();
    for (const name of names) {
      assert.notEqual(await outcomeOf(E(trickster).throwIt(name)), 'fulfilled', name);
      assert.notEqual(await outcomeOf(E(any).throwIt(name)), 'fulfilled', name);
      await outcomeOf(E(trickster).later(name));
    }
    await outcomeOf(E(trickster).farThenable());
    assert.equal(await E(trickster).touched(), 0n);
  }),
);

test(
  'what fails by a trap in an item of the inbox fails alone: the items after it are carried out',
  withTrickster(async (trickster, names, lines) => {
    for (const name of names) {
      await E(trickster).throwByInbox(name);
      await until(() => lines.some((line) => line.includes(`done with ${name}`)));
    }
    // Three turns for each, all undone: a send, one without an answer, and a timer.
    assert.equal(await E(trickster).touched(), 0n);
    assert.equal(await E(trickster).rejected(), BigInt(names.length));
  }),
);
