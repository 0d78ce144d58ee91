import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { M } from '@endo/patterns';
import { describe } from '@pocas/vat-runtime';
import type { VatLibrary } from '#src/vat/library.js';
import { loadOverRows } from './over-rows.ts';

const text = (en: string) => ({ en, es: en });

const defineAuction = ({ defineActor }: VatLibrary) => ({
  makeAuction: defineActor({
    name: 'Auction',
    state: { best: M.nat() },
    init: () => ({ best: 0n }),
    guards: {
      seller: describe(
        M.interface('Seller', {
          close: M.call().returns(),
          reopen: M.call().returns(),
          look: M.call().returns(M.string()),
          closeAndFail: M.call(M.boolean()).returns(),
          tryToClose: M.call().returns(M.string()),
          leap: M.call(M.any()).returns(),
          leapAside: M.call(M.any()).returns(),
        }),
        {
          label: text('Sale'),
          view: 'look',
          methods: {
            look: { label: text('Look'), args: [] },
            close: { label: text('Close'), args: [] },
            reopen: { label: text('Open again'), args: [] },
          },
        },
      ),
      buyer: M.interface('Buyer', {
        bid: M.call(M.nat()).returns(M.nat()),
        bidLater: M.callWhen(M.await(M.nat())).returns(M.nat()),
      }),
    },
    phases: {
      open: ['seller.close', 'seller.closeAndFail', 'buyer.bid', 'buyer.bidLater'],
      closed: ['seller.reopen'],
      sold: [],
    },
    readOnly: ['seller.leapAside'],
    facets: {
      seller: {
        close() {
          this.become('closed');
        },
        reopen() {
          this.become('open');
        },
        look(): string {
          return this.phase;
        },
        closeAndFail(twice: boolean) {
          this.become('closed');
          if (twice) this.become('sold');
          throw Error('closed and failed');
        },
        tryToClose(): string {
          try {
            this.facets.seller.closeAndFail(true);
          } catch {
            // The phase is as it was.
          }
          return this.phase;
        },
        leap(phase: any) {
          this.become(phase);
        },
        leapAside(phase: any) {
          this.become(phase);
        },
      },
      buyer: {
        bid(price: bigint) {
          return (this.state.best = price);
        },
        bidLater(price: bigint) {
          return (this.state.best = price);
        },
      },
    },
  }),
});

const load = (rows = new Map<string, string>()) => {
  const over = loadOverRows(rows, defineAuction);
  const { seller, buyer } = over.turn(() => over.kinds.makeAuction());
  return { rows, over, seller: seller as any, buyer: buyer as any };
};

test('an object begins in the first phase, and its methods are there in theirs only', async () => {
  const { seller, buyer } = load();
  assert.equal(seller.look(), 'open');
  assert.equal(buyer.bid(5n), 5n);
  assert.throws(
    () => seller.reopen(),
    /Cannot call "Auction.seller.reopen" in phase "open": it is there in "closed"/,
  );
  seller.close();
  assert.equal(seller.look(), 'closed');
  assert.throws(
    () => buyer.bid(6n),
    /Cannot call "Auction.buyer.bid" in phase "closed": it is there in "open"/,
  );
  await assert.rejects(buyer.bidLater(6n), /Cannot call "Auction.buyer.bidLater" in phase/);
  seller.reopen();
  assert.equal(await buyer.bidLater(Promise.resolve(7n)), 7n);
});

test('a phase is part of the turn: undone with it, and with the callee whose throw was caught', () => {
  const { rows, over, seller } = load();
  assert.throws(() => seller.closeAndFail(false), /closed and failed/);
  assert.equal(seller.look(), 'open');
  assert.equal(seller.tryToClose(), 'open');
  assert.throws(() =>
    over.turn(() => {
      seller.close();
      seller.reopen();
      seller.close();
      throw Error('whole turn');
    }),
  );
  assert.equal(seller.look(), 'open');
  assert.match(rows.get('o/1')!, /"phase":"open"/);
});

test('a phase survives a restart; an object from before there were phases is in the first', () => {
  const { rows, seller } = load();
  seller.close();
  const again = loadOverRows(rows, defineAuction);
  assert.equal(again.at('o+d1.seller').look(), 'closed');
  assert.throws(() => again.at('o+d1.buyer').bid(1n), /in phase "closed"/);

  const { phase, ...before } = JSON.parse(rows.get('o/1')!);
  assert.equal(phase, 'closed');
  rows.set('o/1', JSON.stringify(before));
  assert.equal(loadOverRows(rows, defineAuction).at('o+d1.seller').look(), 'open');

  rows.set('o/1', JSON.stringify({ ...before, phase: 'gone' }));
  assert.throws(
    () => loadOverRows(rows, defineAuction).at('o+d1.seller'),
    /Cannot revive "Auction": it is stored in phase "gone"/,
  );
});

test('a facet describes only the methods of its phase', () => {
  const { seller } = load();
  const offered = () => {
    const { methods, order } = seller.__describe__();
    assert.deepEqual(order.methods, Object.keys(methods));
    return order.methods;
  };
  assert.deepEqual(offered(), ['look', 'close']);
  seller.close();
  assert.deepEqual(offered(), ['look', 'reopen']);
  assert.equal(seller.__describe__().view, 'look');
});

test('a phase that is not there is refused, and so is a change outside a turn', () => {
  const { over, seller } = load();
  for (const phase of ['gone', 'toString', '', undefined, 1n]) {
    assert.throws(() => seller.leap(phase), /Cannot become ".*": "Auction" has no such phase/);
  }
  seller.leap('sold');
  assert.equal(seller.look(), 'sold');
  assert.throws(() => seller.leapAside('open'), /Cannot become "open": no turn is running/);
  assert.throws(() => over.turn(() => seller.leapAside('open')), /listed in readOnly/);
  assert.equal(seller.look(), 'sold');
});
