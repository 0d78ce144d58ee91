/**
 * Three people buy flour by the case, and reach a price that none of them reaches alone.
 *
 * Read it for one thing: where the value is. It is set aside by those who pledge, and the buy alone decides
 * over it. The organiser says what was bought and what came, and never has any of it.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import type { BulkDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { done, hours, openVillage, requestId, say } from './village.ts';

const village = await openVillage(1_000n);
const [olga, mill, ana, beto, caro] = [
  await village.join('Olga'),
  await village.join('Mill'),
  await village.join('Ana'),
  await village.join('Beto'),
  await village.join('Caro'),
] as const;
const pageOf = (person: typeof ana) => person.page<Facet<BulkDesk>>('bulk');

// Whoever supplies says so, and gives by it nothing but a way to be paid.
await E(await pageOf(mill)).beSupplier(requestId());
const organising = await pageOf(olga);
const [listed] = (await E(organising).view()).suppliers;
const { organiser } = done(
  await E(organising).organise(
    ...([listed!.supplier, 'Flour', 'whole wheat', '50: 12\n100: 10\n200: 9'] as const),
    ...([50n, 25n, 'Saturday, at the door', 48n, 24n, 72n, 336n, requestId()] as const),
  ),
);
say('Olga opens a buy: from 50 kg on 12 each, from 100 on 10, from 200 on 9; a case is 25');

for (const [person, min, max] of [
  [ana, 20n, 30n],
  [beto, 30n, 40n],
  [caro, 25n, 40n],
] as const) {
  const page = await pageOf(person);
  const [item] = (await E(page).view()).buys;
  done(await E(page).pledge(item!.buy, min, max, requestId()));
  say(`${person.name} would take ${min} to ${max}`);
}
await village.show(ana, beto, caro);

await village.pass(49 * hours);
const { total, price, people } = await E(organiser).view();
say(`The deadline is over: ${total} are bought, at ${price} each`);
for (const { name, units } of people) console.log(`   ${name} gets ${units}`);

// A receipt is words and the digest of a photo or file. All who pledged see it.
const digest = 'c0'.repeat(32);
done(await E(organiser).bought('Invoice 7', digest, requestId()));
done(await E(organiser).received(100n, 980n, 'Delivery note 7', digest, requestId()));
say('It is here, and the invoice says 980: 20 were not needed and are back, pro rata');
await village.show(olga, mill, ana, beto, caro);
await village.stop();
