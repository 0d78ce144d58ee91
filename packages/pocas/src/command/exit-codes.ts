/** What the program's exit code says. `pocas --help` lists them for people. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  inUse: 3,
  notRunning: 4,
  refused: 5,
  diskFull: 6,
  moved: 7,
  wrong: 8,
} as const;

/** An error with words for the person at the terminal and its own exit code. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
