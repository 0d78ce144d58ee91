/** What the parts of a shelf accept of each other: all of it is of their own vat. */
import { M } from '@endo/patterns';
import type { Methods } from '../inside/shapes.ts';

const inside = (name: string): Methods<string> =>
  M.interface(name, {}, { defaultGuards: 'passable' });

export const HubI: Methods<string> = inside('ShelfHub');
export const PlaceI: Methods<string> = inside('ShelfPlace');
export const MakerI: Methods<string> = inside('ShelfMaker');
export const CoreI: Methods<string> = inside('ShelfCore');
export const RunsI: Methods<string> = inside('ShelfRuns');
export const SeatI: Methods<string> = inside('ShelfSeat');
export const ZoneInsideI: Methods<string> = inside('ShelfZoneInside');
