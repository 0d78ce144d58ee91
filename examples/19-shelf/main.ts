/**
 * A shelf that five people share, divided by a rule that each of them can reckon again.
 *
 * Read it for one thing: the steward says how large the shelf is, and nothing about who gets how much. That follows
 * from what people ask for, from what was taken off their slots, and from who is new; and the last lines divide
 * it once more, outside of the vat, from what the vat published.
 */
import '@pocas/vat-runtime/lockdown';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import {
  type ShelfFounding,
  type ShelfParticipant,
  type Zone,
  divideZone,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { PlaceInvitation } from '@pocas/vat-runtime/actors';
import { days, done, requestId, say } from '../06-flour-together/village.ts';

const time = makeManualTime();
const node = await makeTestNode({ time });
const week = async () => {
  time.pass(7 * days);
  await node.rest();
};

const root = (await node.makeVat({
  module: fileURLToPath(import.meta.resolve('@pocas/market-actors/shelf')),
  label: 'shelf',
  powers: { clock: node.clock, timer: node.timer, grantor: node.grantor },
  params: { name: 'Los estantes', secret: Buffer.alloc(32, 7).toString('base64url') },
})) as Facet<ShelfFounding>;
const founded = done(await E(root).claim('Olga', requestId()));
const { steward } = founded.cares;
const fridge = done(await E(steward).mapZone('Refri', 'cold', 20n, 2n, 'cold', requestId())).zone;
say('Olga says that there is a fridge of 20 slots, 2 of them for gifts');

type Person = Facet<ShelfParticipant>;
const enter = async (invitation: Facet<PlaceInvitation>, name: string): Promise<Person> =>
  // The cast says which place it is.
  done(await E(invitation).join(name, requestId())).participant as unknown as Person;
const join = async (name: string) =>
  enter(done(await E(steward).invite(requestId())).invitation, name);
const [ana, beto, caro] = [await join('Ana'), await join('Beto'), await join('Caro')];
const eva = await enter(done(await E(ana).introduce(requestId())).invitation, 'Eva');
for (const person of [ana, beto, caro, eva])
  done(await E(person).request(fridge, 12n, 'cold', requestId()));

const show = async () => {
  for (const { who, slots, free } of (await E(fridge).view()).places)
    console.log(`   ${free ? 'free' : who}: ${slots}`);
};
await week();
say('A week later all four have asked for 12, and Eva is new');
await show();

// What is taken off a slot counts for its holder. Who counts is the market; nobody counts for themselves.
const { counter } = done(await E(steward).counter('the till', requestId()));
const [lease] = (await E(beto).view()).leases;
const jam = done(await E(beto).makeGroup('jam', requestId())).group; // anything that lasts
done(await E(lease!.lease).place(jam, requestId()));
for (let i = 0; i < 2; i += 1) done(await E(counter).sold(jam, 30n, requestId()));
await week();
say('Sixty jars were taken off Beto’s slots');
await show();
const why = done(await E(beto).explain(fridge));
console.log(`   Beto asks why: ${why.words.en}`);

done(await E(steward).breakZone(fridge, 8n, requestId()));
say('The fridge breaks but for 8 slots. What is empty goes at once, the rest within a day');
await show();

const reckon = async (zone: Facet<Zone>) => {
  const published = done(await E(zone).inputs(await E(node.clock).epoch(), 0n));
  const { shares } = divideZone(published.rule, published.claims);
  return published.claims.every(({ slots }, i) => slots === shares[i]!.slots);
};
say(`Divided again by anybody, it is the same: ${(await reckon(fridge)) ? 'yes' : 'no'}`);

await node.stop();
