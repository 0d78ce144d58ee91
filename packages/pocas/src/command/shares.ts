/**
 * The key of a bundle in shares, of which some number opens it and fewer say nothing (Shamir 1979).
 *
 *     pocas-share-<threshold>-<bundle>-<share><checksum>
 *
 * In lower-case base32, for paper and telephone. The bundle is named by the first bytes of the hash of
 * its header, so that shares of two bundles are not mixed up; the checksum finds what was written down
 * wrongly. That all shares together are the right ones shows when the bundle is opened.
 */
import { createHash } from 'node:crypto';
import { combine, split } from 'shamir-secret-sharing';
import { fromBase32, toBase32 } from '@pocas/vat-runtime/node';
import { CommandError, exitCodes } from './exit-codes.ts';

const secretBytes = 32;
const shareBytes = secretBytes + 1;
const shareForm = /^pocas-share-([0-9]{1,3})-([a-z2-7]{8})-([a-z2-7]{53})([a-z2-7]{8})$/;

const short = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return toBase32(new Uint8Array(hash.digest().subarray(0, 5)));
};

const bundleName = (header: Uint8Array): string => short('pocas move header\n', header);

/** How many of how many, from such as "3/5". */
export const parseStewards = (text: string): { threshold: number; count: number } => {
  const [, threshold = NaN, count = NaN] = (/^([0-9]{1,2})\/([0-9]{1,2})$/.exec(text) ?? []).map(
    Number,
  );
  if (threshold >= 2 && threshold <= count) return { threshold, count };
  throw new CommandError(
    `Cannot share: "${text}" is no number of stewards; give such as 3/5, of which any 3 open the bundle`,
    exitCodes.usage,
  );
};

/** @param header - of the bundle */
export const makeShares = async (
  secret: Uint8Array,
  header: Uint8Array,
  { threshold, count }: { threshold: number; count: number },
): Promise<readonly string[]> => {
  const bundle = bundleName(header);
  const shares = await split(secret, count, threshold);
  return shares.map((share) => {
    const begin = `pocas-share-${threshold}-${bundle}-${toBase32(share)}`;
    return `${begin}${short('pocas share\n', begin)}`;
  });
};

const readShare = (text: string) => {
  const [whole, threshold, bundle, share, checksum] =
    shareForm.exec(text.trim().toLowerCase()) ?? [];
  const bytes = share === undefined ? undefined : fromBase32(share, shareBytes);
  if (
    whole === undefined ||
    bytes === undefined ||
    short('pocas share\n', whole.slice(0, -8)) !== checksum
  ) {
    throw new CommandError(
      'Cannot open bundle: a share is not as it was written; look at it again',
    );
  }
  return { threshold: Number(threshold), bundle, bytes };
};

/** The secret of a bundle, from as many shares as it needs. */
export const joinShares = async (
  texts: readonly string[],
  header: Uint8Array,
): Promise<Uint8Array> => {
  const shares = texts.map(readShare);
  if (shares.some(({ bundle }) => bundle !== bundleName(header))) {
    throw new CommandError('Cannot open bundle: a share is of another bundle');
  }
  const different = new Map(shares.map(({ bytes }) => [bytes.at(-1), bytes]));
  const { threshold = 2 } = shares[0] ?? {};
  if (different.size < threshold) {
    throw new CommandError(
      `Cannot open bundle: it takes ${threshold} different shares, and there are ${different.size}`,
    );
  }
  return combine([...different.values()]);
};
