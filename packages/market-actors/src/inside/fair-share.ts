/** How what one vat may ask at a time is shared by those who ask for it. */

/** How many texts of one participant wait for other nodes at a time. */
export const maxOpening = 10;
/**
 * How many of all participants wait before each has one only, so that a few hundred who are of one mind leave
 * room for the others; and how many at most, far below what a vat may ask at a time.
 */
export const maxTogether = 500;
export const maxInAll = 2000;

/** Whether somebody who has so many waiting may open another. */
export const mayOpen = (own: number, all: number): boolean =>
  all < maxTogether ? own < maxOpening : own === 0 && all < maxInAll;
