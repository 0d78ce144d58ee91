/** Vats of others on this node, each of an owner of its own: what they do costs them their host. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { Attack, Attacker } from '../attack.ts';
import { soon } from '../peer.ts';

// `any`: references over a link, whose methods `vats/guest.ts` defines.
type Guest = any;

type Land = {
  /** A new vat of an owner. */
  guest(owner?: string): Promise<Guest>;
  readonly session: Session;
};

const owner = () => `owner-${randomBytes(6).toString('hex')}`;

const withLand = async (attacker: Attacker, body: (land: Land) => Promise<void>): Promise<void> => {
  const session = await connect(attacker.refs.maker, {
    dial: dialChannel,
    ciphers: nodeCiphers,
    random: (length) => new Uint8Array(randomBytes(length)),
    later: (task) => void setImmediate(task),
  });
  try {
    const maker: Guest = await session.object;
    const target = await session.enliven(attacker.refs.victim);
    await body({
      session,
      guest: (of = owner()) =>
        soon('the guest', E(maker).guest('guest', of, { target }) as Promise<Guest>),
    });
  } finally {
    session.close();
  }
};

/** The text of the error that a call comes to. */
const failureOf = async (what: string, answer: Promise<unknown>): Promise<string> => {
  const outcome = await soon(
    `the end of ${what}`,
    answer.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  );
  if ('value' in outcome) assert.fail(`${what} was answered`);
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
};

/** Asks until it is served: its host may still be on its way up. */
const assertLives = async (guest: Guest): Promise<void> => {
  const end = performance.now() + 20_000;
  for (;;) {
    try {
      return assert.equal(await soon('a ping', E(guest).ping()), 'pong');
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(50);
    }
  }
};

const bombs = [
  'a loop',
  'a regexp',
  'a deep call',
  'a sort',
  'a bigint',
  'objects',
  'lists',
  'buffers',
  'text',
] as const;

const bursting: Attack[] = bombs.map((what) => ({
  name: `a guest that bursts with ${what} is answered as failed, and lives again`,
  once: true,
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      do {
        const one = await guest();
        const text = await failureOf(what, E(one).burst(what));
        // What the engine itself refuses is a failed turn like any other.
        attacker.note(text);
        await assertLives(one);
      } while (attacker.goesOn());
    }),
}));

const later: Attack[] = [
  {
    name: 'a guest whose reactions never end is ended, and lives again',
    once: true,
    run: (attacker) =>
      withLand(attacker, async ({ guest }) => {
        const one = await guest();
        attacker.note(await failureOf('stirring', E(one).stir()));
        await assertLives(one);
      }),
  },
  {
    name: 'a guest that loops after an await is ended, and lives again',
    once: true,
    run: (attacker) =>
      withLand(attacker, async ({ guest }) => {
        const one = await guest();
        attacker.note(await failureOf('looping', E(one).burstLater('a loop')));
        await assertLives(one);
      }),
  },
  {
    name: 'a guest that loops three times is suspended, and the other vat of its owner is not',
    once: true,
    run: (attacker) =>
      withLand(attacker, async ({ guest }) => {
        const same = owner();
        const [one, other] = [await guest(same), await guest(same)];
        for (let strike = 0; strike < 3; strike += 1) {
          attacker.note(await failureOf('a loop', E(one).burst('a loop')));
          if (strike < 2) await assertLives(one);
        }
        assert.match(await failureOf('a call', E(one).ping()), /delivered: no/);
        await assertLives(other);
      }),
  },
  {
    name: 'eight guests that loop at once',
    once: true,
    run: (attacker) =>
      withLand(attacker, async ({ guest }) => {
        const guests = await Promise.all(Array.from({ length: 8 }, () => guest()));
        await Promise.all(guests.map((one) => failureOf('a loop', E(one).burst('a loop'))));
      }),
  },
];

const oddities = [
  'a throwing getter',
  'a proxy',
  'a proxy of a list without end',
  'a thenable',
  'a thenable that throws',
  'a promise that is its own answer',
  'a ring',
  'a function',
  'a shared symbol',
  'a symbol of its own',
  'a map',
  'a date',
  'an error with more on it',
  'a far object in disguise',
  'a value nested 5,000 deep',
];

