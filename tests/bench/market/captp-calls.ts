/** As many calls as an order takes, by `@endo/captp` over a WebSocket. They do nothing, and nothing is stored. */
import '../captp/default-lockdown.ts';
import { E } from '@endo/far';
import { link } from '../captp/captp-link.ts';
import { dial, givenAddress } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { callsOf, modesOf } from './modes.ts';

serve(async () => {
  const target = await link('client', await dial(givenAddress())).getBootstrap();
  return {
    modes: modesOf(async (way) => {
      for (let call = 0; call < callsOf[way]; call += 1) await E(target).echo('hello');
    }),
  };
});
