/**
 * `pocas vault open`: shows one named segment to its named viewer, after all that can be checked was checked, and
 * after the log says so. Nothing is written before.
 */
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { E } from '@endo/far';
import {
  type SignedHead,
  type VaultShare,
  type Viewing,
  type ViewingTerms,
  faultOfTerms,
  headText,
  printOf,
  purposeOf,
  readParts,
  sawText,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { schnorr } from '@pocas/vat-runtime/ristretto';
import { quoted } from '../spreadsheet/shown.ts';
import { openSegment } from '../vault/open-segment.ts';
import { digestSegment } from '../vault/segment.ts';
import { checkFile } from './clearing-output.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { drawn, newRequest, readOwnKey, reasonOf, shareOf, withVault } from './vault-key.ts';

export type OpenOptions = {
  readonly keyFile: string;
  readonly vault?: string;
  readonly request: bigint;
  /** What the viewer is called in the request. */
  readonly viewer: string;
  readonly viewerKey: string;
  readonly file: string;
  readonly out?: string;
  readonly print?: string;
  readonly force?: true;
};

const wrong = (words: string): CommandError => new CommandError(words, exitCodes.wrong);

const headJson = ({ head, signature }: SignedHead): string =>
  JSON.stringify({ ...head, epoch: `${head.epoch}`, number: `${head.number}`, signature });

/**
 * Whether the vault shows the log that it has shown to each custodian. Where it does not, both heads are printed:
 * both carry its signature, so they are proof for anybody.
 */
const checkLog = async (
  viewing: Facet<Viewing>,
  { vault, entry }: ViewingTerms,
  heads: readonly SignedHead[],
): Promise<void> => {
  const log = await E(viewing).log();
  const asked = new Map<bigint, SignedHead>();
  const standsBy = async (number: bigint): Promise<SignedHead> => {
    const known = asked.get(number);
    if (known !== undefined) return known;
    const said = await E(log).standsBy(number);
    if ('ok' in said || !schnorr.verify(vault, headText(said.head), said.signature))
      throw wrong(`Cannot open: the vault does not stand by entry ${number} of its log`);
    asked.set(number, said);
    return said;
  };
  if ((await standsBy(entry.number)).head.hash !== entry.hash)
    throw wrong('Cannot open: the request does not stand in the log');
  for (const theirs of heads) {
    const mine = await standsBy(theirs.head.number);
    if (mine.head.hash === theirs.head.hash) continue;
    process.stderr.write(`${headJson(mine)}\n${headJson(theirs)}\n`);
    throw wrong(
      'Cannot open: the vault shows different logs to different people; the two lines above are proof of it, keep them',
    );
  }
};

export const vaultOpen = (segment: string, options: OpenOptions): Promise<void> =>
  withVault(options.keyFile, async (object, view) => {
    const { out, force = false, file, print, request } = options;
    if (out !== undefined) checkFile(out, force);
    else if (process.stdout.isTTY)
      throw new CommandError(
        'Cannot show a video in a terminal: give a file with --out, or pipe it into a player',
        exitCodes.usage,
      );
    const own = readOwnKey(options.viewerKey);
    // The cast holds for what shows itself as a share does.
    const share = (await shareOf(object, view, options.vault)) as Facet<VaultShare>;
    const found = await E(share).viewing(request, options.viewer);
    if ('ok' in found) {
      throw new CommandError(
        `Cannot open: request ${request} is not there, or names no viewer ${quoted(options.viewer)}`,
        exitCodes.usage,
      );
    }
    const viewing = found as Facet<Viewing>;
    const terms = await E(viewing).terms();
    const fault = faultOfTerms(terms, own.publicKey);
    if (fault !== undefined) throw wrong(`Cannot open: ${fault}`);
    const shown = printOf(terms.key.groupKey);
    if (print !== undefined && print.trim().toLowerCase() !== shown)
      throw wrong(`Cannot open: the key of the vault reads ${shown}, and not as you gave it`);
    const seal = terms.seals.find((one) => one.segment === segment);
    if (seal === undefined) {
      throw new CommandError(
        `Cannot open ${quoted(segment)}: request ${request} does not name it, or its days are over`,
        exitCodes.usage,
      );
    }
    const digests = await digestSegment(createReadStream(file));
    if (
      digests.headerDigest !== seal.headerDigest ||
      digests.ciphertextDigest !== seal.ciphertextDigest ||
      digests.size !== seal.size
    )
      throw wrong(`Cannot open "${file}": it is not the file that the camera sealed as ${segment}`);
    const answer = await E(viewing).parts(segment);
    if (!answer.ok)
      throw new CommandError(`Cannot open: ${reasonOf(answer.code)}`, exitCodes.refused);
    const opened = readParts(terms, seal, answer.parts, own.secretKey, drawn);
    for (const { index, disclosure } of opened.liars) {
      const name = terms.members.find((one) => one.index === index)?.name ?? '';
      process.stderr.write(`The part of ${quoted(name)} is wrong; the log names it.\n`);
      await E(viewing).report(segment, index, disclosure, newRequest());
    }
    if (opened.key === undefined) {
      throw new CommandError(
        `Cannot open: ${opened.right} of ${terms.key.threshold} holders have given their part; try again later`,
        exitCodes.refused,
      );
    }
    await checkLog(viewing, terms, opened.heads);
    const purpose = purposeOf(terms.vault, request, terms.entry.hash, segment);
    const signature = schnorr.sign(own.secretKey, sawText(purpose, own.publicKey), drawn());
    const noted = await E(viewing).saw(segment, signature, newRequest());
    if (!noted.ok)
      throw new CommandError(
        `Cannot open: the log does not take that you see it (${reasonOf(noted.code)})`,
        exitCodes.refused,
      );
    const plain = openSegment(createReadStream(file), {
      ...{ groupKey: terms.key.groupKey, key: opened.key, expected: seal },
    });
    if (out === undefined) {
      await pipeline(plain, process.stdout, { end: false });
      return;
    }
    const partial = `${out}.partial`;
    try {
      await pipeline(plain, createWriteStream(partial, { mode: 0o600, flush: true }));
      renameSync(partial, out);
    } finally {
      rmSync(partial, { force: true });
    }
  });
