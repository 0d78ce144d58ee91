/** A siege: a node, somebody who wants to be served, and an attacker, each in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import { type Control, type Latencies, startControl } from './control.ts';
import { type SiegedNode, startSiegedNode } from './node.ts';
import { type Part, startPart } from './part.ts';

const program = new URL('./attacker-process.js', import.meta.url);
const callsPerSecond = 100;
const sampleMillis = 20;
const mebi = 1 << 20;
/** MiB on the heaps of the node that an attack may leave behind. */
const maxLeft = 8;
/** How long memory may take to come back. */
const maxLingeringSeconds = 5;

export type Finding = Latencies & {
  readonly attack: string;
  /** What the attacker tells. */
  readonly note: string;
  /** What came of the attack that should not have; undefined where all went as it should. */
  readonly failure: string | undefined;
  /** MiB by which the node's process grew during the attack, and what is left of it afterwards. */
  readonly growth: number;
  readonly after: number;
  /** The same of what is in use on the heaps of the node's threads. */
  readonly heapAfter: number;
};

export type Siege = {
  lay(attack: Attack, milliseconds: number): Promise<Finding>;
  end(): Promise<void>;
};

const inUse = async (node: SiegedNode): Promise<number> => {
  const { main, threads } = await node.collect();
  return [main, ...threads].reduce((sum, { used, external }) => sum + used + external, 0);
};

const inMebi = (bytes: number): number => Math.round((bytes / mebi) * 10) / 10;

export const startSiege = async (directory: string): Promise<Siege> => {
  let node: SiegedNode | undefined;
  let control: Control | undefined;
  const stop = async () => {
    await control?.stop();
    await node?.stop();
  };
  try {
    node = await startSiegedNode(directory);
    control = await startControl(node.refs.benign);
    // What is compiled and cached at the first calls is not the attacks' doing.
    await control.begin(callsPerSecond);
    await sleep(2000);
    await control.end(5000);
  } catch (error) {
    await stop();
    throw error;
  }
  const { refs, resident } = node;
  const [siegedNode, client] = [node, control];

  /** One that failed may have left anything behind, so the next attack has another. */
  let attacker: Part | undefined;
  const attackWith = async (attack: Attack, milliseconds: number) => {
    attacker ??= await startPart(program, { nice: true });
    try {
      return { note: await attacker.ask<string>('attack', attack.name, refs, milliseconds) };
    } catch (error) {
      await attacker.stop();
      attacker = undefined;
      return { note: '', failure: (error as Error).message };
    }
  };

  return {
    async lay(attack, milliseconds) {
      const heapBefore = await inUse(siegedNode);
      const before = resident();
      let most = before;
      const sampling = setInterval(() => {
        most = Math.max(most, resident());
      }, sampleMillis);
      await client.begin(callsPerSecond);
      const { note, failure } = await attackWith(attack, milliseconds);
      await sleep(attack.aftermathMillis ?? 0);
      const latencies = await client.end(10_000);
      clearInterval(sampling);
      let heapAfter = (await inUse(siegedNode)) - heapBefore;
      // What has just ended may take a moment to be let go of: a goodbye waits 2 s for its answer.
      for (
        let waited = 0;
        waited < maxLingeringSeconds && heapAfter > maxLeft * mebi;
        waited += 1
      ) {
        await sleep(1000);
        heapAfter = (await inUse(siegedNode)) - heapBefore;
      }
      return {
        ...latencies,
        attack: attack.name,
        note,
        failure,
        growth: inMebi(most - before),
        after: inMebi(resident() - before),
        heapAfter: inMebi(heapAfter),
      };
    },
    async end() {
      await attacker?.stop();
      await stop();
    },
  };
};

/** Every figure that is past what the others may be made to bear. */
export const violationsIn = (finding: Finding, maxP99: number, maxGrowth: number): string[] => {
  const { failure, failures, unanswered, p99, growth, calls, heapAfter } = finding;
  return [
    ...(failure === undefined ? [] : [failure]),
    ...(failures.length === 0 ? [] : [`a call failed: ${failures[0]}`]),
    ...(unanswered === 0 ? [] : [`${unanswered} calls were not answered`]),
    ...(calls > 0 ? [] : ['no call was answered']),
    ...(p99 <= maxP99 ? [] : [`a call in a hundred took ${p99.toFixed(0)} ms or longer`]),
    ...(growth <= maxGrowth ? [] : [`the node grew by ${growth} MiB`]),
    ...(heapAfter <= maxLeft ? [] : [`${heapAfter} MiB stayed in use`]),
  ];
};
