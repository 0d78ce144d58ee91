/**
 * A keyring: sturdy refs with a person's own words for them, sealed at rest.
 *
 * It keeps a key while it is open, and no text: each question reads what is stored and opens it. Each
 * change is made to what is stored at that moment, in one step that nobody else's change can come between;
 * so of two tabs that write at once neither loses what the other wrote.
 */
import harden from '@endo/harden';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';
import { parseSturdyRef } from '../locator/sturdy-ref.ts';
import { keyringError } from './keyring-errors.ts';
import { type Cost, type KeyringSecret, type Stretch } from './passphrase.ts';
import { assertSecret, defaultCost, stretchHere } from './passphrase.ts';
import {
  type Opener,
  checkHeader,
  findOpener,
  isSealedBy,
  makeOpener,
  maxKeyringBytes,
  sealText,
  unsealText,
} from './sealed-keyring.ts';

/** Where the sealed bytes lie. Two that are open on the same place must know of each other. */
export type KeyringStorage = {
  read(): Promise<Uint8Array | undefined>;
  /**
   * Writes what `change` answers for what is stored, in one step: nobody else writes between. Where
   * `change` throws nothing is written, and the answer rejects with that. It may be called several times,
   * the last time for what it answered itself before.
   */
  replace(change: (stored: Uint8Array | undefined) => Uint8Array): Promise<void>;
};

export type KeyringPowers = {
  readonly storage: KeyringStorage;
  readonly secret: KeyringSecret;
  readonly random: (byteLength: number) => Uint8Array;
  /** Default: in this thread. */
  readonly stretch?: Stretch;
};

export type KeyringEntry = {
  readonly id: string;
  /** The person's own words. */
  readonly label: string;
  /** A secret. */
  readonly sturdyRef: string;
};

/** All reject with an error that has a `code` (`KeyringFault`). */
export type Keyring = {
  list(): Promise<readonly KeyringEntry[]>;
  /** @returns the id of the entry; one that is there with the same sturdy ref gets the new label */
  add(label: string, sturdyRef: string): Promise<string>;
  /** Whether there was such an entry. What it opened is not revoked: its node does that. */
  remove(id: string): Promise<boolean>;
  /** 32 bytes for `openClient`: the same as long as the keyring lives. */
  identitySeed(): Promise<Uint8Array>;
  /** Seals all anew. Older copies still open with the older secret. */
  changeSecret(secret: KeyringSecret, cost?: Cost): Promise<void>;
  /** The sealed keyring as a text, for a copy. It opens with the same secret. */
  exportText(): Promise<string>;
  /** Forgets the key. Whatever is asked afterwards rejects. */
  lock(): void;
};

type Contents = {
  /** How often it was written. */
  readonly version: number;
  readonly identitySeed: string;
  readonly refs: readonly KeyringEntry[];
};

const seedBytes = 32;
const maxRefs = 1000;
const maxLabelLength = 200;
const textForm = 'pocas-keyring-1.';

const isText = (value: unknown): value is string => typeof value === 'string';

/** It was sealed by us, so anything else is of a version that this one does not know. */
const readContents = (text: string): Contents => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw keyringError('KEYRING_VERSION');
  }
  const { version, identitySeed, refs } = Object(parsed) as Partial<
    Record<keyof Contents, unknown>
  >;
  if (
    !Number.isSafeInteger(version) ||
    !isText(identitySeed) ||
    fromBase64Url(identitySeed, seedBytes) === undefined ||
    !Array.isArray(refs) ||
    !refs.every((ref: Partial<Record<keyof KeyringEntry, unknown>> | null) =>
      [ref?.id, ref?.label, ref?.sturdyRef].every(isText),
    )
  ) {
    throw keyringError('KEYRING_VERSION');
  }
  // The cast holds: this is what was just looked at.
  return harden(parsed as Contents);
};

