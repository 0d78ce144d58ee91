/** `pocas market`: one's own share in a market, with a spreadsheet. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exportOrders, exportStatement } from './market-export.ts';
import { importNeeds, importOffers } from './market-import.ts';

const readTimes = (text: string): number => {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a number from 0 to 99.');
};

const addKey = (command: Command): Command =>
  command
    .requiredOption(
      '--key-file <file>',
      'where the sturdy ref of your wallet, or of your share in a market, is; - for standard input',
    )
    .option('--market <name>', 'which, where the wallet is in several');

const addImport = (command: Command): Command =>
  addKey(command.argument('<file.csv>', 'one in each row; see docs/operating.md'))
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
    .option('--again <n>', 'ask anew for what was refused, the nth time', readTimes)
    .option('--batch <word>', 'post what was posted before anew, under another word')
    .option('--json', 'print JSON');

const addExport = (command: Command): Command =>
  addKey(command)
    .option('-o, --out <file.csv>', 'the file (default: standard output)')
    .option('--force', 'replace the file that is there')
    .addOption(
      new Option('--lang <language>', "of the columns (default: the terminal's)").choices([
        'en',
        'es',
      ]),
    );

export const addMarket = (program: Command): void => {
  const market = program
    .command('market')
    .description('Your share in a market, with a spreadsheet. The market may be on any node.');
  const imported = market
    .command('import')
    .description('Post what stands in a spreadsheet. A second run posts nothing twice.');
  addImport(
    imported.command('offers').description('What you offer: what, price, quantity …'),
  ).action(importOffers);
  addImport(imported.command('needs').description('What you need: kind, what …')).action(
    importNeeds,
  );
  const exported = market.command('export').description('Write what is yours as a spreadsheet.');
  addExport(
    exported.command('statement').description('What moved on your account, the oldest first.'),
  ).action(exportStatement);
  addExport(exported.command('orders').description('What you ordered and provided.')).action(
    exportOrders,
  );
};
