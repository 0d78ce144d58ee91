/** What is measured: one call at a time or many, which reads or which changes what is stored. */
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A guest's vat may take 1,000 turns a second. To wait costs no CPU. */
const guestCallsPerSecond = 800;
const atGuestsPace =
  (mode: Mode): Mode =>
  async (calls) => {
    for (let left = calls; left > 0; left -= inFlight) {
      const made = Math.min(left, inFlight);
      const start = performance.now();
      await mode(made);
      await sleep(Math.max(0, start + (made / guestCallsPerSecond) * 1_000 - performance.now()));
    }
  };

/** @throws where the far side does not do what is to be measured */
export const makeModes = async (
  place: Place,
  { echo, count }: Calls,
  isGuest = false,
): Promise<Record<string, Mode>> => {
  const text = 'hello';
  if ((await echo(text)) !== text) throw new Error('Cannot measure: echo answered something else');
  if ((await count()) === (await count())) throw new Error('Cannot measure: count stands still');
  const names = caseNames(place);
  const paced = isGuest ? atGuestsPace : (mode: Mode) => mode;
  return {
    [names.sequential]: paced(sequentially(() => echo(text))),
    [names.concurrent]: paced(concurrently(() => echo(text))),
    [names.changing]: paced(sequentially(count)),
    [names.changingMany]: paced(concurrently(count)),
  };
};
