/** Test doubles of facets: local far objects that describe themselves. */
import { Far } from '@endo/far';
import type { Description } from '@pocas/vat-runtime';

/** A word in both languages; the Spanish one is marked, so that a test can tell them apart. */
export const text = (en: string) => ({ en, es: `${en} (es)` });

export const makeFacet = (
  description: Partial<Description>,
  // `any`: each double has methods of its own.
  methods: Record<string, (...args: any[]) => unknown> = {},
): object => {
  const whole = harden({ label: text('Thing'), methods: {}, ...description });
  return Far('Double', { __describe__: () => whole, ...methods });
};
