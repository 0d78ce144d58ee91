/**
 * Bodies of decision for places of this node (SPEC F15). Each is a vat of its own with a secret that is drawn here,
 * and the place that it is handed to is the only one that can convene it.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Facet } from '@pocas/vat-runtime';
import type { Assembly } from '@pocas/vat-runtime/actors';
import type { PocasNode } from '@pocas/vat-runtime/node';

const module = fileURLToPath(import.meta.resolve('@pocas/foco-actors/decision'));

export const makeAssemblyVat = async (node: PocasNode): Promise<Facet<Assembly>> => {
  const { clock, timer } = node;
  // The cast says what the module's make answers; see its types.
  return (await node.makeVat({
    module,
    label: 'decisions',
    powers: { clock, timer },
    params: { secret: randomBytes(32).toString('base64url') },
  })) as Facet<Assembly>;
};
