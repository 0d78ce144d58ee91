/** What happens to nodes while others are at work on them: the same for each seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../campaign/random.ts';
import type { ClearingNode } from '../clearing/node.ts';

export const troubles = [
  ...(['none', 'cut', 'kill', 'killTwo', 'freeze', 'killAndCut', 'breaking'] as const),
];
export type Trouble = (typeof troubles)[number];

const ways = ['reset', 'halfOpen', 'end'] as const;
/** From now on links to this node break again and again, in each of the ways in which they can in turn. */
export const breakLinksTo = ({ proxy }: ClearingNode): void => {
  proxy.plan((number, random) => {
    const bytes = 2_000 + random.below(4_000);
    const way = ways[number % ways.length]!;
    return way === 'halfOpen' ? { swallowAfterBytes: bytes } : { cutAfterBytes: bytes, cutAs: way };
  });
  for (const connection of proxy.connections()) connection.cut();
};

const cutOff = ({ proxy }: ClearingNode): void => {
  proxy.plan(() => ({ refuse: true }));
  for (const connection of proxy.connections()) connection.cut();
};

/** Everything is up and linked again; what nobody was told of before stays so. */
export const heal = async (nodes: readonly ClearingNode[]): Promise<void> => {
  for (const node of nodes) {
    node.proxy.plan(() => ({}));
    node.signal('SIGCONT');
    if (!node.isUp()) await node.start();
  }
};

/**
 * One trouble, from its beginning to its end, but for the healing.
 * @param onKill - told of each process that is killed
 */
export const make = async (
  trouble: Trouble,
  nodes: readonly ClearingNode[],
  random: Random,
  onKill: () => void,
): Promise<void> => {
  const [one, two] = [0, 0].map(() => nodes[random.below(nodes.length)]!) as [
    ClearingNode,
    ClearingNode,
  ];
  const [begin, length] = [random.below(400), random.below(1_000)];
  const kill = async (node: ClearingNode) => {
    onKill();
    await node.kill();
  };
  await sleep(begin);
  if (trouble === 'cut' || trouble === 'killAndCut') for (const node of [one, two]) cutOff(node);
  if (trouble === 'breaking') nodes.forEach(breakLinksTo);
  if (trouble === 'freeze') one.signal('SIGSTOP');
  if (trouble === 'kill' || trouble === 'killTwo' || trouble === 'killAndCut') await kill(one);
  if (trouble === 'killTwo' && two !== one) await kill(two);
  await sleep(length);
  one.signal('SIGCONT');
};
