import '../captp/default-lockdown.ts';
import { E } from '@endo/far';
import { link } from '../captp/captp-link.ts';
import { dial, givenAddress } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';

const open = async () => {
  const socket = await dial(givenAddress());
  const target = link('client', socket).getBootstrap();
  return {
    echo: (text: string): Promise<unknown> => E(target).echo(text),
    close: () => socket.close(),
  };
};

serve(async () => ({ modes: await makeModes(open) }));
