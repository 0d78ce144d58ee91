/** `pocas peer list`, `add`, `remove`, and `pocas reconcile` */
import { E } from '@endo/far';
import type { PeerStatus } from '@pocas/vat-runtime/node';
import type { Operator } from '../compose/operator.ts';
import { CommandError } from './exit-codes.ts';
import { withOperator } from './operator.ts';

type DataOption = { data: string };

const say = (text: string) => void process.stdout.write(`${text}\n`);

const nameOf = ({ designator, label }: PeerStatus): string =>
  label === undefined ? designator.slice(0, 12) : `${label} (${designator.slice(0, 12)})`;

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Some lines for people. */
const describe = (peer: PeerStatus): string => {
  const { linked, waiting, unanswered, heard, locations, quarantine } = peer;
  const state = quarantine === undefined ? (linked ? 'linked' : 'away') : 'quarantined';
  const lines = [
    `${nameOf(peer)}  ${state}`,
    `    where: ${locations.length === 0 ? 'it is not known' : locations.join(', ')}`,
    `    messages for it that wait: ${waiting}; that it has and did not answer: ${unanswered}`,
    `    last heard: ${heard === undefined ? 'never' : timeOf(heard)}`,
  ];
  if (quarantine !== undefined) {
    const { reason, since, agreed } = quarantine;
    lines.push(`    quarantined since ${timeOf(since)}: ${reason}`);
    lines.push(
      agreed
        ? '    agreed to here; its operator has to run "pocas reconcile" too'
        : '    see "pocas reconcile"',
    );
  }
  return lines.join('\n');
};

/** The words of the node, which says what is wrong and what to do. */
const asCommandError = (error: Error): never => {
  throw new CommandError(error.message);
};

/** The one node that is meant by its designator, the beginning of it, or its label. */
export const findPeer = async (
  operator: Operator,
  which: string,
): Promise<PeerStatus | undefined> => {
  const peers = await E(operator).peers();
  const found = peers.filter(
    ({ label, designator }) =>
      label === which ||
      designator === which ||
      (which.length >= 6 && designator.startsWith(which)),
  );
  return found.length === 1 ? found[0] : undefined;
};

export const peerList = ({ data, json }: DataOption & { json?: true }): Promise<void> =>
  withOperator(data, async (operator) => {
    for (const peer of await E(operator).peers()) say(json ? JSON.stringify(peer) : describe(peer));
  });

export const peerAdd = (
  locator: string,
  { data, label }: DataOption & { label?: string },
): Promise<void> =>
  withOperator(data, async (operator) => {
    const peer = await E(operator).addPeer(locator, label).catch(asCommandError);
    say(`${nameOf(peer)} is known here now.`);
  });

export const peerRemove = (
  which: string,
  { data, yes }: DataOption & { yes?: true },
): Promise<void> =>
  withOperator(data, async (operator) => {
    if (yes) {
      const peer = await E(operator).removePeer(which).catch(asCommandError);
      say(`${nameOf(peer)} was removed. If it comes back, it is told that nothing is kept of it.`);
      return;
    }
    const peer = await findPeer(operator, which);
    if (peer !== undefined) {
      say(`${describe(peer)}
${peer.waiting + peer.unanswered} messages would be answered as failed. All that the node holds here would be void.`);
    }
    throw new CommandError('Nothing was changed. To remove the node: pocas peer remove --yes');
  });

const lossOf = ({ quarantine, waiting }: PeerStatus): string => {
  const { lost } = quarantine!;
  if (lost === undefined) return 'What is lost is known when the two nodes are linked again.';
  const { fromHere, fromThere } = lost;
  return `Numbered messages of which one side knows and the other does not:
    sent here, not known here any more or not known there: ${fromHere}
    sent there, not known there any more or not known here: ${fromThere}
They are lost, or were carried out and are forgotten by one side.
${waiting} messages wait here. Those that surely never arrived will be sent, once; of those that may
have arrived, their senders are told that their fate is unknown.`;
};

export const reconcile = (
  which: string,
  { data, yes }: DataOption & { yes?: true },
): Promise<void> =>
  withOperator(data, async (operator) => {
    if (yes) {
      const peer = await E(operator).reconcile(which).catch(asCommandError);
      say(`Agreed. A new epoch with ${nameOf(peer)} begins once its operator has agreed too and the
two are linked: "pocas peer list" shows it.`);
      return;
    }
    const peer = await findPeer(operator, which);
    if (peer?.quarantine === undefined) {
      throw new CommandError('Nothing to reconcile: no quarantined node is known by this');
    }
    say(`${describe(peer)}
${lossOf(peer)}
If one of the two runs in two copies, stop one of them for good first.`);
    throw new CommandError('Nothing was changed. To go on: pocas reconcile --yes, on both nodes');
  });
