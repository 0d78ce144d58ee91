/** Who calls over a WebSocket: `node ws-client.js <address> <kind of endpoint>|power|vat|guest` */
import '@pocas/vat-runtime/lockdown';
import { randomBytes } from 'node:crypto';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { RawData } from 'ws';
import { dial, givenAddress } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { type EndName, makeEnd } from './ends.ts';
import { makeModes } from './modes.ts';
import { callsOn } from './target.ts';

const name = process.argv[3] as EndName | 'power' | 'vat' | 'guest';

const enliven = async (): Promise<unknown> => {
  const { object } = await connect(givenAddress(), {
    dial: dialChannel,
    ciphers: nodeCiphers,
    random: (byteLength) => new Uint8Array(randomBytes(byteLength)),
    later: (task) => void setImmediate(task),
  });
  return object;
};

const bootstrap = async (end: EndName): Promise<unknown> => {
  const socket = await dial(givenAddress());
  const { dispatch, getBootstrap } = makeEnd(end, 'client', (message) =>
    socket.send(JSON.stringify(message)),
  );
  socket.on('message', (data: RawData) => dispatch(JSON.parse(data.toString())));
  return getBootstrap();
};

serve(async () => {
  const target = await (name === 'guarded captp' || name === 'our endpoint'
    ? bootstrap(name)
    : enliven());
  return { modes: await makeModes('there', callsOn(target), name === 'guest') };
});
