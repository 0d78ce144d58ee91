/** Segments in tests: a group of one holder, files in memory, and age's own package as another who can open them. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { Decrypter, Encrypter, type Identity, type Recipient, Stanza } from 'age-encryption';
import {
  type Encapsulation,
  hmac,
  pedersen,
  schnorr,
  threshold,
} from '@pocas/vat-runtime/ristretto';
import { openSegment } from '#src/vault/open-segment.js';
import { sealSegment } from '#src/vault/seal-segment.js';
import type { SealedSegment } from '#src/vault/segment.js';

const zeros = Buffer.alloc(32).toString('base64url');
/** One who holds all of the key: how it is divided is looked at elsewhere. */
export const secret: string = pedersen.scalar(hmac(zeros, 'group'));
export const groupKey: string = schnorr.publicKey(secret);

export const keyOf = (encapsulation: Encapsulation, context: string): string => {
  const random = hmac(zeros, 'open');
  const share = { index: 1n, secret };
  const partial = threshold.open(share, encapsulation, context, 'request', random);
  return threshold.combine([partial], encapsulation, groupKey, context);
};

/** A stream of these bytes in parts of this length. */
export const streamOf = (bytes: Uint8Array, part = 40_000): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += part) yield bytes.subarray(at, at + part);
    })(),
    { objectMode: false },
  );

const makeSink = () => {
  const parts: Buffer[] = [];
  const sink = new Writable({
    write(part: Buffer, _, done) {
      parts.push(part);
      done();
    },
  });
  return { sink, bytes: () => Buffer.concat(parts) };
};

export type Made = { readonly file: Buffer; readonly sealed: SealedSegment; readonly key: string };

export const seal = async (
  plain: Uint8Array,
  context = 'segment 1',
  part?: number,
): Promise<Made> => {
  const { sink, bytes } = makeSink();
  const options = { groupKey, context, random: (length: number) => randomBytes(length) };
  const sealed = await sealSegment(streamOf(plain, part), sink, options);
  return { file: bytes(), sealed, key: keyOf(sealed.encapsulation, context) };
};

/** What comes out until it ends or fails, and how it failed. */
export const read = async (
  stream: Readable,
): Promise<{ readonly plain: Buffer; readonly fault: unknown }> => {
  const parts: Buffer[] = [];
  let fault: unknown;
  try {
    for await (const part of stream) parts.push(part as Buffer);
  } catch (error) {
    fault = (error as { code?: unknown }).code ?? error;
  }
  return { plain: Buffer.concat(parts), fault };
};

export const open = (
  file: Uint8Array,
  { sealed, key }: Pick<Made, 'sealed' | 'key'>,
  part?: number,
) => read(openSegment(streamOf(file, part), { groupKey, key, expected: sealed }));

/** How docs/vault.md says that the file key is wrapped, written a second time. */
const wrappingKey = (point: string, key: string) =>
  Buffer.from(
    hkdfSync(
      'sha256',
      Buffer.from(key, 'base64url'),
      Buffer.concat([Buffer.from(point, 'base64url'), Buffer.from(groupKey, 'base64url')]),
      'pocas-threshold-v1',
      32,
    ),
  );
const cipher = 'chacha20-poly1305';

const identityFor = (context: string): Identity => ({
  unwrapFileKey(stanzas) {
    const [stanza] = stanzas;
    const [kind, point, proof] = stanza!.args as [string, string, string];
    if (kind !== 'pocas-threshold-v1') return null;
    const key = wrappingKey(point, keyOf({ point, proof }, context));
    const opening = createDecipheriv(cipher, key, Buffer.alloc(12), { authTagLength: 16 });
    opening.setAuthTag(stanza!.body.subarray(16));
    const fileKey = opening.update(stanza!.body.subarray(0, 16));
    opening.final();
    return new Uint8Array(fileKey);
  },
});

export const openWithAge = async (file: Uint8Array, context: string): Promise<Buffer> => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityFor(context));
  return Buffer.from(await decrypter.decrypt(new Uint8Array(file)));
};

export const sealWithAge = async (
  plain: Uint8Array,
  context: string,
): Promise<{
  readonly file: Buffer;
  readonly encapsulation: Encapsulation;
  readonly key: string;
}> => {
  const random = randomBytes(64).toString('base64url');
  const { encapsulation, key } = threshold.encapsulate(groupKey, context, random);
  const recipient: Recipient = {
    wrapFileKey(fileKey) {
      const { point, proof } = encapsulation;
      const sealing = createCipheriv(cipher, wrappingKey(point, key), Buffer.alloc(12), {
        authTagLength: 16,
      });
      const body = [sealing.update(fileKey), sealing.final(), sealing.getAuthTag()];
      return [
        new Stanza(['pocas-threshold-v1', point, proof], new Uint8Array(Buffer.concat(body))),
      ];
    },
  };
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return { file: Buffer.from(await encrypter.encrypt(new Uint8Array(plain))), encapsulation, key };
};
