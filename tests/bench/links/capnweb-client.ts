import { session } from '../captp/capnweb-session.ts';
import type { Target } from '../captp/capnweb-target.ts';
import { dial, givenAddress } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';

const open = async () => {
  const socket = await dial(givenAddress());
  const target = session<Target>(socket);
  return {
    echo: async (text: string): Promise<unknown> => target.echo(text),
    close: () => socket.close(),
  };
};

serve(async () => ({ modes: await makeModes(open) }));
