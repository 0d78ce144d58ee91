/** `pocas clearing`: a set-off circle with a spreadsheet, and no node. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { clearingDraw } from './clearing-draw.ts';
import { clearingExplain } from './clearing-explain.ts';
import { clearingSolve } from './clearing-solve.ts';
import { clearingVerify } from './clearing-verify.ts';

const readLargest = (text: string): number => {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (value >= 3 && value <= 40) return value;
  throw new InvalidArgumentError('give a number from 3 to 40.');
};

/** How the file is written: the same for all. */
const addInput = (command: Command): Command =>
  command
    .argument('<file.csv>', 'who owes whom: debtor, creditor, amount; see docs/clearing.md')
    .option('--lines <file>', 'credit lines: lender, borrower, limit')
    .addOption(
      new Option(
        '--decimals <sign>',
        'what stands before decimals, where the file leaves it open',
      ).choices(['point', 'comma']),
    )
    .addOption(
      new Option(
        '--dates <order>',
        'whether day or month comes first, where it leaves that open',
      ).choices(['dmy', 'mdy']),
    )
    .option('--skip-bad', 'leave out rows that cannot be used, and say which')
    .addOption(
      new Option('--lang <language>', "what is said in (default: the terminal's)").choices([
        'en',
        'es',
      ]),
    )
    .option('--json', 'print JSON');

const wishes = [
  '--wishes <file>',
  'who wants how much of what it is owed, and can pay how much: participant, recall, pays (default: all)',
] as const;

export const addClearing = (program: Command): void => {
  const clearing = program
    .command('clearing')
    .description('Set off what a circle owes each other, from a spreadsheet. No node is needed.');

  addInput(
    clearing
      .command('solve')
      .description('Find the greatest set-off, and the least money that settles what remains.'),
  )
    .option(...wishes)
    .option('--hub <name>', 'let all transfers of money go through this one')
    .option('-o, --out <dir>', 'write all results into this new folder')
    .option('--force', 'replace results that are in it')
    .action(clearingSolve);

  addInput(
    clearing
      .command('verify')
      .description(
        'Check a result, whoever found it: that it is right, and that nothing is better.',
      ),
  )
    .option(...wishes)
    .requiredOption('--result <dir>', 'the folder of the result')
    .action(clearingVerify);

  addInput(
    clearing
      .command('explain')
      .description(
        'Say what was cleared of one participant, through which loops, and what is left.',
      ),
  )
    .requiredOption('--who <name>', 'the participant')
    .option('--result <dir>', 'the folder of a result (default: solves)')
    .action(clearingExplain);

  addInput(
    clearing
      .command('draw')
      .description('Draw who owes whom, before and after, as a picture (SVG).'),
  )
    .requiredOption('-o, --out <file.svg>', 'the picture')
    .option('--result <dir>', 'the folder of a result (default: solves)')
    .option('--currency <name>', 'which, where the file has several')
    .option('--largest <n>', 'how many participants are drawn, from 3 to 40', readLargest)
    .option('--title <text>', 'what stands above it')
    .option('--force', 'replace the picture that is there')
    .action(clearingDraw);
};
