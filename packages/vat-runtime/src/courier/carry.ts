/** What whoever carries bundles does with the facet that he was given: bytes in, bytes out, by pieces. */
import { E } from '@endo/eventual-send';
import type { Courier, Drop, Parcel } from './mailroom.ts';
import type { Texts } from './texts.ts';

/** Bytes of a piece: its base64url is as long as one may be. */
const pieceBytes = 2880;
/** Pieces under way at a time. */
const window = 16;

/**
 * The bytes of a parcel.
 * @throws where it is not there any more: pick up again
 */
export const fetchParcel = async (
  courier: Pick<Courier, 'read'>,
  { id, size }: Pick<Parcel, 'id' | 'size'>,
  texts: Texts,
): Promise<Uint8Array> => {
  const bytes = new Uint8Array(Number(size));
  for (let at = 0, part = 0n; at < bytes.length; part += 1n) {
    const piece = texts.fromText(await E(courier).read(id, part));
    if (piece === undefined || piece.length === 0 || at + piece.length > bytes.length) {
      throw Error('Cannot fetch bundle: the node gave something else than it had promised');
    }
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
};

/** Leaves a bundle. @returns what the node says of it */
export const leaveBundle = async <Left>(
  place: { drop(): Drop<Left> },
  bundle: Uint8Array,
  texts: Texts,
): Promise<Awaited<Left>> => {
  const drop = await E(place).drop();
  const underWay: Promise<void>[] = [];
  for (let at = 0; at < bundle.length; at += pieceBytes) {
    underWay.push(E(drop).add(texts.toText(bundle.subarray(at, at + pieceBytes))) as Promise<void>);
    if (underWay.length >= window) await underWay.shift();
  }
  await Promise.all(underWay);
  return (await E(drop).end()) as Awaited<Left>;
};
