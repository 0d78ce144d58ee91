/** Every attack. Names are unique: they are test names, and choose attacks of a campaign. */
import type { Attack } from './attack.ts';
import { floods } from './attacks/floods.ts';
import { guests } from './attacks/guests.ts';
import { malformed } from './attacks/malformed.ts';
import { pages } from './attacks/pages.ts';
import { sockets } from './attacks/sockets.ts';
import { walks } from './attacks/walking.ts';

export const attacks: readonly Attack[] = [
  ...malformed,
  ...walks,
  ...floods,
  ...sockets,
  ...pages,
  ...guests,
];
