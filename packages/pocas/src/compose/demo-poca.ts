/** The demo poca of a first start: a soup market, a reception, and a cook who offers soup. */
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { ReceptionOperator, Steward, WalletOwner } from '@pocas/market-actors';
import type { Facet, VatMaker } from '@pocas/vat-runtime';
import type { PocasNode } from '@pocas/vat-runtime/node';

/** What the program keeps between starts. */
export type Program = {
  readonly steward: Facet<Steward>;
  readonly reception: Facet<ReceptionOperator>;
  /** The wallet of the person whose machine this is. */
  readonly wallet: Facet<WalletOwner>;
};

/** The program's powers that vats hold. */
export type ProgramPowers = { readonly walletMaker: VatMaker };

/** Defines the powers. Their names must be the same at every start. */
export const definePowers = (node: PocasNode): ProgramPowers => ({
  walletMaker: node.defineVatMaker('wallet', {
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/wallet')),
    label: 'wallet',
    powers: { enlivener: node.enlivener, grantor: node.grantor },
  }),
});

/** @param name - what the person whose machine this is wants to be called */
export const makeDemoPoca = async (
  node: PocasNode,
  { walletMaker }: ProgramPowers,
  name: string,
): Promise<Program> => {
  // The casts say what each module's make answers; see its types.
  const steward = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/market')),
    label: 'market',
    powers: { grantor: node.grantor },
    params: { name: `La sopa de ${name}` },
  })) as Facet<Steward>;
  const reception = (await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/reception')),
    label: 'reception',
    powers: { walletMaker, grantor: node.grantor },
    params: { name: `La poca de ${name}`, steward },
  })) as Facet<ReceptionOperator>;

  const welcome = E(reception).invite();
  const entered = await E(welcome).enter(name, 'demo');
  if (!entered.ok)
    throw Error(`Cannot make the demo poca: its own welcome was refused (${entered.code})`);
  const wallet = entered.goto;
  const [participant] = (await E(wallet).view()).markets;
  if (participant === undefined) throw Error('Cannot make the demo poca: the cook is in no market');
  await E(participant).offer(
    'Sopa de lentejas',
    'Un plato hondo, con pan. A bowl, with bread.',
    3n,
    12n,
    'demo soup',
  );
  return { steward, reception, wallet };
};
