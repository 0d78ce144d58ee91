/** `pocas vault`: sealing recordings, asking to see them, and seeing them. */
import { type Command, InvalidArgumentError } from 'commander';
import { readLength } from './refs.ts';
import { vaultKey } from './vault-key.ts';
import { vaultOpen } from './vault-open.ts';
import { vaultRecord } from './vault-record.ts';
import { vaultRequest, vaultStatus } from './vault-status.ts';

const readTime = (text: string): bigint => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('A time is such as 2026-11-22T03:50:00Z.');
  return BigInt(time);
};
const readNumber = (text: string): bigint => {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('It is no number of a request.');
};

const addKey = (command: Command): Command =>
  command.requiredOption(
    '--key-file <file>',
    'where the sturdy ref of your wallet, share or camera is; - for standard input',
  );
const addShare = (command: Command): Command =>
  addKey(command).option('--vault <name>', 'which, where the wallet is in several');

export const addVault = (program: Command): void => {
  const vault = program
    .command('vault')
    .description('A video vault: what cameras seal, and who may see it. It may be on any node.');
  vault
    .command('key')
    .argument('<file>', 'a new file')
    .description('Make the key of a camera or a viewer, and print its code, which others may have.')
    .action((file: string) => vaultKey(file));
  addKey(vault.command('record').argument('<files...>', 'recordings, the first one first'))
    .description(
      'Seal recordings. Nobody opens them alone, not even who sealed them. One of more than ten minutes is cut into parts of equal size, whatever its format: give one file for each ten minutes where each must play by itself.',
    )
    .requiredOption('--camera-key <file>', 'what pocas vault key made for this camera')
    .requiredOption('-o, --out <folder>', 'where sealed files are kept')
    .requiredOption('--duration <time>', 'how long each file lasts, such as 10m', readLength)
    .option(
      '--from <time>',
      'when the first one began (default: so that the last ends now)',
      readTime,
    )
    .option('--print <text>', 'the key as those who keep a share read it; anything else is refused')
    .option('--remove-source', 'delete each recording once it is sealed')
    .action(vaultRecord);
  addShare(vault.command('request').argument('<segments...>', 'their names'))
    .description('Ask to see segments. Everybody who was there is told who asks, and why.')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--viewer <name>', 'who would see it')
    .requiredOption('--viewer-code <code>', 'the code of their key, from pocas vault key')
    .action(vaultRequest);
  addShare(vault.command('open').argument('<segment>', 'its name'))
    .description('See a segment that enough holders agreed to, as the viewer who was named.')
    .requiredOption('--request <number>', 'of the request', readNumber)
    .requiredOption('--viewer <name>', 'what you are called in it')
    .requiredOption('--viewer-key <file>', 'your key file, from pocas vault key')
    .requiredOption('--file <file.age>', 'the sealed file')
    .option('-o, --out <file>', 'the file (default: standard output)')
    .option('--print <text>', 'the key as those who keep a share read it; anything else is refused')
    .option('--force', 'replace the file that is there')
    .action(vaultOpen);
  addShare(vault.command('status'))
    .description('How a vault stands: its key, requests and segments.')
    .action(vaultStatus);
};
