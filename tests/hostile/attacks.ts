/** Every attack. Names are unique: they are test names, and choose attacks of a campaign. */
import type { Attack } from './attack.ts';
import { floods } from './attacks/floods.ts';
import { guests } from './attacks/guests.ts';
import { malformed } from './attacks/malformed.ts';
import { nodes } from './attacks/nodes.ts';
import { pages } from './attacks/pages.ts';
import { sockets } from './attacks/sockets.ts';
import { walks } from './attacks/walking.ts';

/** What the machine itself does to the figures. */
const nothing: Attack = {
  name: 'no attack at all',
  run: async ({ goesOn }) => {
    while (goesOn()) await new Promise((resolve) => setTimeout(resolve, 20));
  },
};

/** By what somebody would do them with. */
export const families: Readonly<Record<string, readonly Attack[]>> = {
  nothing: [nothing],
  'malformed messages': malformed,
  'walks to what was not given': walks,
  floods,
  connections: sockets,
  'other nodes': nodes,
  pages,
  guests,
};

export const attacks: readonly Attack[] = Object.values(families).flat();
