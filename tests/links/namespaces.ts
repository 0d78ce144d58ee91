/**
 * Two nodes as on two machines: each in a network namespace of its own, with a cable between them that
 * is pulled and put back. No proxy stands between, so what happens is what the kernel does.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import { type Cleanup, makeFolder } from '../support/cleanup.ts';
import { until } from '../support/until.ts';
import { type LinkedNode, startLinkedNode } from './node.ts';
import type { PartReport } from './part.ts';
import { type Ending, endingsOf, patienceForSilence, timed } from './processes.ts';

const port = 8400;
const pingMilliseconds = 1000;
/** Long enough that both sides notice, and that a dial into nothing has ended. */
const pulledMillis = 12_000;

const ip = (...args: readonly string[]): void =>
  void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });

/** Names of this process: nobody else's are touched. */
const nameOf = (end: number): string => `pocas-${process.pid}-${end}`;
const cableOf = (end: number): string => `pc${process.pid % 1_000_000}-${end}`;
const addressOf = (end: number): string => `10.77.77.${end + 1}`;

/** @returns why there are none, undefined where they are there */
const layCable = (cleanup: Cleanup): string | undefined => {
  try {
    for (const end of [0, 1]) {
      ip('netns', 'add', nameOf(end));
      // Its end of the cable goes with it.
      cleanup(() => ip('netns', 'del', nameOf(end)));
    }
    const [here, there] = [cableOf(0), cableOf(1)] as const;
    ip(
      'link',
      'add',
      here,
      'netns',
      nameOf(0),
      'type',
      'veth',
      'peer',
      'name',
      there,
      'netns',
      nameOf(1),
    );
    for (const end of [0, 1]) {
      ip('-n', nameOf(end), 'addr', 'add', `${addressOf(end)}/24`, 'dev', cableOf(end));
      ip('-n', nameOf(end), 'link', 'set', 'lo', 'up');
      ip('-n', nameOf(end), 'link', 'set', cableOf(end), 'up');
    }
    return undefined;
  } catch (error) {
    return (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
  }
};

export const pullCable = async (
  cleanup: Cleanup,
  { rounds }: { readonly rounds: number },
): Promise<PartReport> => {
  const why = layCable(cleanup);
  if (why !== undefined) {
    return {
      part: 'cable',
      figures: {},
      violations: [],
      notRun: `no network namespaces can be made here (it needs root and iproute2): ${why}`,
    };
  }
  const folder = makeFolder(cleanup);
  const start = (end: number) =>
    startLinkedNode(
      cleanup,
      {
        ...{ directory: join(folder, String(end)), port, host: addressOf(end), pingMilliseconds },
        location: `ws://${addressOf(end)}:${port}${LINK_PATH}`,
      },
      ['ip', 'netns', 'exec', nameOf(end)],
    );
  const nodes: [LinkedNode, LinkedNode] = [await start(0), await start(1)];
  await nodes[0].know('1', nodes[1].sturdyRef);
  await nodes[1].know('0', nodes[0].sturdyRef);

  const violations: string[] = [];
  const endings: Ending[] = [];
  let backMillis = 0;
  for (let round = 0; round < rounds; round += 1) {
    const answered = [0, 0];
    let over = false;
    const calling = nodes.map(async (node, end) => {
      while (!over) {
        const ending = await timed(node.add(String(1 - end)));
        endings.push(ending);
        if (ending.failure === undefined) answered[end]! += 1;
        await sleep(20);
      }
    });
    const untilBoth = async () => {
      const before = [...answered];
      await until('calls both ways', () => answered.every((count, end) => count > before[end]!));
    };
    await untilBoth();
    ip('-n', nameOf(1), 'link', 'set', cableOf(1), 'down');
    await sleep(pulledMillis);
    ip('-n', nameOf(1), 'link', 'set', cableOf(1), 'up');
    const healed = performance.now();
    await untilBoth();
    backMillis = Math.max(backMillis, performance.now() - healed);
    over = true;
    await Promise.all(calling);
  }
  const failed = endings.filter(({ failure }) => failure !== undefined).length;
  if (failed === 0) violations.push('nobody noticed that the cable was pulled');
  violations.push(...endingsOf(endings, patienceForSilence(pingMilliseconds)));
  const counts = (await nodes[0].count()) + (await nodes[1].count());
  if (counts < endings.length - failed || counts > endings.length) {
    violations.push(`${endings.length - failed} calls were answered, and ${counts} carried out`);
  }
  return {
    part: 'cable',
    figures: {
      rounds,
      pulledMillis,
      calls: endings.length,
      failed,
      longestCallMillis: Math.max(...endings.map(({ millis }) => millis)),
      backMillis: Math.round(backMillis),
    },
    violations,
  };
};
