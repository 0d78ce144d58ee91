/** All campaigns, over each workload. */
import { byE } from './by-e.ts';
import type { Campaign } from './campaign.ts';
import { makeIoErrors } from './io-errors.ts';
import { makeKill } from './kill.ts';
import { makePowerCut } from './power-cut.ts';
import { makeWritePoints } from './write-points.ts';

export const campaigns: readonly Campaign[] = [
  makeKill(byE),
  makeWritePoints(byE),
  makePowerCut(byE),
  makeIoErrors(byE),
];
