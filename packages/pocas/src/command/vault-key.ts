/** What commands of `pocas vault` act with: a sturdy ref from a file, and keys of cameras and viewers. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { E } from '@endo/far';
import { pedersen, schnorr } from '@pocas/vat-runtime/ristretto';
import { clientPowers, openClient } from '@pocas/vat-runtime/node-client';
import { shown } from '../spreadsheet/shown.ts';
import { checkFile, writeFile } from './clearing-output.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { readKey } from './market-key.ts';

/** How long a node may take to prove who it is. */
const patienceMilliseconds = 10_000;

export const drawn = (): string => randomBytes(64).toString('base64url');
export const newRequest = (): string => randomBytes(24).toString('base64url');

export type OwnKey = { readonly secretKey: string; readonly publicKey: string };

const prefix = 'pocas-vault-key ';

/** What is said of it repeats nothing of what stands in the file. */
export const readOwnKey = (file: string): OwnKey => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(
      `Cannot read the key file: ${(error as NodeJS.ErrnoException).code ?? 'it cannot be read'}; pocas vault key makes one`,
      exitCodes.usage,
    );
  }
  try {
    if (!text.startsWith(prefix)) throw TypeError();
    const secretKey = text.slice(prefix.length);
    return { secretKey, publicKey: schnorr.publicKey(secretKey) };
  } catch {
    throw new CommandError(
      'Cannot use the key file: it is not one that pocas vault key made',
      exitCodes.usage,
    );
  }
};

/** `pocas vault key`: a key for a camera or a viewer. Prints its code, which others may have. */
export const vaultKey = (file: string): void => {
  checkFile(file, false);
  const secretKey = pedersen.scalar(drawn());
  writeFile(file, `${prefix}${secretKey}\n`, false, 0o600);
  process.stdout.write(`${schnorr.publicKey(secretKey)}\n`);
};

/** Runs `use` with what a sturdy ref opens, over a link that ends with it. */
export const withVault = async <T>(
  keyFile: string,
  use: (object: unknown, view: { readonly [key: string]: unknown }) => Promise<T>,
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
    const view = await E(object as { view(): Promise<{ [key: string]: unknown }> })
      .view()
      .catch(() => ({}));
    return await use(object, view);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`Cannot go on: ${shown((error as Error).message)}`);
  } finally {
    client.close();
  }
};

type Place = { view(): Promise<{ readonly [key: string]: unknown }> };

/** The share in a vault that a key opens: the share itself, or the only one in a wallet. */
export const shareOf = async (
  object: unknown,
  view: { readonly [key: string]: unknown },
  wanted?: string,
): Promise<unknown> => {
  const isShare = (one: { readonly [key: string]: unknown }) =>
    'keeps' in one && 'segments' in one && 'quota' in one;
  if (isShare(view)) return object;
  if (!Array.isArray(view['places'])) {
    throw new CommandError(
      'Cannot use the key: it opens neither a wallet nor a share in a vault',
      exitCodes.usage,
    );
  }
  // The cast holds for what a wallet says of its places.
  const places = view['places'] as Place[];
  const views = await Promise.all(
    places.map((place) =>
      E(place)
        .view()
        .catch(() => ({}) as { [key: string]: unknown }),
    ),
  );
  const found = places.filter(
    (_place, at) => isShare(views[at]!) && (wanted === undefined || views[at]!['place'] === wanted),
  );
  if (found.length === 1) return found[0];
  throw new CommandError(
    found.length === 0
      ? 'Cannot choose a vault: the wallet is in none of that name'
      : 'Cannot choose a vault: the wallet is in several; say which with --vault',
    exitCodes.usage,
  );
};

const reasons: { readonly [code: string]: string } = {
  closed: 'it is over, or the vault does not record yet',
  conflict: 'it contradicts what the vault has already',
  expired: 'it is not there any more: its days are over',
  insufficient: 'too few holders have agreed',
  invalid: 'something in it is not as it should be',
  notYet: 'its time has not come',
  quota: 'as many as one may ask for in this period were asked for',
  revoked: 'the key was taken back',
  stale: 'it is too late for it',
};
/** What a refusal means, in words. */
export const reasonOf = (code: string): string => reasons[code] ?? code;
