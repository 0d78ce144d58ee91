/** Runs an actor of the runtime in a real vat, for its tests. */
import {
  type ManualTime,
  type TestNode,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { bundleVat } from '@pocas/vat-runtime/node';

export type Any = any;

export const start = 1_800_000_000_000;
export const week = 7 * 24 * 60 * 60 * 1000;
export const T: bigint = BigInt(start);
const epochs = { zero: T, length: BigInt(week) };

export type Bench = {
  readonly node: TestNode;
  readonly time: ManualTime;
  /** The root of a vat that runs a fixture, by the label it was given. */
  readonly roots: Readonly<Record<string, Any>>;
  /** What the vats printed. */
  readonly lines: string[];
};

/** @param fixtures - by label, the module of `test/fixtures` that each vat runs */
export const startBench = async (fixtures: Record<string, string>): Promise<Bench> => {
  const time = makeManualTime(start);
  const lines: string[] = [];
  const node = await makeTestNode({ time, epochs, print: (line) => void lines.push(line) });
  const roots: Record<string, Any> = {};
  for (const [label, name] of Object.entries(fixtures)) {
    const path = fileURLToPath(new URL(`../../../test/fixtures/${name}.ts`, import.meta.url));
    roots[label] = await node.makeVat({
      module: await bundleVat(path),
      label,
      powers: { clock: node.clock, timer: node.timer },
    });
  }
  node.setProgram(roots);
  return { node, time, roots, lines };
};

/** Ends the node and starts it anew over the same rows. Old references are dead then. */
export const restart = async ({ node, time, lines }: Bench): Promise<Bench> => {
  await node.stop();
  const { storage, secrets } = node;
  const print = (line: string) => void lines.push(line);
  const again = await makeTestNode({ time, epochs, storage, secrets, print });
  return { node: again, time, lines, roots: again.getProgram() as Record<string, Any> };
};

/** Lets everything that is under way come to rest. */
export const rest = ({ node }: Bench): Promise<void> => node.rest();
