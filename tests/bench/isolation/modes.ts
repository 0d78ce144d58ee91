/** What is measured: one call at a time or many, which reads or which changes what is stored. */
import { concurrently, inFlight, sequentially } from '../captp/modes.ts';
import type { Mode } from '../serve.ts';

export const places = { here: 'in one process', there: 'over ws' } as const;
export type Place = keyof typeof places;

const named = (place: Place, how: string) => `${places[place]}, ${how}`;
export const caseNames = (place: Place) =>
  ({
    sequential: named(place, 'sequential'),
    concurrent: named(place, `${inFlight} in flight`),
    /** Each call changes state; of what is stored, the answer waits for the disk. */
    changing: named(place, 'sequential, changing state'),
    changingMany: named(place, `${inFlight} in flight, changing state`),
  }) as const;

/** What the far target does. Each settles when it has answered. */
export type Calls = { echo(text: string): Promise<unknown>; count(): Promise<unknown> };

/** @throws where the far side does not do what is to be measured */
export const makeModes = async (
  place: Place,
  { echo, count }: Calls,
): Promise<Record<string, Mode>> => {
  const text = 'hello';
  if ((await echo(text)) !== text) throw new Error('Cannot measure: echo answered something else');
  if ((await count()) === (await count())) throw new Error('Cannot measure: count stands still');
  const names = caseNames(place);
  return {
    [names.sequential]: sequentially(() => echo(text)),
    [names.concurrent]: concurrently(() => echo(text)),
    [names.changing]: sequentially(count),
    [names.changingMany]: concurrently(count),
  };
};
