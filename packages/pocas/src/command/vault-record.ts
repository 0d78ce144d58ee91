/**
 * `pocas vault record`: seals recordings for a vault, in segments of at most ten minutes.
 *
 * What a file holds is not looked at. A recording longer than ten minutes is cut into parts of equal size, which
 * stand for equal times: a player can use such a part by itself only where the format allows it, as MPEG-TS does.
 * Whoever wants whole files gives one file for each segment.
 *
 * A sealed file and what the camera signs of it are on disk before the vault hears of it. So whatever breaks, the
 * next run either tells the vault the very same again, or takes the file away.
 */
import { randomBytes } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { E } from '@endo/far';
import {
  type Recorder,
  type RecorderView,
  type Seal,
  chainAfter,
  contextOf,
  printOf,
  sealText,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { schnorr } from '@pocas/vat-runtime/ristretto';
import { sealSegment } from '../vault/seal-segment.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { type OwnKey, drawn, readOwnKey, reasonOf, withVault } from './vault-key.ts';

export type RecordOptions = {
  readonly keyFile: string;
  readonly cameraKey: string;
  readonly out: string;
  /** Of each file, in milliseconds. */
  readonly duration: bigint;
  /** When the first file begins. */
  readonly from?: bigint;
  /** The group key's print, as the holders read it on their pages. */
  readonly print?: string;
  readonly removeSource?: true;
};

const span = 600_000n;
const pinned = 'vault.json';

/** Bigints as texts. */
const toJson = (seal: Seal): string =>
  JSON.stringify(seal, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
const fromJson = (text: string): Seal =>
  // The cast holds: this program wrote it.
  JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && /^[0-9]+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as Seal;

/** The key to which is sealed is that of the first time, and, where it is said, the one that people compared. */
const checkKey = (out: string, { vault, camera, groupKey }: RecorderView, print?: string) => {
  const shown = printOf(groupKey);
  if (print !== undefined && print.trim().toLowerCase() !== shown) {
    throw new CommandError(
      `Cannot record: the vault shows another key than the one that you gave; its key reads ${shown}`,
      exitCodes.wrong,
    );
  }
  const file = join(out, pinned);
  const now = JSON.stringify({ vault, camera, groupKey });
  if (!existsSync(file)) {
    writeFileSync(file, now, { mode: 0o600, flush: true });
    process.stderr.write(
      `The key of the vault reads ${shown}. Compare it with what those who keep a share see.\n`,
    );
  } else if (readFileSync(file, 'utf8') !== now) {
    throw new CommandError(
      'Cannot record: the vault, camera or key is another than the folder was begun with; ask those who keep a share, and take a new folder if that is right',
      exitCodes.wrong,
    );
  }
};

const tell = async (recorder: Facet<Recorder>, out: string, name: string): Promise<void> => {
  const seal = fromJson(readFileSync(join(out, `${name}.json`), 'utf8'));
  const done = await E(recorder).seal(seal);
  if (!done.ok) {
    for (const end of ['age', 'json']) rmSync(join(out, `${name}.${end}`), { force: true });
    throw new CommandError(
      `Cannot record ${name}: the vault refuses it (${reasonOf(done.code)}); the sealed file was taken away`,
      exitCodes.refused,
    );
  }
  rmSync(join(out, `${name}.json`), { force: true });
};

/** What was sealed before something broke. */
const tellAgain = async (recorder: Facet<Recorder>, out: string): Promise<void> => {
  const files = readdirSync(out);
  for (const file of files.filter((name) => name.endsWith('.partial')))
    rmSync(join(out, file), { force: true });
  const names = files
    .filter((name) => name.endsWith('.json') && name !== pinned)
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  for (const name of names) {
    if (existsSync(join(out, `${name}.age`))) {
      await tell(recorder, out, name).catch((error: Error) =>
        process.stderr.write(`${error.message}\n`),
      );
    } else rmSync(join(out, `${name}.json`));
  }
};

/** Files of which the days are over. */
const deleteExpired = async (recorder: Facet<Recorder>, out: string): Promise<void> => {
  for (;;) {
    const segments = await E(recorder).expired();
    if (segments.length === 0) return;
    for (const segment of segments) {
      if (!/^[\w.-]+$/.test(segment)) continue;
      rmSync(join(out, `${segment}.age`), { force: true });
    }
    await E(recorder).deleted(segments);
    process.stdout.write(`Deleted after their days: ${segments.length}\n`);
  }
};

const nameOf = (camera: string, from: bigint): string => {
  const time = new Date(Number(from)).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${camera.replaceAll(/[^\w.-]/g, '_').slice(0, 40)}-${time}`;
};

type Cut = { readonly file: string; readonly start: number; readonly end: number };

const sealOne = async (
  recorder: Facet<Recorder>,
  out: string,
  own: OwnKey,
  { file, start, end }: Cut,
  from: bigint,
  to: bigint,
): Promise<string> => {
  const { vault, camera, groupKey, epoch, chain } = await E(recorder).view();
  const segment = nameOf(camera, from);
  const facts = { vault, camera, segment, from, to, epoch };
  const path = join(out, `${segment}.age`);
  if (existsSync(path)) {
    throw new CommandError(
      `Cannot record ${segment}: it is there already; give the time at which this recording began with --from`,
      exitCodes.usage,
    );
  }
  const partial = `${path}.partial`;
  const sealed = await sealSegment(
    createReadStream(file, { start, end: end - 1 }),
    createWriteStream(partial, { mode: 0o600, flush: true }),
    { groupKey, context: contextOf(facts), random: (length) => randomBytes(length) },
  );
  const content = { ...facts, ...sealed };
  const linked = chainAfter(chain, content);
  const signature = schnorr.sign(own.secretKey, sealText({ chain: linked }), drawn());
  const json = toJson({ ...content, chain: linked, signature });
  writeFileSync(join(out, `${segment}.json`), json, { mode: 0o600, flush: true });
  renameSync(partial, path);
  await tell(recorder, out, segment);
  return segment;
};

export const vaultRecord = (files: readonly string[], options: RecordOptions): Promise<void> =>
  withVault(options.keyFile, async (object, view) => {
    const { out, duration, print } = options;
    if (!('groupKey' in view && 'toDelete' in view)) {
      throw new CommandError(
        'Cannot record: the key is not that of a camera, such as the page of the vault gives for a new camera',
        exitCodes.usage,
      );
    }
    // The casts hold for what shows itself as a recorder does.
    const recorder = object as Facet<Recorder>;
    const seen = view as unknown as RecorderView;
    const own = readOwnKey(options.cameraKey);
    if (own.publicKey !== seen.key) {
      throw new CommandError(
        'Cannot record: the camera’s key file is not the one whose code was given to the vault',
        exitCodes.usage,
      );
    }
    const sizes = files.map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      if (stat?.isFile() === true && stat.size > 0) return stat.size;
      throw new CommandError(
        `Cannot record "${file}": it is no file, or there is nothing in it`,
        exitCodes.usage,
      );
    });
    mkdirSync(out, { recursive: true, mode: 0o700 });
    await tellAgain(recorder, out);
    await deleteExpired(recorder, out);
    if (!seen.isOpen) {
      throw new CommandError(
        'Cannot record: the vault has no key yet; at least three people have to keep a share of it',
        exitCodes.refused,
      );
    }
    checkKey(out, seen, print);
    let from = options.from ?? seen.now - duration * BigInt(files.length);
    for (const [at, file] of files.entries()) {
      const size = sizes[at]!;
      const parts = Number((duration + span - 1n) / span);
      const begin = from;
      for (let part = 0; part < parts; part += 1) {
        const cut = {
          file,
          start: Math.floor((size * part) / parts),
          end: Math.floor((size * (part + 1)) / parts),
        };
        const to = begin + (duration * BigInt(part + 1)) / BigInt(parts);
        if (cut.end > cut.start) {
          const segment = await sealOne(recorder, out, own, cut, from, to);
          process.stdout.write(`Sealed: ${segment}\n`);
        }
        from = to;
      }
      if (options.removeSource) rmSync(file);
    }
  });
