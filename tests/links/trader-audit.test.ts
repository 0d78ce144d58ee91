/** The oracle of the campaign `links` finds what it is there to find. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { type Asked, type TraderStatement, auditTraders } from './trader-audit.ts';
import type { Incoming, Outgoing } from './vats/trader.ts';

type Book = {
  balance: bigint;
  outgoing: Map<string, Outgoing>;
  incoming: Map<string, Incoming>;
  faults: string[];
};

/** Two payments from trader 0 to trader 1, the second of which expired, and one that left nobody knows whether. */
const sound = (): { books: [Book, Book]; asked: Asked[] } => {
  const first = { value: 5n, payer: 0n, payee: 1n, place: 1n };
  const second = { value: 3n, payer: 0n, payee: 1n, place: 2n };
  const of = (id: string, value: bigint, acknowledged: boolean, isLate = false): Asked => ({
    ...{ id, from: 0, to: 1, value, acknowledged, isLate },
  });
  return {
    books: [
      {
        balance: -5n,
        outgoing: new Map<string, Outgoing>([
          ['p0', { ...first, end: 'settled' }],
          ['p1', { ...second, end: 'expired' }],
        ]),
        incoming: new Map(),
        faults: [],
      },
      {
        balance: 5n,
        outgoing: new Map(),
        incoming: new Map([['p0', { ...first, confirmed: true }]]),
        faults: [],
      },
    ],
    asked: [of('p0', 5n, true), of('p1', 3n, true, true), of('p2', 9n, false)],
  };
};

const audit = ({ books, asked }: { books: readonly TraderStatement[]; asked: readonly Asked[] }) =>
  auditTraders(books, asked);

test('what is sound has nothing wrong', () => {
  assert.deepEqual(audit(sound()), []);
});

type Scene = ReturnType<typeof sound>;
const outgoing = ({ books }: Scene, id: string) => books[0].outgoing.get(id)!;
const incoming = ({ books }: Scene, id: string) => books[1].incoming.get(id)!;
const spoilt: readonly [what: string, spoil: (scene: Scene) => void, expected: RegExp][] = [
  ['a payment that never came', ({ books }) => books[1].incoming.delete('p0'), /p0 never came/],
  ['a payment that never left', ({ books }) => books[0].outgoing.delete('p0'), /p0 is absent/],
  [
    'a payment that came out of nothing',
    ({ books }) => {
      books[0].outgoing.delete('p0');
    },
    /p0 came and never left/,
  ],
  [
    'an expired payment that came all the same',
    (scene) => {
      scene.books[1].incoming.set('p1', { ...outgoing(scene, 'p1'), confirmed: false });
      scene.books[1].balance += 3n;
    },
    /p1 expired for the payer, and came/,
  ],
  [
    'a late payment that was carried out',
    (scene) => scene.books[0].outgoing.set('p1', { ...outgoing(scene, 'p1'), end: 'settled' }),
    /p1 came after its time/,
  ],
  [
    'a payment without an end',
    (scene) => scene.books[0].outgoing.set('p0', { ...outgoing(scene, 'p0'), end: 'open' }),
    /p0 is still under way/,
  ],
  [
    'a payment of another value',
    (scene) => scene.books[1].incoming.set('p0', { ...incoming(scene, 'p0'), value: 6n }),
    /p0 is of 5, and came as 6/,
  ],
  [
    'a payment in another place',
    (scene) => scene.books[1].incoming.set('p0', { ...incoming(scene, 'p0'), place: 2n }),
    /p0 left as 1, came as 2/,
  ],
  [
    'a receipt that was lost',
    (scene) => scene.books[1].incoming.set('p0', { ...incoming(scene, 'p0'), confirmed: false }),
    /p0 was not confirmed/,
  ],
  [
    'a payment that nobody asked for',
    (scene) => scene.books[1].incoming.set('p9', incoming(scene, 'p0')),
    /1 rows belong to no payment/,
  ],
  ['value that was made', ({ books }) => (books[1].balance += 1n), /the sum .* is 1, not 0/],
  [
    'what a trader saw itself',
    ({ books }) => books[1].faults.push('payment p0 came twice'),
    /trader 1: payment p0 came twice/,
  ],
];
for (const [what, spoil, expected] of spoilt) {
  test(`${what} is found`, () => {
    const scene = sound();
    spoil(scene);
    assert.match(audit(scene).join('\n'), expected);
  });
}
