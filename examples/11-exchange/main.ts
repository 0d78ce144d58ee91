/**
 * Ten minutes of therapy against a jar of jam, between a market that counts minutes and one that counts credits.
 *
 * Read it for one thing: no one changes minutes into credits, and there is no rate but that of one offer.
 * Two people who agree give each other value of two ledgers, on two nodes; both gifts happen, or none does.
 */
import '@pocas/vat-runtime/lockdown';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { BridgeCare, BridgeDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { done, requestId, say } from '../06-flour-together/village.ts';
import { type Person, type Place, openPlace, untilShown } from './place.ts';

/** Every page says what it is. */
type Described = { __describe__(): { readonly label: { readonly en: string } } };

const bridgeOf = (person: Person) => person.page<Facet<BridgeDesk>>('bridge');
/** The steward's page on other markets. */
const careOf = async ({ steward }: Place) => {
  const { pages } = await E(steward).view();
  for (const page of pages) {
    const { label } = await E(page as unknown as Facet<Described>).__describe__();
    if (label.en === 'Exchange with other markets') return page as unknown as Facet<BridgeCare>;
  }
  throw Error('Cannot find the page on other markets: this steward has none');
};
/** A text that the page answered. */
const textOf = (answer: { readonly secret: string } | { readonly ok: false }): string => {
  if (!('secret' in answer)) throw Error('refused');
  return answer.secret;
};

const story = async (care: Place, jam: Place) => {
  const tere = await care.join('Tere');
  const jaime = await jam.join('Jaime');
  const jaimeInCare = await care.join('Jaime');
  say('Tere lives in Cuidados and counts minutes. Jaime makes jam, and has an account in both');

  // A market deals with those alone whom its steward was introduced to: a text, such as on paper, once.
  const introduction = textOf(await E(await careOf(jam)).introduceLink('Cuidados', requestId()));
  done(await E(await careOf(care)).meetBy(introduction, 'Mermeladas', requestId()));
  const atJam = await bridgeOf(jaime);
  const { partner, label } = await untilShown(atJam, ({ partners }) => partners[0]);
  say(`The stewards have met: Jaime sees ${label}`);

  // Minutes are to go to his account there. The text opens it for gifts and nothing else.
  const toJaime = textOf(await E(await bridgeOf(jaimeInCare)).accountLink());
  done(await E(atJam).propose(partner, 8n, 10n, 24n, toJaime, requestId()));
  const atCare = await bridgeOf(tere);
  const seen = await untilShown(atCare, ({ offers }) => offers[0]);
  say(`Tere is offered ${seen.gets} of ${seen.from} for ${seen.costs} minutes`);

  done(await E(atCare).take(seen.offer, '', requestId()));
  const settled = (desk: Facet<BridgeDesk>) =>
    untilShown(desk, ({ trades }) => trades.find(({ phase }) => phase === 'settled'));
  const { page } = await settled(atCare);
  await settled(atJam);
  say('She took it. Both ledgers set it aside, one decided for both, and both have moved it');
  await care.show(tere, jaimeInCare);
  await jam.show(jaime);

  // She has no account in the jam market: what she got is a payment, good for whoever puts it into an account.
  await untilShown(page, ({ payment }) => payment);
  const jar = textOf(await E(atJam).accountLink());
  done(await E(page).passOn(jar, requestId()));
  await untilShown(jaime.place, ({ balance }) => (balance === 0n ? true : undefined));
  say('She gave it to Jaime for a jar');
  await jam.show(jaime);

  // And he pays her minutes for therapy, within her own market.
  const payee = await E(await E(tere.place).account()).payee();
  done(await E(await E(jaimeInCare.place).account()).pay(payee, 10n, requestId()));
  say('He had his ten minutes of therapy');
  await care.show(tere, jaimeInCare);
};

const folder = mkdtempSync(join(tmpdir(), 'pocas-exchange-'));
const care = await openPlace(join(folder, 'care'), 'Cuidados', 'time');
const jam = await openPlace(join(folder, 'jam'), 'Mermeladas', 'mutual');
try {
  await story(care, jam);
} finally {
  await jam.node.stop();
  await care.node.stop();
  rmSync(folder, { recursive: true });
}
