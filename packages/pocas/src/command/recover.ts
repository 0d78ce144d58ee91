/** `pocas recover` */
import { type StoreCheck, checkStore, isSound, recoverStore } from '@pocas/vat-runtime/node';
import { describe, faultsOf } from './check.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { withStore } from './store.ts';

export type RecoverOptions = { data: string; acceptLoss?: true; json?: true };

/** What is known to be lost. What was in a batch that is gone, nobody knows. */
const lossOf = ({ refusal, newest, anchored, damaged, unreadable }: StoreCheck): string[] => {
  const losses = damaged.map((key) => `The row ${JSON.stringify(key)}: damaged, will be deleted.`);
  if (unreadable !== undefined)
    losses.push('Rows that LevelDB cannot read: their keys are unknown.');
  const last = newest ?? -1;
  if (anchored !== undefined && anchored.sequence > last) {
    losses.push(
      `All that batches ${last + 1} to ${anchored.sequence} changed: others have seen it, and the store has not.`,
    );
  }
  if (refusal?.reason === 'hole')
    losses.push(`What the missing batches changed: ${refusal.words}.`);
  if (refusal?.reason === 'no-anchor' || refusal?.reason === 'damaged') {
    losses.push('Whether later batches existed: without the anchor nobody can tell.');
  }
  if (refusal?.reason === 'wrong-anchor') {
    losses.push(
      'All that happened in the history of which the anchor is, and not in that of the rows.',
    );
  }
  return losses;
};

const warning = `Other nodes and people may have seen later states than the one that remains. What they hold
(orders, payments, invitations) may be unknown here. Tell them, and compare before you go on.
`;

export const recover = ({ data, acceptLoss, json }: RecoverOptions): Promise<void> =>
  withStore(data, async (powers, directory) => {
    const found = await checkStore(powers);
    const say = (text: string) => void (json ? process.stderr : process.stdout).write(text);
    if (isSound(found)) {
      say('Nothing to recover: no fault was found, and nothing was changed.\n');
      if (json) process.stdout.write(`${JSON.stringify({ recovered: false, losses: [] })}\n`);
      return;
    }
    if (found.refusal?.reason === 'unknown-format') {
      throw new CommandError(
        `Cannot recover: ${found.refusal.words}; use the version that wrote them`,
        exitCodes.refused,
      );
    }
    const losses = lossOf(found);
    const list = (lines: string[]) => lines.map((line) => `  ${line}\n`).join('');
    say(
      `${describe(found)}\nFaults:\n${list(faultsOf(found))}\nLost:\n${list(losses)}\n${warning}`,
    );
    if (!acceptLoss) {
      throw new CommandError(
        `Nothing was changed. First copy "${directory}" somewhere safe; a newer backup is better than this. To go on with what is there: pocas recover --accept-loss --data ${directory}`,
        exitCodes.refused,
      );
    }
    const sequence = await recoverStore(powers, found);
    say(`\nThe store goes on at batch ${sequence}. Start the node as usual.\n`);
    if (json) process.stdout.write(`${JSON.stringify({ recovered: true, sequence, losses })}\n`);
  });
