/** What a page is rendered from: facets as they answered just now. */
import type { Description } from '@pocas/vat-runtime';
import type { ViewRecord } from '../description/walk.ts';
import type { Address } from '../session/address-book.ts';

/** One facet as it answered just now. */
export type FacetLook = {
  readonly facet: object;
  readonly address: Address;
  /** Undefined where it did not describe itself properly and in time. */
  readonly description: Description | undefined;
  /** The record to show. Undefined where it was not asked for, or did not come. */
  readonly view: ViewRecord | undefined;
  /** Whether all that was asked was answered. */
  readonly reachable: boolean;
};

export type PageLook = {
  readonly root: FacetLook;
  /** What is known of the other facets that the page shows or links to. */
  readonly parts: ReadonlyMap<object, FacetLook>;
  addressOf(presence: object): Address;
};
