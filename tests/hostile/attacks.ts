/** Every attack. Names are unique: they are test names, and choose attacks of a campaign. */
import type { Attack } from './attack.ts';
import { floods } from './attacks/floods.ts';
import { malformed } from './attacks/malformed.ts';
import { walks } from './attacks/walking.ts';

export const attacks: readonly Attack[] = [...malformed, ...walks, ...floods];
