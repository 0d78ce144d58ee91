import { serve } from '../serve.ts';
import { session } from './capnweb-session.ts';
import type { Target } from './capnweb-target.ts';
import { dial, givenAddress } from './loopback.ts';
import { chainLength, makeModes } from './modes.ts';

serve(async () => {
  const target = session<Target>(await dial(givenAddress()));
  const chain = async (): Promise<void> => {
    let last = target.next();
    for (let made = 1; made < chainLength; made += 1) last = last.next();
    // A stub that nobody disposes of stays in the tables of both ends.
    (await last)[Symbol.dispose]();
  };
  return { modes: await makeModes({ echo: async (text) => target.echo(text), chain }) };
});
