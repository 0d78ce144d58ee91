/**
 * The node's power to make repositories of protocolitos. Each holds the node's installer, as one of its own, and
 * makes bodies of decision for those who use something together.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import type { AssemblyMaker, RepositoryFounding, RepositoryParams } from '@pocas/foco-actors';
import type { PlaceMaker } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';
import { makeAssemblyVat } from './assembly-maker.ts';
import { defineInstaller } from './installer.ts';

export { defineInstaller };

const module = fileURLToPath(import.meta.resolve('@pocas/foco-actors/repository'));
const MakerI = M.interface('RepositoryMaker', { make: M.call(M.record()).returns(M.promise()) });
const AssembliesI = M.interface('AssemblyMaker', { make: M.call().returns(M.promise()) });

/** Defines the powers. To be called once at every start. */
export const defineRepositoryMaker = (node: PocasNode): Facet<PlaceMaker> => {
  const { clock, grantor, enlivener } = node;
  const installer = defineInstaller(node);
  const assemblies = node.definePowerOfEach('assemblies', () =>
    makePower<AssemblyMaker>('AssemblyMaker', AssembliesI, { make: () => makeAssemblyVat(node) }),
  );
  const make = async (wish: Omit<RepositoryParams, 'secret'>): Promise<Facet<RepositoryFounding>> =>
    // The cast says what the module's make answers; see its types.
    (await node.makeVat({
      module,
      label: 'repository',
      powers: { clock, grantor, enlivener, installer, assemblies },
      params: { ...wish, secret: randomBytes(32).toString('base64url') },
    })) as Facet<RepositoryFounding>;
  // The cast says what it is to the vats that hold it.
  return node.definePowerOfEach('repository', () =>
    makePower('RepositoryMaker', MakerI, { make }),
  ) as unknown as Facet<PlaceMaker>;
};
