/** Nodes that cannot dial each other, and whoever carries bundles between them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Courier } from '@pocas/vat-runtime';
import { bytesAsText, fetchParcel, leaveBundle } from '@pocas/vat-runtime/node';
import type { Cleanup } from './cleanup.ts';
import { openAt, visitAt } from './person.ts';

/** What a test may do at such a node. */
export type Hand = {
  /** Keeps a reference to a vat of another node. */
  meet(sturdyRef: string): Promise<void>;
  /** Sends it a text, and waits for no answer here. */
  say(text: string): Promise<void>;
  log(): Promise<readonly string[]>;
  /** To other nodes. */
  links(): bigint;
};

export type ApartNode = {
  readonly path: string;
  readonly port: string;
  readonly hand: Hand;
  /** Sturdy refs. */
  readonly sender: string;
  readonly courier: string;
  end(): Promise<void>;
  kill(): Promise<void>;
};

export const spawnApart = async (
  cleanup: Cleanup,
  path: string,
  way: 'meet' | 'apart',
): Promise<ApartNode> => {
  const program = fileURLToPath(new URL('./apart-node.js', import.meta.url));
  const child = spawn(process.execPath, [program, path, way], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  cleanup(() => stop('SIGKILL'));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void exited.then(() => reject(Error('the node ended')));
  });
  const said = JSON.parse(line) as Record<'port' | 'hand' | 'sender' | 'courier', string>;
  return {
    ...said,
    path,
    hand: (await openAt(cleanup, said.hand, said.port)) as Hand,
    end: () => stop('SIGTERM'),
    kill: () => stop('SIGKILL'),
  };
};

/** One visit at a node: leaves all that is in the pocket, takes along what there is, and goes. */
export const carry = (pocket: Uint8Array[], { courier: key, port }: ApartNode): Promise<void> =>
  visitAt(key, port, async (object) => {
    const courier = object as Courier;
    for (const bundle of pocket.splice(0)) {
      // One that this node made itself is not for it; whoever carries it keeps it.
      await leaveBundle(courier, bundle, bytesAsText).catch(() => pocket.push(bundle));
    }
    for (const parcel of await E(courier).pickUp()) {
      pocket.push(await fetchParcel(courier, parcel, bytesAsText));
    }
  });
