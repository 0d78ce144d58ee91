/**
 * The node's powers to make video vaults, and custodians that keep shares of their keys, as vats hold them.
 *
 * The secret of each is drawn here and goes to its vat alone. A vault signs its log by it, and it opens nothing; that
 * of a custodian is its holder's. What comes back passes on to whoever asked, and is of no use once it was claimed.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import type { PlaceMaker } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { Founding } from '@pocas/vat-runtime/actors';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';

type Wish = { readonly name: string };
type Maker = PlaceMaker<Wish>;

const moduleOf = (name: string): string => fileURLToPath(import.meta.resolve(name));
const MakerI = M.interface('VaultMaker', { make: M.call(M.record()).returns(M.promise()) });

const defineMaker = (
  node: PocasNode,
  label: string,
  module: string,
  powers: object,
): Facet<Maker> => {
  const power = makePower<Maker>('VaultMaker', MakerI, {
    make: async (wish) =>
      // The cast says what the modules' make answers; see their types.
      (await node.makeVat({
        ...{ module, label, powers: powers as never },
        params: { ...wish, secret: randomBytes(32).toString('base64url') },
      })) as Facet<Founding>,
  });
  // The cast says what it is to the vats that hold it.
  return node.definePowerOfEach(label, () => power) as unknown as Facet<Maker>;
};

/** Defines the powers, by the words for the kinds. To be called once at every start. */
export const defineVaultMakers = (
  node: PocasNode,
): { readonly vault: Facet<Maker>; readonly custody: Facet<Maker> } => {
  const { clock, timer, grantor, enlivener } = node;
  const vault = moduleOf('@pocas/market-actors/vault');
  const custody = moduleOf('@pocas/market-actors/custody-place');
  return {
    vault: defineMaker(node, 'vault', vault, { clock, timer, grantor }),
    custody: defineMaker(node, 'custody', custody, { clock, enlivener }),
  };
};
