/** What the parts of a shelf accept of each other: all of it is of their own vat. */
import { M } from '@endo/patterns';
import type { Methods } from '../inside/shapes.ts';
import type { ShelfHub, ShelfPlace, ZoneInside } from './inside.ts';

const inside = <Names extends string>(name: string): Methods<Names> =>
  // The cast names the methods, all of which the default stands for.
  M.interface(name, {}, { defaultGuards: 'passable' }) as unknown as Methods<Names>;

export const HostI: Methods<'name' | 'derive' | 'record' | 'touch'> = inside('ShelfHost');
export const HubI: Methods<keyof ShelfHub> = inside('ShelfHub');
export const PlaceI: Methods<keyof ShelfPlace | 'group' | 'groupNumber'> = inside('ShelfPlace');
export const MakerI: Methods<'introduce' | 'grantor'> = inside('ShelfMaker');
export const CoreI: Methods<
  | 'addZone'
  | 'divideNow'
  | 'enrol'
  | 'canVouch'
  | 'invite'
  | 'thingAt'
  | 'participants'
  | 'hub'
  | 'place'
  | 'convene'
  | 'setAuditor'
  | 'begin'
> = inside('ShelfCore');
export const RunsI: Methods<'seed' | 'commit' | 'wake' | 'wait'> = inside('ShelfRuns');
export const CareI: Methods<'enclose' | 'joined'> = inside('ShelfShareCare');
export const InnerI: Methods<'leaseOf'> = inside('ShelfShareInner');
export const ZoneInsideI: Methods<keyof ZoneInside | 'usable' | 'keep' | 'settle' | 'listOf'> =
  inside('ShelfZoneInside');
