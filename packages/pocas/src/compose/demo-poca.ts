/** The demo poca of a first start: a soup market, a reception, a cook who offers soup, and the poca's book. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { BookKeeper } from '@pocas/clearing';
import type {
  OfferDesk,
  Participant,
  PlaceMaker,
  ReceptionOperator,
  Steward,
  WalletOwner,
} from '@pocas/market-actors';
import type { Facet, VatMaker } from '@pocas/vat-runtime';
import type { PocasNode } from '@pocas/vat-runtime/node';
import { defineFocoMaker } from './foco-maker.ts';
import { makeMarketMaker } from './market-maker.ts';
import { defineShelfMaker } from './shelf-maker.ts';
import { makeWalletMaker } from './wallet-maker.ts';
import { defineVaultMakers } from './vault-maker.ts';
import { type SolverPool } from '../solver/solver.ts';
import { makeSolverPower } from '../solver/solver-power.ts';

/** What the program keeps between starts. */
export type Program = {
  readonly steward: Facet<Steward>;
  readonly reception: Facet<ReceptionOperator>;
  /** The wallet of the person whose machine this is. */
  readonly wallet: Facet<WalletOwner>;
  /** What the poca owes and is owed. */
  readonly book: Facet<BookKeeper>;
};

/** What a directory keeps that was first started before there were books. */
export type EarlierProgram = Omit<Program, 'book'> & Partial<Pick<Program, 'book'>>;

/** The program's powers that vats hold. */
export type ProgramPowers = {
  readonly walletMaker: VatMaker;
  readonly roundMaker: VatMaker;
  /** What members found from their wallets, by the word for its kind. */
  readonly makers: { readonly [kind: string]: Facet<PlaceMaker> };
};

const moduleOf = (name: string): string => fileURLToPath(import.meta.resolve(name));

/** Defines the powers. Their names must be the same at every start. */
export const definePowers = (node: PocasNode, pool: SolverPool): ProgramPowers => {
  const { clock, timer, grantor } = node;
  const solver = node.definePowerOfEach('solver', (vat) => makeSolverPower(pool, vat));
  return {
    makers: {
      // The cast says what it is to the vats that hold it.
      market: node.definePowerOfEach('market', () =>
        makeMarketMaker(node),
      ) as unknown as Facet<PlaceMaker>,
      foco: defineFocoMaker(node) as unknown as Facet<PlaceMaker>,
      shelf: defineShelfMaker(node),
      ...(defineVaultMakers(node) as unknown as Record<string, Facet<PlaceMaker>>),
    },
    walletMaker: node.definePowerOfEach('wallet', () =>
      makeWalletMaker(node),
    ) as unknown as VatMaker,
    roundMaker: node.defineVatMaker('round', {
      module: moduleOf('@pocas/clearing/round'),
      label: 'round',
      powers: { clock, timer, grantor, solvers: [solver] },
    }),
  };
};

/** What a book counts its rounds in where nobody said otherwise. */
const defaultUnit = 'MXN';

const makeBook = async (
  node: PocasNode,
  { roundMaker }: ProgramPowers,
  poca: string,
  unit: string,
): Promise<Facet<BookKeeper>> => {
  const { clock, timer, enlivener, grantor } = node;
  return (await node.makeVat({
    module: moduleOf('@pocas/clearing/book'),
    label: 'book',
    powers: { clock, timer, enlivener, grantor, roundMaker },
    params: { name: poca, unit, secret: randomBytes(32).toString('hex') },
  })) as Facet<BookKeeper>;
};

const pocaOf = (name: string): string => `La poca de ${name}`;

/** What the program keeps, with a book where there was none. */
export const provideBook = async (
  node: PocasNode,
  powers: ProgramPowers,
  program: EarlierProgram,
  unit: string = defaultUnit,
): Promise<Program> => {
  const { book } = program;
  if (book !== undefined) return { ...program, book };
  const { name } = await E(program.wallet).view();
  const made = { ...program, book: await makeBook(node, powers, pocaOf(name), unit) };
  node.setProgram(made);
  await node.settled();
  return made;
};

/**
 * @param name - what the person whose machine this is wants to be called
 * @param unit - what the book counts its rounds in
 */
export const makeDemoPoca = async (
  node: PocasNode,
  powers: ProgramPowers,
  name: string,
  unit: string = defaultUnit,
): Promise<Program> => {
  const { walletMaker, makers } = powers;
  // The cast says what the module's make answers; see its types.
  const reception = (await node.makeVat({
    module: moduleOf('@pocas/market-actors/reception'),
    label: 'reception',
    powers: {
      walletMaker,
      makers,
      grantor: node.grantor,
    },
    params: { name: pocaOf(name) },
  })) as Facet<ReceptionOperator>;

  const welcome = E(reception).invite();
  const entered = await E(welcome).enter(name, 'demo');
  if (!entered.ok)
    throw Error(`Cannot make the demo poca: its own welcome was refused (${entered.code})`);
  const wallet = entered.goto;
  // The person founds the market like anybody else, and it is in their wallet that its care lies.
  const founded = await E(wallet).found(
    'market',
    { name: `La sopa de ${name}` },
    randomBytes(16).toString('hex'),
  );
  if (!founded.ok)
    throw Error(`Cannot make the demo poca: its market was refused (${founded.code})`);
  const { cares = [], places } = await E(wallet).view();
  // The casts say what the market hands to its founder.
  const steward = cares.find(({ word }) => word === 'steward')?.care as Facet<Steward> | undefined;
  const [participant] = places as unknown as Facet<Participant>[];
  if (steward === undefined || participant === undefined)
    throw Error('Cannot make the demo poca: the cook is in no market');
  await E(reception).setMarket(steward);
  // The cast says which page that is.
  const offers = (await E(participant).desk('offer')) as Facet<OfferDesk>;
  await E(offers).offer(
    'Sopa de lentejas',
    'Un plato hondo, con pan. A bowl, with bread.',
    3n,
    12n,
    'demo soup',
  );
  return { steward, reception, wallet, book: await makeBook(node, powers, pocaOf(name), unit) };
};
