/**
 * A baker knows on Thursday how many loaves are wanted on Saturday, and that they will be paid.
 *
 * Read it for one thing: what a missed payment does. Nothing is ordered, nothing is owed, and the subscriber
 * is told.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import type { PlanProducer, SubscriptionDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { days, done, openVillage, requestId, say } from '../06-flour-together/village.ts';

const village = await openVillage(20n);
const [baker, ana, beto] = [
  await village.join('Panadera'),
  await village.join('Ana'),
  await village.join('Beto'),
] as const;
const pageOf = (person: typeof ana) => person.page<Facet<SubscriptionDesk>>('subscription');

// Loaves at 5, one to four each week; orders are made 48 hours before, if at least one person wants some.
// One week of a commitment may be skipped, two paused, and leaving takes one more.
const terms = ['Bread', 'sourdough', 5n, 1n, 4n, 7n, 7n, 48n, 1n, 1n, 2n, 1n] as const;
const inputs = '500 g flour\n10 g salt';
const { producer } = done(await E(await pageOf(baker)).produce(...terms, inputs, requestId()));

const subscribe = async (person: typeof ana, quantity: bigint, delivery: string) => {
  const page = await pageOf(person);
  const [item] = (await E(page).view()).plans;
  const answer = await E(page).subscribe(item!.plan, quantity, 4n, delivery, requestId());
  return done(answer).subscription;
};
const anas = await subscribe(ana, 2n, 'the blue door');
const betos = await subscribe(beto, 3n, '');
say('Ana wants 2 each week, Beto 3, for four weeks');

const showSignal = async (signal: Facet<PlanProducer>) => {
  const view = await E(signal).view();
  console.log(`   to make: ${view.ordered}; sure income: ${view.sureIncome}`);
  for (const { what, amount } of view.inputs) console.log(`   needs ${amount} ${what}`);
  for (const { quantity, delivery } of view.deliveries)
    console.log(`   a bag with ${quantity}${delivery === '' ? '' : `, to ${delivery}`}`);
};

done(await E(anas).skip(requestId()));
await village.pass(5 * days);
say('The first week. Ana skips it');
await showSignal(producer);

await village.pass(7 * days);
say('The second week. Beto has not fetched the first, and another 15 would pass his limit');
await showSignal(producer);
const { past } = await E(betos).view();
say(`Beto’s weeks: ${past.map(({ outcome }) => outcome).join(', ')}`);
await village.show(ana, beto);
await village.stop();
