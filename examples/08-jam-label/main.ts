/**
 * Four people made a jam, and one of them would rather not be named. A jar is sold, and then used again.
 *
 * Read it for one thing: the tag on the jar and the label on the tag are two objects. The tag lasts as long
 * as the jar; a label is one batch, says what it says for good, and knows who shares in it.
 */
import '@pocas/vat-runtime/lockdown';
import { E } from '@endo/far';
import type { LabelDesk, OfferDesk, OrderDesk, OrderSeller } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { done, openVillage, requestId, say } from '../06-flour-together/village.ts';

const village = await openVillage(20n);
const [ana, beto, caro, dora, eva] = [
  await village.join('Ana'),
  await village.join('Beto'),
  await village.join('Caro'),
  await village.join('Dora'),
  await village.join('Eva'),
] as const;
const labels = await ana.page<Facet<LabelDesk>>('label');

const text = ['Plum jam', 'jam', 'plums, sugar', 'none', '', '', '', '', '', ''] as const;
const { label: jam } = done(await E(labels).make(...text, 365n, requestId()));
for (const [person, parts, how] of [
  [beto, 2_500n, 'share'],
  [caro, 1_234n, 'share'],
  [dora, 3_333n, 'shareUnlisted'],
] as const) {
  // A card stands for a person and gives nothing but that. They hand it on themselves.
  const card = await E(await person.page<Facet<LabelDesk>>('label')).card();
  done(await E(jam)[how](card, parts, requestId()));
}
const { label } = await E(jam).view();
const { contributors, unlisted } = await E(label).view();
say('What everybody reads on the label');
for (const { name, parts } of contributors) console.log(`   ${name}: ${parts} of 10,000`);
console.log(`   others: ${unlisted}`);

const { tag } = done(await E(labels).newTag('jar 12', requestId()));
done(await E(tag).bind(label, requestId()));
// The code on the jar is a sturdy ref to what the jar says, and to nothing else.
const printed = await E(tag).print(requestId());
say(`A tag is bound to it; its code ${'secret' in printed ? 'can be printed' : 'cannot be made'}`);

const terms = {
  ...{ what: 'Plum jam', description: '', category: '', delivery: '', duration: 0n },
  alternatives: [{ own: 7n, brands: [], outside: '' }],
};
const offers = await ana.page<Facet<OfferDesk>>('offer');
done(await E(offers).offerWith(terms, { kind: 'units', units: 1n }, { label }, requestId()));

const shop = await eva.page<Facet<OfferDesk>>('offer');
const [seen] = (await E(shop).view()).offers;
const { order } = done(await E(shop).order(seen!.offer, 1n, requestId()));
const [sale] = (await E(await ana.page<Facet<OrderDesk>>('order')).view()).sales;
const sold = sale!.order as Facet<OrderSeller>;
done(await E(sold).ready());
done(await E(sold).handOver());
done(await E(order).accept());
say('Eva bought it for 7, and it was divided to the last one');
await village.show(ana, beto, caro, dora, eva);

done(await E(tag).reset(requestId()));
const soapText = ['Soap', 'soap', '', '', '', '', '', '', '', ''] as const;
const { label: soap } = done(await E(labels).make(...soapText, 0n, requestId()));
done(await E(tag).bind((await E(soap).view()).label, requestId()));
const { name, history } = await E(tag).view();
say(`The jar is used again: it says ${name}; before it said ${history[0]!.name}`);
await village.stop();
