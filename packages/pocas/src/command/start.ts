/** `pocas start` */
import { resolve } from 'node:path';
import encodeQR from 'qr';
import { runNode } from '../compose/run-node.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { storeError } from './store.ts';
import { wordsFor } from './words.ts';

export type StartOptions = { data: string; port?: string; name?: string; json?: true };

const parsePort = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port >= 0 && port <= 65_535)) {
    throw new CommandError(
      `Cannot start: "${text}" is no port; give a number from 0 to 65535`,
      exitCodes.usage,
    );
  }
  return port;
};

const untilSignal = (): Promise<void> =>
  new Promise((stop) => {
    process.once('SIGTERM', () => stop());
    process.once('SIGINT', () => stop());
  });

export const start = async ({ data, port, name, json }: StartOptions): Promise<void> => {
  const directory = resolve(data);
  const wantedPort = parsePort(port);
  const stopped = untilSignal();
  let running;
  try {
    running = await runNode({
      directory,
      ...(wantedPort === undefined ? {} : { port: wantedPort }),
      ...(name === undefined ? {} : { name }),
      onFatal(reason) {
        process.stderr.write(`${reason}\nThe node stops here, so that nothing wrong is kept.\n`);
        process.exit(exitCodes.failed);
      },
    });
  } catch (error) {
    throw storeError(error, directory);
  }

  const { url, designator } = running;
  if (json) {
    process.stdout.write(`${JSON.stringify({ url, designator, data: directory })}\n`);
  } else {
    process.stdout.write(encodeQR(url, 'ascii'));
    process.stdout.write(wordsFor(process.env).running(url, directory));
  }
  await stopped;
  await running.stop();
};
