/** The ways in which links are used here, by the names of the cases. */
import { sequentially } from '../captp/modes.ts';
import type { Mode } from '../serve.ts';

export const caseNames = {
  session: 'a session: connect, one call, close',
  call: 'sequential calls',
  kilobytes: 'sequential calls with 16 KiB',
  inFlight: 'calls, 256 in flight',
} as const;

export const inFlight = 256;
const kilobytes = 'x'.repeat(16 << 10);

export type Caller = {
  echo(text: string): Promise<unknown>;
  close(): void;
};

/** @param open - a session of its own each time */
export const makeModes = async (
  open: () => Promise<Caller>,
): Promise<Readonly<Record<string, Mode>>> => {
  const { echo } = await open();
  for (const text of ['hello', kilobytes]) {
    if ((await echo(text)) !== text) throw Error('Cannot measure: echo answered something else');
  }
  return {
    [caseNames.session]: sequentially(async () => {
      const session = await open();
      await session.echo('hello');
      session.close();
    }),
    [caseNames.call]: sequentially(() => echo('hello')),
    [caseNames.kilobytes]: sequentially(() => echo(kilobytes)),
    [caseNames.inFlight]: async (calls) => {
      for (let made = 0; made < calls; made += inFlight) {
        await Promise.all(Array.from({ length: inFlight }, () => echo('hello')));
      }
    },
  };
};
