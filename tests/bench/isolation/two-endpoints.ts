/** Two ends in one process, with no transport between them: `node two-endpoints.js <kind of endpoint>` */
import '@pocas/vat-runtime/lockdown';
import { serve } from '../serve.ts';
import { type End, type EndName, makeEnd } from './ends.ts';
import { makeModes } from './modes.ts';
import { callsOn, makeTarget } from './target.ts';

const name = process.argv[2] as EndName;

serve(async () => {
  const far: End = makeEnd(name, 'far', (message) => near.dispatch(message), makeTarget());
  const near: End = makeEnd(name, 'near', (message) => far.dispatch(message));
  return { modes: await makeModes('here', callsOn(await near.getBootstrap())) };
});
