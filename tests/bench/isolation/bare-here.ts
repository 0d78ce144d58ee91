/** Bare `@endo/captp`, both ends in one process, with no transport between them. */
import '../captp/default-lockdown.ts';
import { makeCapTP } from '@endo/captp';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';
import { callsOn, makeTarget } from './target.ts';

serve(async () => {
  const far = makeCapTP('far', (message) => near.dispatch(message), makeTarget());
  const near = makeCapTP('near', (message) => far.dispatch(message));
  return { modes: await makeModes('here', callsOn(await near.getBootstrap())) };
});
