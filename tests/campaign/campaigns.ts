/** What there is to run: ways to crash a node, and what it does meanwhile. */
import { byE } from './by-e.ts';
import { bySend } from './by-send.ts';
import type { Campaign } from './campaign.ts';
import { ioErrors } from './io-errors.ts';
import { kill } from './kill.ts';
import { makePowerCut } from './power-cut.ts';
import type { Workload } from './workload.ts';
import { writePoints } from './write-points.ts';

export const campaigns: readonly Campaign[] = [kill, writePoints, makePowerCut(), ioErrors];

/** Every campaign runs with each of them, one after the other. */
export const workloads: readonly Workload[] = [byE, bySend];
