/** How offers join a market. */
import type { Mechanism } from '../inside/types.ts';
import { makeOfferBook } from './book.ts';
import { makeOfferDesk } from './desk.ts';
import type { OfferDeskInside } from './inside.ts';

export const offerMechanism: Mechanism = {
  name: 'offer',
  isShown: true,
  found: makeOfferBook,
  desk: makeOfferDesk,
  firstStep: (_market, member, what, description, price) =>
    (member.part('offer') as OfferDeskInside).first(what, description, price),
  left: (_market, member) => (member.part('offer') as OfferDeskInside).left(),
};
