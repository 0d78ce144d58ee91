/** A stream sealed with all that a segment has, by the ciphers alone, and by the age package. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { Encrypter, Stanza } from 'age-encryption';
import { pedersen, schnorr } from '@pocas/vat-runtime/ristretto';
import type { SealingSubject } from './subjects.ts';

const mebibyte = 1 << 20;
const chunk = 65_536;

const groupKey = schnorr.publicKey(pedersen.scalar(randomBytes(64).toString('base64url')));
const part = randomBytes(mebibyte);

const partsOf = function* (mebibytes: number) {
  for (let at = 0; at < mebibytes; at += 1) yield part;
};

const away = (): Writable => new Writable({ write: (_bytes, _encoding, done) => done() });

const sealOurs = async (mebibytes: number): Promise<void> => {
  const { sealSegment } = await import('@pocas/pocas');
  const source = Readable.from(partsOf(mebibytes), { objectMode: false });
  const options = { groupKey, context: 'camera 1, segment 1', random: randomBytes };
  const { size } = await sealSegment(source, away(), options);
  if (size < BigInt(mebibytes * mebibyte)) throw Error('Cannot measure: not all of it was sealed');
};

/** The same cipher in the same chunks and the hash of what comes out: no streams, no copies, no file. */
const sealBare = (mebibytes: number): void => {
  const key = randomBytes(32);
  const nonce = Buffer.alloc(12);
  const hash = createHash('sha256');
  for (let at = 0; at < (mebibytes * mebibyte) / chunk; at += 1) {
    nonce.writeUIntBE(at, 5, 6);
    const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    const from = (at * chunk) % mebibyte;
    hash.update(cipher.update(part.subarray(from, from + chunk)));
    cipher.final();
    hash.update(cipher.getAuthTag());
  }
  hash.digest();
};

/** Without a hash, and to a recipient that costs nothing. */
const sealByAge = async (mebibytes: number): Promise<void> => {
  const encrypter = new Encrypter();
  encrypter.addRecipient({ wrapFileKey: () => [new Stanza(['none'], new Uint8Array(32))] });
  const source = Readable.toWeb(Readable.from(partsOf(mebibytes), { objectMode: false }));
  const sealed = await encrypter.encrypt(source as unknown as ReadableStream<Uint8Array>);
  for await (const bytes of Readable.fromWeb(sealed as never)) void bytes;
};

export const sealBy: Readonly<Record<SealingSubject, (mebibytes: number) => Promise<void> | void>> =
  {
    pocas: sealOurs,
    'node:crypto': sealBare,
    'age-encryption': sealByAge,
  };
