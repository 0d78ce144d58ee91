/** What the mac of a review is over. For buyers too, so it is pure. */
export const reviewContext = (offer: bigint, text: string): string =>
  JSON.stringify(['review', `${offer}`, text]);
