import '../captp/default-lockdown.ts';
import { link } from '../captp/captp-link.ts';
import { dial, givenAddress } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';
import { callsOn } from './target.ts';

serve(async () => {
  const target = await link('client', await dial(givenAddress())).getBootstrap();
  return { modes: await makeModes('there', callsOn(target)) };
});
