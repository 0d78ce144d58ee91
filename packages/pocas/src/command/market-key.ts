/** Whose share in a market a command acts with: a sturdy ref from a file, never from the command line. */
import { readFileSync, statSync } from 'node:fs';
import { E } from '@endo/far';
import type { MarketRules, Participant, WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { clientPowers, openClient } from '@pocas/vat-runtime/node-client';
import { quoted, shown } from '../spreadsheet/shown.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { marketsOf } from './markets.ts';

/** How long a node may take to prove who it is. */
const patienceMilliseconds = 10_000;

const isPrivate = (file: string): boolean => (statSync(file).mode & 0o077) === 0;

/** What is said of it repeats neither the key nor what was given in the place of a file. */
export const readKey = (file: string): string => {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
    if (file !== '-' && !isPrivate(file)) {
      process.stderr.write('Others on this machine can read the key file; chmod 600 ends that.\n');
    }
  } catch (error) {
    throw new CommandError(
      `Cannot read the key: ${(error as NodeJS.ErrnoException).code ?? 'the file cannot be read'}; give a file that holds it, or - for standard input`,
      exitCodes.usage,
    );
  }
  try {
    parseSturdyRef(text);
  } catch {
    throw new CommandError(
      'Cannot use the key: what was read is no sturdy ref, such as pocas grant wallet makes',
      exitCodes.usage,
    );
  }
  return text;
};

export type Place = {
  readonly participant: Facet<Participant>;
  readonly market: string;
  readonly unit: string;
  /** Undefined in a market that does not tell them. */
  readonly rules: MarketRules | undefined;
};

type Known = { readonly market: string; readonly participant: Facet<Participant> };

/** The share that is meant: the only one, or the one in the market that is called so. */
const choose = (all: readonly Known[], wanted: string | undefined): Known => {
  const found = wanted === undefined ? all : all.filter(({ market }) => market === wanted);
  if (found.length === 1) return found[0]!;
  const names = all.map(({ market }) => quoted(market)).join(', ');
  const which =
    all.length === 0
      ? 'the wallet is in no market'
      : found.length === 0
        ? `the key is for no market of that name, but for ${names}`
        : wanted === undefined
          ? `the wallet is in several markets; say which with --market: ${names}`
          : 'the wallet is in several markets of that name; give the key of the share itself';
  throw new CommandError(`Cannot choose a market: ${which}`, exitCodes.usage);
};

const findPlace = async (object: unknown, wanted: string | undefined): Promise<Place> => {
  const view = await E(object as Facet<WalletOwner> | Facet<Participant>)
    .view()
    .catch(() => undefined);
  let all: Known[];
  if (view !== undefined && 'places' in view) {
    const markets = await marketsOf(object as Facet<WalletOwner>);
    all = await Promise.all(
      markets.map(async (participant) => ({
        ...{ participant, market: (await E(participant).view()).market },
      })),
    );
  } else if (view !== undefined && 'market' in view && 'balance' in view) {
    all = [{ participant: object as Facet<Participant>, market: view.market }];
  } else {
    throw new CommandError(
      'Cannot use the key: it opens neither a wallet nor a share in a market',
      exitCodes.usage,
    );
  }
  const { market, participant } = choose(all, wanted);
  const { unit } = await E(participant).view();
  const rules = await E(participant)
    .rules()
    .catch(() => undefined);
  return { participant, market, unit, rules };
};

/** Runs `use` with the share that a key opens, over a link that ends with it. */
export const withPlace = async <T>(
  { keyFile, market }: { readonly keyFile: string; readonly market?: string },
  use: (place: Place) => Promise<T>,
): Promise<T> => {
  const client = openClient({ ...clientPowers(), patienceMilliseconds });
  try {
    const held = client.enliven(readKey(keyFile));
    const object = await held.current().catch(() => {
      throw new CommandError(
        held.state().state === 'refused'
          ? 'Cannot use the key: its node refuses it; it is unknown, expired, used or revoked'
          : 'Cannot reach the node of the key: it does not answer; is it running?',
      );
    });
    return await use(await findPlace(object, market));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`Cannot go on: ${shown((error as Error).message)}`);
  } finally {
    client.close();
  }
};
