/** A durable vat in the same process, called from a web session: `node in-vat.js inline|thread|process` */
import '@pocas/vat-runtime/lockdown';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import { startLoopbackNode } from '../captp/pocas-node.ts';
import { serve } from '../serve.ts';
import { makeModes } from './modes.ts';
import { callsOn } from './target.ts';
import { targetModule } from './target-module.ts';

serve(async () => {
  const node = process.argv[2] === 'inline' ? await makeTestNode() : await startLoopbackNode();
  const made = await node.makeVat({
    module: targetModule,
    label: 'bench',
    ...(process.argv[2] === 'process' ? { owner: 'guest' } : {}),
  });
  const [, swiss] = /\/s\/([^?]+)/.exec(node.grantor.sturdy(made))!;
  const session = await node.sessions.provide('bench');
  const target = await session.enliven(swiss!);
  return {
    modes: await makeModes('here', callsOn(target), process.argv[2] === 'process'),
    close: node.stop,
  };
});