/** What comes of it may be an answer or an error, but something does, and the vat goes on. */
const settles = async (what: string, answer: Promise<unknown>): Promise<void> => {
  await soon(
    what,
    answer.then(
      () => {},
      () => {},
    ),
  );
};

const giving: Attack[] = [
  ['answer', 'answers'],
  ['answerLater', 'answers after an await'],
  ['fail', 'errors'],
  ['tell', 'arguments'],
].map(([method, how]) => ({
  name: `odd ${how} of a guest settle, and stop nobody`,
  once: true,
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      const one = await guest();
      for (const what of oddities) {
        await settles(`${what} (${how})`, E(one)[method!](what));
        await assertLives(one);
      }
    }),
}));

/** Begins something that goes on by itself, for as long as the attack does. */
const onItsOwn = (what: string, begin: (guest: Guest) => Promise<unknown>): Attack => ({
  name: `a guest that ${what}`,
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      const one = await guest();
      await settles(what, begin(one));
      while (attacker.goesOn()) await sleep(20);
      // It would go on under the next attack.
      await settles('the end', E(one).quit());
    }),
});

const busy: Attack[] = [
  onItsOwn('calls another vat as fast as it is answered', (one) => E(one).callOn(64)),
  onItsOwn('floods another vat with calls', (one) => E(one).flood()),
  onItsOwn('floods another vat with promises', (one) => E(one).floodPromises()),
  onItsOwn('floods another vat with durable sends', (one) => E(one).floodSends()),
  onItsOwn('calls itself for ever', (one) => E(one).callSelf()),
  onItsOwn('wakes itself for ever', (one) => E(one).wakeForEver()),
  onItsOwn('prints for ever', (one) => E(one).printForEver()),
];

const excess: readonly [string, (guest: Guest) => Promise<unknown>][] = [
  ['sends 200 MB in one turn', (one) => E(one).sendLarge()],
  ['sends 200 MB in one turn for good', (one) => E(one).sendLargeForGood()],
  ['makes a million calls in one turn', (one) => E(one).callMany(1_000_000, 'x')],
  ['sets a million timers', (one) => E(one).setTimers(1_000_000)],
  ['writes a million rows', (one) => E(one).write(1_000_000, 1, 0)],
  ['writes a row of 100 MB', (one) => E(one).write(1, 100_000_000, 0)],
  ['makes a million objects', (one) => E(one).make(1_000_000)],
];

const quotas: Attack[] = excess.map(([what, begin]) => ({
  name: `a guest that ${what} is refused, and nothing of it is kept`,
  once: true,
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      const one = await guest();
      attacker.note(await failureOf(what, begin(one)));
      await assertLives(one);
      assert.equal(await E(one).size(), 0);
    }),
}));

const filling: Attack = {
  name: 'a guest that writes until it may not',
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      const one = await guest();
      let written = 0;
      let refusal = '';
      while (attacker.goesOn() && refusal === '') {
        try {
          await E(one).write(50, 20_000, written * 50);
          written += 1;
        } catch (error) {
          refusal = (error as Error).message;
        }
      }
      attacker.note(`${written} MB; ${refusal}`);
      await assertLives(one);
    }),
};

const printing: Attack = {
  name: 'a guest that prints 100 MB in one turn',
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      const one = await guest();
      await settles('printing', E(one).print(1000, 100_000));
      await assertLives(one);
    }),
};

const many: Attack = {
  name: 'vats that are made without end, of one owner',
  run: (attacker) =>
    withLand(attacker, async ({ guest }) => {
      const same = owner();
      let count = 0;
      do {
        await Promise.all(Array.from({ length: 10 }, () => guest(same)));
        count += 10;
      } while (attacker.goesOn());
      attacker.note(`${count} vats`);
    }),
};

export const guests: readonly Attack[] = [
  ...bursting,
  ...later,
  ...giving,
  ...busy,
  ...quotas,
  filling,
  printing,
  many,
];
