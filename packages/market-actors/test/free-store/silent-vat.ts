/** A tag that never says what it carries. */
import { M } from '@endo/patterns';
import { defineActor } from '@pocas/vat-runtime';

const makeSilent = defineActor({
  name: 'Silent',
  state: {},
  init: () => ({}),
  guards: { tag: M.interface('Silent', {}, { defaultGuards: 'passable' }) },
  facets: {
    tag: {
      async view() {
        return new Promise(() => {});
      },
    },
  },
  readOnly: ['tag.view'],
});

export const make = (): unknown => makeSilent().tag;
