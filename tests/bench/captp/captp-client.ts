import './default-lockdown.ts';
import { E } from '@endo/far';
import { serve } from '../serve.ts';
import { link } from './captp-link.ts';
import { chainOf } from './chain.ts';
import { dial, givenAddress } from './loopback.ts';
import { makeModes } from './modes.ts';

serve(async () => {
  const target = await link('client', await dial(givenAddress())).getBootstrap();
  return {
    modes: await makeModes({ echo: (text) => E(target).echo(text), chain: () => chainOf(target) }),
  };
});
