/** How the other commands reach a running node: as its operator, with the sturdy ref it left for us. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { connect } from '@pocas/vat-runtime/client';
import { dialChannel, nodeCiphers } from '@pocas/vat-runtime/node';
import type { Operator } from '../compose/operator.ts';
import { readKeys, readRunning } from '../compose/files.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** How long a node may take to prove who it is. */
const patienceMilliseconds = 10_000;

/** Runs `use` with the operator's facet of the node that runs on `data`. */
export const withOperator = async <T>(
  data: string,
  use: (operator: Operator) => Promise<T>,
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
  const connecting = connect(keys.operator, {
    dial: () => dialChannel(running.location),
    ciphers: nodeCiphers,
    random: (length) => new Uint8Array(randomBytes(length)),
    later: (task) => void setImmediate(task),
  });
  const session = await Promise.race([connecting, silence]).catch(() => {
    throw notRunning;
  });
  try {
    // The cast holds: the node made this sturdy ref for its operator's facet.
    return await use(session.object as unknown as Operator);
  } finally {
    session.close();
  }
};
