/** The program `pocas`. */
import '@pocas/vat-runtime/lockdown';
import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError } from 'commander';
import { audit } from './command/audit.ts';
import { bundleCarrier, exportBundle, importBundle } from './command/bundle.ts';
import { check } from './command/check.ts';
import { addClearing } from './command/clearing.ts';
import { freeStore } from './command/free-store.ts';
import { invite } from './command/invite.ts';
import { CommandError, exitCodes } from './command/exit-codes.ts';
import { addMarket } from './command/market.ts';
import { addVault } from './command/vault.ts';
import { metrics } from './command/metrics.ts';
import { exportMove, importMove } from './command/move.ts';
import { peerAdd, peerList, peerRemove, reconcile } from './command/peers.ts';
import { recover } from './command/recover.ts';
import { grant, readLength, readUses, refs, revoke } from './command/refs.ts';
import { start } from './command/start.ts';
import { status } from './command/status.ts';
import { grantable } from './compose/operator.ts';
import { resume, vats } from './command/vats.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const program = new Command('pocas')
  .description('A node for autonomous mutualist spaces.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(pocas --help lists the commands)')
  .addHelpText(
    'after',
    `
Exit codes:
  0  done
  1  failed; the message says why
  2  the command was not understood
  3  the data directory is in use by another process
  4  no node runs on this data directory
  5  the store is damaged, incomplete or too old, and was not opened; see docs/operating.md
  6  the disk is full
  7  the poca of the data directory was moved, or its import did not end
  8  a result of clearing, or an audit, is not right; each fault is said`,
  );

const dataOption = ['--data <dir>', 'where the node keeps everything', 'data'] as const;

program
  .command('start')
  .description('Start a node. The first start makes a demo poca: a market and a wallet.')
  .option(...dataOption)
  .option('--port <n>', 'where to listen on this machine (default: 8400, or a free one)')
  .option('--links <address:port>', 'answer other nodes there too (default: this machine only)')
  .option(
    '--announce <address>',
    'where others reach it: wss://…/link (default: this machine only)',
  )
  .option('--name <person>', 'what you are called in the poca that a first start makes', 'Ana')
  .option(
    '--unit <name>',
    'what its book counts rounds in, such as EUR or hours; noted when the book is made',
    'MXN',
  )
  .option('--metrics-port <n>', 'serve metrics to programs on this machine (0: on a free port)')
  .option('--log <form>', 'how to write the log on standard error: text or json', 'text')
  .option('--log-level <level>', 'trace, debug, info, warn, error or fatal', 'info')
  .option('--json', 'print one line of JSON when ready, and nothing else')
  .action(start);

program
  .command('invite')
  .description('Make an invitation for one person.')
  .option(...dataOption)
  .option('--market', 'for someone who has a wallet on another node: a text to paste there')
  .option('--json', 'print JSON')
  .action(invite);

program
  .command('free-store')
  .description(
    'Open a shelf of things that nobody pays for. Prints the key for who looks after it.',
  )
  .argument('<name>', 'what it is called')
  .option(...dataOption)
  .option('--json', 'print JSON')
  .action(freeStore);

program
  .command('grant')
  .description('Make a sturdy ref, a key as a text. It is shown once.')
  .addArgument(new Argument('<what>', 'what it opens').choices(grantable))
  .option(...dataOption)
  .option('--uses <n>', 'how often it may be used (default: any number of times)', readUses)
  .option('--expires <time>', 'when it ends: 30m, 12h, 7d, 4w (default: never)', readLength)
  .option('--label <text>', 'what it is called in the list (default: what it opens)')
  .option(
    '--bind <who>',
    'only for a node or client, by its designator; or "first": who uses it first',
  )
  .option('--json', 'print JSON')
  .action(grant);

program
  .command('audit')
  .description('Check the public audit of each market in your wallet, and your entry in it.')
  .option(...dataOption)
  .option('--json', 'print a line of JSON for each')
  .action(audit);

program
  .command('refs')
  .description('List the sturdy refs of the running node that still hold.')
  .option(...dataOption)
  .option('--json', 'print a line of JSON for each')
  .action(refs);

program
  .command('revoke')
  .description('End a sturdy ref and all that was derived from it, by its name in the list.')
  .argument('<ref>')
  .option(...dataOption)
  .action(revoke);

