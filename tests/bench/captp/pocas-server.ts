import '@pocas/vat-runtime/lockdown';
import { fileURLToPath } from 'node:url';
import { serve } from '../serve.ts';
import { startLoopbackNode } from './pocas-node.ts';

serve(async () => {
  const node = await startLoopbackNode();
  const module = fileURLToPath(new URL('./pocas-vat.js', import.meta.url));
  const target = await node.makeVat({ module, label: 'bench' });
  return { ready: node.grantor.sturdy(target), close: node.stop };
});
