/** What crosses between the node and the process of an owner, as JSON. */
import type { HostCommand, HostReport } from '../vat/host.ts';

/** From the node, over the pipe that does not block. */
export type ToChild = HostCommand | { readonly type: 'stop' };

/** From the child, over the pipe that does. */
export type FromChild =
  | { readonly type: 'ready' }
  /** What was done since the last of these, and how many commands it was. */
  | { readonly type: 'done'; readonly carriedOut: number; readonly reports: readonly HostReport[] }
  /** The child waits for the answer. */
  | { readonly type: 'read'; readonly vat: string; readonly key: string };

/** The answer to `read`. */
export type RowAnswer = { readonly value?: string } | { readonly error: string };

export const encodeCommand = (command: ToChild): string =>
  JSON.stringify(command.type === 'deliver' ? { ...command, time: String(command.time) } : command);

/** The cast holds: the node wrote it. */
export const decodeCommand = (text: string): ToChild => {
  const command = JSON.parse(text) as ToChild;
  return command.type === 'deliver' ? { ...command, time: BigInt(command.time) } : command;
};
