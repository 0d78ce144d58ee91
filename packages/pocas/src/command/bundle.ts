/** `pocas bundle export`, `import` and `carrier` */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { E } from '@endo/far';
import { bytesAsText, fetchParcel, leaveBundle, maxBundleBytes } from '@pocas/vat-runtime/node';
import { CommandError, exitCodes } from './exit-codes.ts';
import { withOperator } from './operator.ts';
import { findPeer } from './peers.ts';

export type BundleOptions = { data: string; json?: true };
export type BundleExportOptions = BundleOptions & { days?: string };

/** The node's own words, with the program's exit code. */
const refused = (error: unknown): never => {
  throw new CommandError((error as Error).message);
};

/** Writes a new file that only its owner may read. It is not there where this fails. */
const writeNew = (file: string, bytes: Uint8Array): void => {
  try {
    writeFileSync(file, bytes, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new CommandError(`Cannot write "${file}": it is there already; give another name`);
    }
    rmSync(file, { force: true });
    throw new CommandError(
      `Cannot write "${file}": ${code ?? 'the disk failed'}`,
      code === 'ENOSPC' || code === 'EDQUOT' ? exitCodes.diskFull : exitCodes.failed,
    );
  }
};

const parseDays = (text: string | undefined): bigint | undefined => {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,2}$/.test(text)) return BigInt(text);
  throw new CommandError(
    `Cannot make bundle: "${text}" is no number of days; give one from 1 to 90`,
    exitCodes.usage,
  );
};

export const exportBundle = (
  peer: string,
  file: string,
  { data, days, json }: BundleExportOptions,
): Promise<void> => {
  const wantedDays = parseDays(days);
  const path = resolve(file);
  return withOperator(data, async (operator) => {
    const desk = await E(operator).bundles();
    const { designator } = (await findPeer(operator, peer)) ?? { designator: peer };
    const parcel = await E(desk).make(designator, wantedDays).catch(refused);
    const bytes = await fetchParcel(desk, parcel, bytesAsText).catch(refused);
    writeNew(path, bytes);
    const until = new Date(Number(parcel.until)).toISOString().slice(0, 10);
    process.stdout.write(
      json
        ? `${JSON.stringify({ file: path, to: parcel.to, size: Number(parcel.size), until })}\n`
        : `A bundle for ${parcel.to}, ${parcel.size} bytes, good until ${until} (UTC):\n${path}\nBring it there, and then: pocas bundle import\n`,
    );
  });
};

const readBundle = (file: string): Uint8Array => {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`Cannot read "${file}": ${code ?? 'the disk failed'}`);
  }
  if (bytes.length <= maxBundleBytes) return new Uint8Array(bytes);
  throw new CommandError(`Cannot read "${file}": it is larger than any bundle`);
};

export const importBundle = (file: string, { data, json }: BundleOptions): Promise<void> => {
  const bundle = readBundle(resolve(file));
  return withOperator(data, async (operator) => {
    const desk = await E(operator).bundles();
    const { sender, taken, known } = await leaveBundle(desk, bundle, bytesAsText).catch(refused);
    process.stdout.write(
      json
        ? `${JSON.stringify({ sender, taken: Number(taken), known: Number(known) })}\n`
        : `Taken from ${sender}: ${taken} new, ${known} known before.\n`,
    );
  });
};

export const bundleCarrier = (label: string, { data, json }: BundleOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    const { sturdyRef } = await E(operator).courier(label).catch(refused);
    process.stdout.write(
      json
        ? `${JSON.stringify({ sturdyRef })}\n`
        : `For whoever carries bundles. Keep it secret, and give it to that one person or phone:\n\n  ${sturdyRef}\n\n`,
    );
  });
