/** A market on a node of its own, with people in it; and how a program waits for what comes from afar. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { MarketFounding, Participant, Steward } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { PocasNode } from '@pocas/vat-runtime/node';
import { startLoopbackNode } from '../01-soup-market/loopback-node.ts';
import { done, requestId } from '../06-flour-together/village.ts';

export type Person = {
  readonly name: string;
  readonly place: Facet<Participant>;
  /** One of this person's pages. The caller says what it is. */
  page<Page>(mechanism: string): Promise<Page>;
};
export type Place = {
  readonly node: PocasNode;
  readonly name: string;
  readonly steward: Facet<Steward>;
  join(name: string): Promise<Person>;
  show(...people: readonly Person[]): Promise<void>;
};

/** @param kind - `time`: minutes of anybody; `mutual`: credits */
export const openPlace = async (
  directory: string,
  name: string,
  kind: 'time' | 'mutual',
): Promise<Place> => {
  const node = await startLoopbackNode(directory);
  const { clock, timer, grantor, enlivener } = node;
  const founding = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/market')),
    label: 'market',
    // With the last two, the market's pages make texts for other markets, and go by texts of theirs.
    powers: { clock, timer, grantor, enlivener },
    params: { name, kind, secret: randomBytes(32).toString('base64url') },
  })) as Facet<MarketFounding>;
  const { steward } = done(await E(founding).claim('Fundadora', requestId())).cares;
  return {
    ...{ node, name, steward },
    async join(person) {
      const invitation = await E(steward).invite();
      const { participant: place } = done(await E(invitation).join(person, requestId()));
      const page = async <Page>(mechanism: string) => (await E(place).desk(mechanism)) as Page;
      return { name: person, place, page };
    },
    async show(...people) {
      for (const person of people) {
        const { balance, held, unit } = await E(person.place).view();
        console.log(`   ${person.name} in ${name}: ${balance} ${unit}, set aside ${held}`);
      }
    },
  };
};

type Shown<View> = { view(): View; changes(since?: string): Promise<string> };

/** Looks at a page again whenever it changes, until it shows what is waited for. */
export const untilShown = async <View, Found>(
  page: Facet<Shown<View>>,
  find: (view: View) => Found | undefined,
): Promise<Found> => {
  // `E` does not carry over what `View` is.
  const shown = E(page as Facet<Shown<unknown>>);
  let version = await shown.changes();
  for (;;) {
    const found = find((await shown.view()) as View);
    if (found !== undefined) return found;
    version = await shown.changes(version);
  }
};
