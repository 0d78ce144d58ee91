/**
 * One chair, offered in two markets on two nodes, and two who order it at the same moment.
 *
 * Read it for one thing: the chair has one home, which alone says who gets it. A market that lists it holds a
 * claim facet of its own, and asks before it sells. So nobody has to keep two markets in step.
 */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type {
  Claim,
  OfferDesk,
  OrderBuyer,
  OrderDesk,
  OrderSeller,
  ThingsKeeper,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { PocasNode } from '@pocas/vat-runtime/node';
import { startLoopbackNode } from '../01-soup-market/loopback-node.ts';
import { done, requestId, say } from '../06-flour-together/village.ts';
import { type Person, type Place, openPlace, untilShown } from '../11-exchange/place.ts';

const offersOf = (person: Person) => person.page<Facet<OfferDesk>>('offer');

const story = async (workshop: PocasNode, places: readonly [Place, Place]) => {
  // The home of a thing stands where the thing is: here on a node of Olga's workshop.
  const things = (await workshop.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/item')),
    label: 'things of Olga',
    powers: { clock: workshop.clock, timer: workshop.timer, grantor: workshop.grantor },
    params: { name: 'El taller' },
  })) as Facet<ThingsKeeper>;
  const { thing: chair } = done(await E(things).add('chair', 1n, requestId()));

  const list = async (place: Place, buyerName: string) => {
    const [olga, buyer] = [await place.join('Olga'), await place.join(buyerName)];
    // A text, as it goes to a market anywhere. It claims this chair, for this market, and does nothing else.
    const link = await E(chair).claimLink(place.name, requestId());
    assert.ok('secret' in link);
    const claim = (await E(place.node.enlivener).enliven(link.secret)) as Facet<Claim>;
    const terms = {
      ...{ what: 'chair', description: 'of oak', category: '', delivery: '', duration: 0n },
      alternatives: [{ own: 5n, brands: [], outside: '' }],
    };
    const stock = { kind: 'claim', claim } as const;
    done(await E(await offersOf(olga)).offerWith(terms, stock, {}, requestId()));
    const desk = await offersOf(buyer);
    const { offer } = await untilShown(desk, ({ offers }) => offers[0]);
    return { place, olga, buyer, desk, offer };
  };
  const listings = [await list(places[0], 'Ana'), await list(places[1], 'Beto')];
  say('The chair is listed in Plaza, where Ana sees it, and in Barrio, where Beto does');

  const ends = await Promise.all(
    listings.map(async (listing) => {
      const ordered = await E(listing.desk).order(listing.offer, 1n, requestId());
      // Whoever is much later finds the listing closed, and has set nothing aside.
      if (!ordered.ok) return { ...listing, order: undefined, phase: 'refused' };
      const order = ordered.order as Facet<OrderBuyer>;
      const phase = await untilShown(order, (view) =>
        ['claimed', 'refused'].find((one) => one === view.phase),
      );
      return { ...listing, order, phase };
    }),
  );
  const won = ends.find(({ phase }) => phase === 'claimed');
  const lost = ends.find(({ phase }) => phase === 'refused');
  assert.ok(won?.order && lost);
  say(
    'Both ordered at once. Who came first varies; one got it, and the other all of the price back',
  );
  const of = async ({ buyer }: { readonly buyer: Person }) => {
    const { balance, held } = await E(buyer.place).view();
    return `balance ${balance}, set aside ${held}`;
  };
  console.log(`   who got it: ${await of(won)}`);
  console.log(`   who did not: ${await of(lost)}`);

  for (const { desk } of ends)
    await untilShown(desk, ({ offers }) => (offers.length === 0 ? true : undefined));
  say('Nobody is offered it any more, in either market');

  const [sale] = (await E(await won.olga.page<Facet<OrderDesk>>('order')).view()).sales;
  const seller = sale!.order as Facet<OrderSeller>;
  done(await E(seller).ready());
  done(await E(seller).handOver());
  done(await E(won.order).accept());
  say('Olga handed it over');
  console.log(`   who got it: ${await of(won)}`);
  const { free, fulfilled } = await E(chair).view();
  console.log(`   the home of the chair: free ${free}, sold ${fulfilled}`);
};

const folder = mkdtempSync(join(tmpdir(), 'pocas-one-chair-'));
const workshop = await startLoopbackNode(join(folder, 'workshop'));
const plaza = await openPlace(join(folder, 'plaza'), 'Plaza', 'mutual');
const barrio = await openPlace(join(folder, 'barrio'), 'Barrio', 'mutual');
try {
  await story(workshop, [plaza, barrio]);
} finally {
  await barrio.node.stop();
  await plaza.node.stop();
  await workshop.stop();
  rmSync(folder, { recursive: true });
}
