/** Two of our endpoints in one process, with a switchboard between them. */
import '@pocas/vat-runtime/lockdown';
import { Switchboard, makeOwnEndpoint } from '@pocas/vat-runtime/testing';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';
import { callsOn, makeTarget } from './target.ts';

const NO_SLOTS = {
  at: () => undefined,
  slotOf: () => undefined,
  next: () => 'o-d1',
  keep: () => {},
  erase: () => {},
  wasGiven: () => false,
  isNamed: () => false,
};

serve(async () => {
  const switchboard = new Switchboard({
    slots: NO_SLOTS,
    gate: (release) => release(),
    provide: () => undefined,
  });
  const target = makeTarget();
  const connect = (id: string, lasting: boolean) => {
    const connection = switchboard.add(id, { inside: lasting, remote: false, lasting });
    const endpoint = makeOwnEndpoint({
      id,
      send: (message) => switchboard.receive(connection, message),
      later: (task) => void setImmediate(task),
      lasting: {
        slotOf: (value) => (value === target ? 'o+dtarget' : undefined),
        valueAt: (slot) => (slot === 'o+dtarget' ? target : undefined),
      },
    });
    switchboard.up(connection, {
      send: (message) => queueMicrotask(() => endpoint.dispatch(message)),
      end: (reason) => endpoint.end(reason),
    });
    return { connection, endpoint };
  };
  const far = connect('far', true);
  const near = connect('near', false);
  near.connection.bootstrap = switchboard.refAt(far.connection, 'o+dtarget');
  return { modes: await makeModes('here', callsOn(await near.endpoint.getBootstrap())) };
});
