/**
 * A shelf where people put what they do not need and take what they do, and nobody asks who they are.
 *
 * Read it for one thing: what the methods of the shelf do not take. There is no name, no account and no
 * request's id in them, so the shelf has nothing to note of whoever came.
 */
import '@pocas/vat-runtime/lockdown';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { FreeStore, FreeStoreCare } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { days, done, requestId, say } from '../06-flour-together/village.ts';
import { inSession, openDoor } from '../10-blind-purchase/sessions.ts';

const time = makeManualTime();
const node = await makeTestNode({ time });
const closeDoor = await openDoor(node);

// What `make` answers is for those who look after the shelf.
const care = (await node.makeVat({
  module: fileURLToPath(import.meta.resolve('@pocas/market-actors/free-store')),
  label: 'free store',
  powers: { clock: node.clock, timer: node.timer, grantor: node.grantor },
  params: { name: 'La repisa', space: 20n, foodDays: 30n },
})) as Facet<FreeStoreCare>;
const poster = await E(care).poster();
if (!('secret' in poster)) throw Error(`Cannot make a poster: ${poster.code}`);
say('A poster hangs at the shelf. Its code is all that anybody needs');

/** Somebody scans the code: a session of a key that is made for it, and gone after it. */
const somebody = <Answer>(act: (shelf: Facet<FreeStore>) => Promise<Answer>) =>
  inSession<FreeStore, Answer>(poster.secret, act);
const show = () =>
  somebody(async (shelf) => {
    const { room, things } = await E(shelf).view();
    for (const { what, units } of things) console.log(`   ${units} of ${what}`);
    console.log(`   room for ${room} more`);
  });
const take = (what: string, units: bigint) =>
  somebody(async (shelf) => {
    const thing = (await E(shelf).view()).things.find((one) => one.what === what)!;
    return E(thing.act).take(units);
  });

await somebody(async (shelf) => {
  done(await E(shelf).putIn('winter coats', 3n));
  done(await E(shelf).putInFood('jars of beans', 12n, 20n));
});
await show();

const chairs = await somebody((shelf) => E(shelf).putIn('chairs', 8n));
say(`Eight chairs are more than there is room for: ${chairs.ok ? 'taken in' : chairs.code}`);

done(await take('winter coats', 1n));
done(await take('jars of beans', 4n));
say('Somebody took a coat, and somebody four jars');
await show();

time.pass(21 * days);
await node.rest();
const late = await take('jars of beans', 1n);
say(`Three weeks later the beans are past their date: ${late.ok ? 'taken' : late.code}`);

// Who looks after the shelf sees what is there. Not everybody said what they took, and nobody has to.
const { things } = await E(care).view();
for (const { what, units, isPast } of things)
  console.log(`   by the book ${units} of ${what}${isPast ? ', to be taken away' : ''}`);
for (const { what, thing } of things)
  done(await E(care).recount(thing, what === 'winter coats' ? 1n : 0n, requestId()));
say('They looked, took the old jars away, and one coat more had gone than was said');
await show();

closeDoor();
await node.stop();
