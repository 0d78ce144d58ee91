/** Small line drawings. They repeat what the words beside them say, so they are hidden from screen readers. */
import type { Markup } from './markup.ts';

const paths = {
  /** A sprout: the mark of the project's pages. */
  sprout:
    'M12 21v-9M12 12c0-4 3-7 8-7 0 5-3 8-8 7M12 14c0-3-2.500-5.500-7-5.500 0 4 3 6.500 7 5.500',
  alert:
    'M12 8v5M12 16.500v.1M10.300 4.300 2.800 17.500A2 2 0 0 0 4.500 20.500h15a2 2 0 0 0 1.700-3L13.700 4.300a2 2 0 0 0-3.400 0z',
  cloud:
    'M3 3l18 18M7 18h10M5.500 10.500A4.500 4.500 0 0 0 7 18M9.500 6.600A6 6 0 0 1 17.900 11 3.600 3.600 0 0 1 20.300 16',
  key: 'M15.500 8.500a4 4 0 1 1-4.900 4.900L4 20v-3l2-1v-2h2l2.700-2.700a4 4 0 0 1 4.800-2.800zM15.500 12.100v.1',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  check: 'M5 13l4.500 4.500L19 8',
} as const;

export const Icon = ({ name }: { name: keyof typeof paths }): Markup => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
