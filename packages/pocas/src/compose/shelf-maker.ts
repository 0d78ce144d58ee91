/**
 * The node's power to make shelf space allocators, each with a body of decision that alone can change its rules.
 *
 * The secret of a shelf is drawn here and goes to its vat alone. What comes back passes on to whoever asked, and
 * opens nothing once the founder has claimed it.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import type { PlaceMaker, ShelfFounding, ShelfParams } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';
import { makeAssemblyVat } from './assembly-maker.ts';

const module = fileURLToPath(import.meta.resolve('@pocas/market-actors/shelf'));
const ShelfMakerI = M.interface('ShelfMaker', { make: M.call(M.record()).returns(M.promise()) });

/** Defines the power. To be called once at every start. */
export const defineShelfMaker = (node: PocasNode): Facet<PlaceMaker> => {
  const { clock, timer, grantor } = node;
  const make = async (wish: { readonly name: string }): Promise<Facet<ShelfFounding>> => {
    const params: ShelfParams = {
      ...wish,
      assembly: await makeAssemblyVat(node),
      secret: randomBytes(32).toString('base64url'),
    };
    return (await node.makeVat({
      module,
      label: 'shelf',
      powers: { clock, timer, grantor },
      params,
    })) as Facet<ShelfFounding>;
  };
  // The cast says what it is to the vats that hold it.
  return node.definePowerOfEach('shelf', () =>
    makePower('ShelfMaker', ShelfMakerI, { make }),
  ) as unknown as Facet<PlaceMaker>;
};
