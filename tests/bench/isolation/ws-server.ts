/** What is called over a WebSocket: `node ws-server.js <kind of endpoint>|power|vat|guest` */
import '@pocas/vat-runtime/lockdown';
import { makePower } from '@pocas/vat-runtime/node';
import type { RawData } from 'ws';
import { listen } from '../captp/loopback.ts';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import { serve } from '../serve.ts';
import { type EndName, makeEnd } from './ends.ts';
import { TargetI, makeMethods, makeTarget } from './target.ts';
import { targetModule } from './target-module.ts';

const name = process.argv[2] as EndName | 'power' | 'vat' | 'guest';

const startNode = async (what: 'power' | 'vat' | 'guest') => {
  const node = await startLoopbackNode();
  const target =
    what === 'power'
      ? node.definePower('target', makePower('Target', TargetI, makeMethods()))
      : await node.makeVat({
          module: targetModule,
          label: 'bench',
          ...(what === 'guest' ? { owner: 'guest' } : {}),
        });
  return { ready: node.grantor.sturdy(target), close: node.stop };
};

const startEnd = async (end: EndName) => {
  const target = makeTarget();
  const ready = await listen((socket) => {
    const { dispatch } = makeEnd(
      end,
      'server',
      (message) => socket.send(JSON.stringify(message)),
      target,
    );
    socket.on('message', (data: RawData) => dispatch(JSON.parse(data.toString())));
  });
  return { ready };
};

serve(() =>
  name === 'power' || name === 'vat' || name === 'guest' ? startNode(name) : startEnd(name),
);
