/**
 * A market on one node, a person on another, and a purchase between them.
 *
 * Read it for one thing: who holds which reference. That alone decides who can do what.
 * There are no accounts to log in to, no names to look up and no lists of permissions.
 */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type {
  MarketFounding,
  OfferDesk,
  OrderDesk,
  OrderSeller,
  Participant,
  WalletOwner,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { PocasNode } from '@pocas/vat-runtime/node';
import { startLoopbackNode } from './loopback-node.ts';

const moduleOf = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));
const say = (text: string) => console.log(`\n${text}`);

/** A random text for one intended act. Asked twice with it, a facet acts once. */
const requestId = () => randomUUID();

const makeWallet = async (node: PocasNode, name: string) => {
  // The vat can reach these two powers of its node, and nothing else in the world.
  const powers = { clock: node.clock, enlivener: node.enlivener, grantor: node.grantor };
  const wallet = await node.makeVat({
    module: moduleOf('@pocas/market-actors/wallet'),
    label: `wallet of ${name}`,
    powers,
    params: { name, secret: randomBytes(32).toString('base64url') },
  });
  // `makeVat` answers whatever the module's `make` returned: here, the facet of the wallet's owner.
  return wallet as Facet<WalletOwner>;
};

/** The place in the market that a wallet has received. */
const placeOf = async (wallet: Facet<WalletOwner>) => {
  // The cast says what kind of place it is.
  const [place] = (await E(wallet).view()).places as unknown as Facet<Participant>[];
  assert.ok(place !== undefined);
  return place;
};

/** The page of offers of somebody's place. `as` says which one it is: places have many. */
const offersOf = async (place: Facet<Participant>) =>
  (await E(place).desk('offer')) as Facet<OfferDesk>;

const showBalances = async (places: { [name: string]: Facet<Participant> }) => {
  for (const [name, place] of Object.entries(places)) {
    const { balance, held } = await E(place).view();
    console.log(`   ${name}: balance ${balance}, set aside ${held}`);
  }
};

const story = async (plaza: PocasNode, casa: PocasNode) => {
  say(
    `Two nodes: plaza (${plaza.designator.slice(0, 6)}…) and casa (${casa.designator.slice(0, 6)}…)`,
  );

  // The market is a vat on plaza. Its root can be claimed once, by its founder; after that it opens
  // nothing, so who runs the node has no key to the market. Nobody can ask the node for "the market".
  const founding = (await plaza.makeVat({
    module: moduleOf('@pocas/market-actors/market'),
    label: 'market',
    powers: { clock: plaza.clock, timer: plaza.timer },
    params: { name: 'Mercado de la sopa', secret: randomBytes(32).toString('base64url') },
  })) as Facet<MarketFounding>;
  const market = await E(founding).claim('Caro', requestId());
  assert.ok(market.ok);
  const { steward } = market.cares;

  // Ana's wallet is another vat of plaza. She gets into the market because we hand her
  // a reference to an invitation, as an argument of a call.
  const ana = await makeWallet(plaza, 'Ana');
  const forAna = await E(steward).invite(1n);
  await E(ana).joinWith(forAna, requestId());
  say('Ana, on plaza, was handed an invitation and joined');

  // Beto is on casa. A sturdy ref is a reference as a text: plaza's key, where plaza is, and
  // 256 secret bits that designate the invitation. He can be given it in any way, such as on paper.
  const beto = await makeWallet(casa, 'Beto');
  const forBeto = plaza.grantor.sturdy(await E(steward).invite(1n));
  await E(beto).join(forBeto, requestId());
  say('Beto, on casa, pasted an invitation and joined');

  // What joining gave them: a facet of the market for each, in the wallet of each.
  // Beto's stands for an object on plaza; calls of it cross the link between the nodes.
  const places = { Ana: await placeOf(ana), Beto: await placeOf(beto) };

  // Each mechanism of a market has a page of its own for each of them: here the offers, and the orders.
  const offers = { Ana: await offersOf(places.Ana), Beto: await offersOf(places.Beto) };
  await E(offers.Ana).offer('Sopa de lentejas', 'Un plato hondo, con pan', 3n, 12n, requestId());
  const [seen] = (await E(offers.Beto).view()).offers;
  assert.ok(seen !== undefined);
  say(`Beto sees, from casa: ${seen.what}, ${seen.price} each, by ${seen.maker}`);

  // Beto says which offer he means by handing back the very reference that he was shown.
  const ordered = await E(offers.Beto).order(seen.offer, 2n, requestId());
  assert.ok(ordered.ok);
  say('Beto ordered two, and the market set their price aside');
  await showBalances(places);

  // An order has a facet for its buyer and another for its seller. Beto holds the first one,
  // which has no method to hand over. There is no permission to check: he has nothing to call.
  // @ts-expect-error: the compiler knows it too
  const cheating: Promise<unknown> = E(ordered.order).handOver();
  const refusal = await cheating.catch(({ message }: Error) => message);
  say(`Beto says that it was handed over: ${refusal}`);

  // Ana finds the seller's facet in what her place shows her.
  const orders = (await E(places.Ana).desk('order')) as Facet<OrderDesk>;
  const [sale] = (await E(orders).view()).sales;
  assert.ok(sale !== undefined);
  const order = sale.order as Facet<OrderSeller>;
  await E(order).ready();
  await E(order).handOver();
  say(`Ana handed the soup to ${sale.with}`);

  await E(ordered.order).accept();
  say('Beto has it, and accepted');
  await showBalances(places);

  // Anyone may be given this one: it tells sums and no person's account.
  const auditor = await E(steward).auditor();
  const { sum } = await E(auditor).statement();
  say(`All balances add up to ${sum}`);
};

const folder = mkdtempSync(join(tmpdir(), 'pocas-soup-market-'));
const plaza = await startLoopbackNode(join(folder, 'plaza'));
const casa = await startLoopbackNode(join(folder, 'casa'));
try {
  await story(plaza, casa);
} finally {
  await casa.stop();
  await plaza.stop();
  rmSync(folder, { recursive: true });
}
