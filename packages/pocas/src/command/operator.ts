/** How the other commands reach a running node: as its operator, with the sturdy ref it left for us. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { Operator } from '../compose/operator.ts';
import { type Keys, readKeys, readRunning } from '../compose/files.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** How long a node may take to prove who it is. */
const patienceMilliseconds = 10_000;

/** Runs `use` with what one of the keys opens, on the node that runs on `data`. */
const withKey = async <T>(
  data: string,
  key: keyof Keys,
  use: (object: object) => Promise<T>,
): Promise<T> => {
  const directory = resolve(data);
  const keys = readKeys(directory);
  const running = readRunning(directory);
  const notRunning = new CommandError(
    `Cannot reach a node: none runs on the data directory "${directory}"; start it with pocas start --data`,
    exitCodes.notRunning,
  );
  if (keys === undefined || running === undefined) throw notRunning;
  // What listens on the port may be something else, and say nothing.
  const silence = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(Error('no answer')), patienceMilliseconds).unref();
  });
  const connecting = connect(keys[key], {
    dial: () => dialChannel(running.location),
    ciphers: nodeCiphers,
    random: (length) => new Uint8Array(randomBytes(length)),
    later: (task) => void setImmediate(task),
  });
  const session = await Promise.race([connecting, silence]).catch(() => {
    throw notRunning;
  });
  try {
    return await use(session.object as unknown as object);
  } finally {
    session.close();
  }
};

/** Runs `use` with the operator's facet of the node that runs on `data`. */
export const withOperator = <T>(
  data: string,
  use: (operator: Operator) => Promise<T>,
): Promise<T> =>
  // The cast holds: the node made this sturdy ref for its operator's facet.
  withKey(data, 'operator', (object) => use(object as Operator));

/** The same with the wallet of the person whose machine it is. */
export const withWallet = <T>(data: string, use: (wallet: object) => Promise<T>): Promise<T> =>
  withKey(data, 'wallet', use);
