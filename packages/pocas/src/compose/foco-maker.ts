/**
 * The node's power to make FoCos, as vats hold it (`FocoMaker` of foco-actors).
 *
 * The secret of a FoCo is drawn here and goes to its vat alone. What comes back passes on to whoever asked,
 * and opens nothing once the founder has claimed it. Each FoCo holds this power too, for those who go apart.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { FocoFounding, FocoMaker, FocoParams } from '@pocas/foco-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';
import { makeAssemblyVat } from './assembly-maker.ts';

const module = fileURLToPath(import.meta.resolve('@pocas/foco-actors/foco'));
const FocoMakerI = M.interface('FocoMaker', { make: M.call(M.record()).returns(M.promise()) });

/** Defines the power. To be called once at every start. */
export const defineFocoMaker = (node: PocasNode): Facet<FocoMaker> => {
  const { clock, timer, grantor, enlivener } = node;
  const make = async (wish: Omit<FocoParams, 'secret'>): Promise<Facet<FocoFounding>> => {
    // What is asked for is checked in the vat, before there is a second one.
    const root = (await node.makeVat({
      module,
      label: 'foco',
      powers: { clock, timer, grantor, enlivener, focoMaker },
      params: { ...wish, secret: randomBytes(32).toString('base64url') },
    })) as Facet<FocoFounding>;
    // Its people decide on the charter together, in a body that nobody else can convene.
    await E(root).convene(await makeAssemblyVat(node));
    return root;
  };
  // The cast says what it is to the vats that hold it.
  const focoMaker = node.definePowerOfEach('foco', () =>
    makePower<FocoMaker>('FocoMaker', FocoMakerI, { make }),
  ) as unknown as Facet<FocoMaker>;
  return focoMaker;
};