const keepOpen = (
  first: Opener,
  { storage, random, stretch = stretchHere }: KeyringPowers,
): Keyring => {
  let opener: Opener | undefined = first;
  /** The greatest version that was seen. */
  let newest = 0;

  const open = (stored: Uint8Array | undefined): Contents => {
    if (opener === undefined) throw keyringError('KEYRING_LOCKED');
    if (stored === undefined) throw keyringError('KEYRING_NONE');
    const contents = readContents(unsealText(stored, opener));
    if (contents.version < newest) throw keyringError('KEYRING_OLDER');
    newest = contents.version;
    return contents;
  };
  const seal = (contents: Contents, by: Opener) =>
    sealText(JSON.stringify({ ...contents, version: contents.version + 1 }), by, random);

  const read = async (): Promise<Contents> => {
    // Before the storage is asked, and after.
    if (opener === undefined) throw keyringError('KEYRING_LOCKED');
    return open(await storage.read());
  };
  const forget = ({ keys }: Opener) => {
    keys.seal.fill(0);
    keys.commitment.fill(0);
  };

  return harden({
    async list() {
      return (await read()).refs;
    },
    async add(label: string, sturdyRef: string) {
      parseSturdyRef(sturdyRef);
      if (label.length > maxLabelLength) throw keyringError('KEYRING_FULL');
      const newId = toBase64Url(random(12));
      let id = newId;
      await storage.replace((stored) => {
        const contents = open(stored);
        const known = contents.refs.find((ref) => ref.sturdyRef === sturdyRef);
        id = known?.id ?? newId;
        if (known === undefined && contents.refs.length >= maxRefs) {
          throw keyringError('KEYRING_FULL');
        }
        const others = contents.refs.filter((ref) => ref !== known);
        return seal({ ...contents, refs: [...others, { id, label, sturdyRef }] }, opener!);
      });
      return id;
    },
    async remove(id: string) {
      let isThere = false;
      await storage.replace((stored) => {
        const contents = open(stored);
        const refs = contents.refs.filter((ref) => ref.id !== id);
        if (refs.length === contents.refs.length) return stored!;
        isThere = true;
        return seal({ ...contents, refs }, opener!);
      });
      return isThere;
    },
    async identitySeed() {
      return fromBase64Url((await read()).identitySeed, seedBytes)!;
    },
    async changeSecret(secret: KeyringSecret, cost: Cost = defaultCost) {
      assertSecret(secret, cost);
      // Not after seconds of stretching.
      await read();
      const next = await makeOpener(secret, random, stretch, cost);
      await storage.replace((stored) =>
        stored !== undefined && isSealedBy(stored, next) ? stored : seal(open(stored), next),
      );
      // It may have been locked while the storage was busy, and then it stays so.
      const old = opener;
      forget(old ?? next);
      if (old !== undefined) opener = next;
    },
    async exportText() {
      if (opener === undefined) throw keyringError('KEYRING_LOCKED');
      const stored = await storage.read();
      // A copy that nobody can open is none.
      open(stored);
      return `${textForm}${toBase64Url(stored!)}`;
    },
    lock() {
      if (opener !== undefined) forget(opener);
      opener = undefined;
    },
  });
};

/**
 * A new keyring, with a new identity seed.
 *
 * @param cost - of guessing the passphrase; kept in the keyring
 * @throws KEYRING_EXISTS where there is one, KEYRING_WEAK
 */
export const makeKeyring = async (
  powers: KeyringPowers,
  cost: Cost = defaultCost,
): Promise<Keyring> => {
  const { storage, secret, random, stretch = stretchHere } = powers;
  assertSecret(secret, cost);
  if ((await storage.read()) !== undefined) throw keyringError('KEYRING_EXISTS');
  const opener = await makeOpener(secret, random, stretch, cost);
  const contents = { version: 1, identitySeed: toBase64Url(random(seedBytes)), refs: [] };
  await storage.replace((stored) => {
    if (stored === undefined) return sealText(JSON.stringify(contents), opener, random);
    if (isSealedBy(stored, opener)) return stored;
    throw keyringError('KEYRING_EXISTS');
  });
  return keepOpen(opener, powers);
};
harden(makeKeyring);

/**
 * Opens the keyring that is stored.
 * @throws KEYRING_NONE, KEYRING_WRONG_SECRET, KEYRING_DAMAGED, KEYRING_VERSION
 */
export const openKeyring = async (powers: KeyringPowers): Promise<Keyring> => {
  const { storage, secret, stretch = stretchHere } = powers;
  const stored = await storage.read();
  if (stored === undefined) throw keyringError('KEYRING_NONE');
  const opener = await findOpener(stored, secret, stretch);
  const keyring = keepOpen(opener, powers);
  // That the secret is right is no proof that the rest is whole.
  readContents(unsealText(stored, opener));
  return keyring;
};
harden(openKeyring);

/**
 * Stores what `exportText` wrote, still sealed.
 * @throws KEYRING_EXISTS where there is one, KEYRING_DAMAGED where the text is none
 */
export const importKeyring = async (text: string, storage: KeyringStorage): Promise<void> => {
  const form = text.trim();
  const digits = form.slice(textForm.length);
  const bytes =
    form.startsWith(textForm) && digits.length < maxKeyringBytes * 2
      ? fromBase64Url(digits, Math.floor((digits.length * 6) / 8))
      : undefined;
  if (bytes === undefined) throw keyringError('KEYRING_DAMAGED');
  checkHeader(bytes);
  await storage.replace((stored) => {
    if (stored !== undefined) throw keyringError('KEYRING_EXISTS');
    return bytes;
  });
};
harden(importKeyring);
