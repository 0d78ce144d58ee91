/** A person with a program of her own: a session with a node's wallet, without pages. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { Participant, WalletOwner } from '@pocas/market-actors';
import { parseSturdyRef } from '@pocas/vat-runtime';
import type { Facet } from '@pocas/vat-runtime';
import { type Session, connect } from '@pocas/vat-runtime/client';
import { dialChannel } from '@pocas/vat-runtime/node';
import type { Cleanup } from './cleanup.ts';

/** The sturdy refs that a node left for its operator. */
export const keysIn = (data: string): { operator: string; wallet: string } =>
  JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as { operator: string; wallet: string };

const sessionAt = (text: string, port: string): Promise<Session> => {
  const { designator, swiss } = parseSturdyRef(text);
  const url = encodeURIComponent(`ws://127.0.0.1:${port}/link`);
  return connect(`ocapn://${designator}.websocket/s/${swiss}?url=${url}`, {
    dial: (location) => dialChannel(location),
    random: (length) => new Uint8Array(randomBytes(length)),
    later: (task) => void setImmediate(task),
  });
};

/** What a sturdy ref opens at a node that listens on `port` now. */
export const openAt = async (cleanup: Cleanup, text: string, port: string): Promise<unknown> => {
  const session = await sessionAt(text, port);
  cleanup(() => session.close());
  return session.object;
};

/** The same, in a session that ends with the visit. */
export const visitAt = async <T>(
  text: string,
  port: string,
  use: (object: unknown) => Promise<T>,
): Promise<T> => {
  const session = await sessionAt(text, port);
  try {
    return await use(await session.object);
  } finally {
    session.close();
    await session.closed;
  }
};

/** The wallet of whoever runs the node. */
export const walletAt = async (
  cleanup: Cleanup,
  { data, port }: { data: string; port: string },
): Promise<Facet<WalletOwner>> =>
  (await openAt(cleanup, keysIn(data).wallet, port)) as Facet<WalletOwner>;

/** The place that a wallet got in a market by an invitation, which may be another node's. */
export const joinMarket = async (
  wallet: Facet<WalletOwner>,
  invitation: string,
): Promise<Facet<Participant>> => {
  const joined = await E(wallet).join(invitation, randomUUID());
  if (!joined.ok) throw Error(`Cannot join: ${joined.code}`);
  // The cast holds: the invitation is to a market.
  return (await E(wallet).view()).places.at(-1)! as unknown as Facet<Participant>;
};