program
  .command('status')
  .description('Say how the running node is.')
  .option(...dataOption)
  .option('--json', 'print JSON')
  .action(status);

program
  .command('vats')
  .description('List the vats of the running node, and say which are suspended and why.')
  .option(...dataOption)
  .option('--suspended', 'only those that are suspended')
  .option('--json', 'print a line of JSON for each')
  .action(vats);

program
  .command('resume')
  .description('Let a suspended vat go on, by its number in the list of vats.')
  .argument('<vat>')
  .option(...dataOption)
  .action(resume);

const peer = program
  .command('peer')
  .description('List the other nodes that this one knows, add one, or remove one.');

peer
  .command('list')
  .description('Say of each node where it is, what waits for it, and whether it is quarantined.')
  .option(...dataOption)
  .option('--json', 'print a line of JSON for each')
  .action(peerList);

peer
  .command('add')
  .description('Remember a node, by the locator that its own "pocas status" prints.')
  .argument('<locator>')
  .option(...dataOption)
  .option('--label <name>', 'what to call it here')
  .action(peerAdd);

peer
  .command('remove')
  .description(
    'Erase all that is kept of a node. What waits for it fails; what it held here is void.',
  )
  .argument('<peer>', 'its label, or its designator or the beginning of it')
  .option(...dataOption)
  .option('--yes', 'do it; without this it only says what is lost')
  .action(peerRemove);

program
  .command('reconcile')
  .description(
    'Go on with a node that remembers another history than this one. To be run on both nodes.',
  )
  .argument('<peer>', 'its label, or its designator or the beginning of it')
  .option(...dataOption)
  .option('--yes', 'do it; without this it only says what is known')
  .action(reconcile);

program
  .command('metrics')
  .description('Print what the running node counts, in the text form of Prometheus.')
  .option(...dataOption)
  .action(metrics);

program
  .command('check')
  .description('Read and verify everything that a node keeps. The node must be stopped.')
  .option(...dataOption)
  .option('--json', 'print JSON')
  .action(check);

program
  .command('recover')
  .description('Make a refused store usable with what is left of it. The node must be stopped.')
  .option(...dataOption)
  .option('--accept-loss', 'do it; without this it only says what is lost')
  .option('--json', 'print JSON')
  .action(recover);

const bundle = program
  .command('bundle')
  .description('Messages for a node without a link, as a sealed file that anybody may carry.');

bundle
  .command('export')
  .description('Write all that waits for a node, named as "pocas peer list" does, into a new file.')
  .argument('<peer>')
  .argument('<file>')
  .option(...dataOption)
  .option('--days <n>', 'how long it is good for, 1 to 90 (default: 30)')
  .option('--json', 'print JSON')
  .action(exportBundle);

bundle
  .command('import')
  .description('Take what is new of a bundle for this node.')
  .argument('<file>')
  .option(...dataOption)
  .option('--json', 'print JSON')
  .action(importBundle);

bundle
  .command('carrier')
  .description('Make a sturdy ref for somebody who carries bundles, who can read none of them.')
  .argument('<label>')
  .option(...dataOption)
  .option('--json', 'print JSON')
  .action(bundleCarrier);

const move = program
  .command('move')
  .description('Move a poca to another machine. The node must be stopped.');
const passphraseOption = [
  '--passphrase-file <file>',
  'where the passphrase is, - for standard input (default: asks)',
] as const;

move
  .command('export')
  .description(
    'Write the whole poca into one sealed file. Its data directory does not start after it.',
  )
  .argument('<file>')
  .option(...dataOption)
  .option(...passphraseOption)
  .option('--stewards <t/n>', 'no passphrase: n shares, of which any t open the file, such as 3/5')
  .option('--json', 'print JSON')
  .action(exportMove);

move
  .command('import')
  .description('Make a new data directory from such a file.')
  .argument('<file>')
  .requiredOption('--data <dir>', 'the new data directory')
  .option(...passphraseOption)
  .option('--shares <files...>', 'the shares of stewards, where it was exported for those')
  .option('--json', 'print JSON')
  .action(importMove);

addClearing(program);
addMarket(program);
addVault(program);

// Whoever reads what is printed may have read enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : exitCodes.failed;
  }
}
