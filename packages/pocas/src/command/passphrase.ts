/** Where a command gets a passphrase: from a file, from another program, or from the terminal, unseen. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError, exitCodes } from './exit-codes.ts';

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0]!;

const askUnseen = async (question: string): Promise<string> => {
  process.stderr.write(question);
  // Nothing of what is typed is shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((answer, reject) => {
      lines.once('line', answer);
      lines.once('SIGINT', () => reject(new CommandError('Cannot go on: it was interrupted')));
      lines.once('close', () => reject(new CommandError('Cannot go on: no passphrase was given')));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
};

/** @param file - `-` for standard input; without it a person is asked, twice where it is new */
export const readPassphrase = async (file: string | undefined, isNew: boolean): Promise<string> => {
  if (file !== undefined) {
    try {
      return firstLine(readFileSync(file === '-' ? 0 : file, 'utf8'));
    } catch (error) {
      throw new CommandError(
        `Cannot read passphrase: ${(error as NodeJS.ErrnoException).code ?? 'the file cannot be read'}`,
      );
    }
  }
  if (!process.stdin.isTTY) {
    throw new CommandError(
      'Cannot ask for a passphrase: there is no terminal; give --passphrase-file, or - for standard input',
      exitCodes.usage,
    );
  }
  const said = await askUnseen('Passphrase: ');
  if (isNew && (await askUnseen('Once more: ')) !== said) {
    throw new CommandError('Cannot go on: the two passphrases are not the same');
  }
  return said;
};
