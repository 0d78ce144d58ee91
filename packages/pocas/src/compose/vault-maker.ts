/**
 * The node's power to make video vaults, as vats hold it.
 *
 * The secret of a vault is drawn here and goes to its vat alone; by it its log is signed, and it opens nothing. What
 * comes back passes on to whoever asked, and is of no use once the founder has claimed the vault.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import type { PlaceMaker, VaultFounding, VaultParams } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';

type VaultMaker = PlaceMaker<Omit<VaultParams, 'secret'>>;

const module = fileURLToPath(import.meta.resolve('@pocas/market-actors/vault'));
const VaultMakerI = M.interface('VaultMaker', { make: M.call(M.record()).returns(M.promise()) });

/** Defines the power. To be called once at every start. */
export const defineVaultMaker = (node: PocasNode): Facet<VaultMaker> => {
  const { clock, timer, grantor } = node;
  const power = makePower<VaultMaker>('VaultMaker', VaultMakerI, {
    make: async (wish) =>
      (await node.makeVat({
        ...{ module, label: 'vault', powers: { clock, timer, grantor } },
        params: { ...wish, secret: randomBytes(32).toString('base64url') },
      })) as Facet<VaultFounding>,
  });
  // The cast says what it is to the vats that hold it.
  return node.definePowerOfEach('vault', () => power) as unknown as Facet<VaultMaker>;
};
