/** `pocas start` */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import encodeQR from 'qr';
import { LINK_PATH, type LogForm, levels, makeProcessLog } from '@pocas/vat-runtime/node';
import type { LinkAddress } from '../compose/link-port.ts';
import { runNode } from '../compose/run-node.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { storeError } from './store.ts';
import { wordsFor } from './words.ts';

export type StartOptions = {
  data: string;
  port?: string;
  links?: string;
  announce?: string;
  name?: string;
  unit?: string;
  metricsPort?: string;
  log: string;
  logLevel: string;
  json?: true;
};

/** For the reader of the log, at the end. */
const patienceMilliseconds = 1000;

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

/** As debts name it: both sides of a debt write the same text, so no spaces that nobody sees. */
const parseUnit = (text: string | undefined): string | undefined => {
  if (text === undefined || /^\S(?:.{0,18}\S)?$/u.test(text)) return text;
  throw new CommandError(
    `Cannot start: "${text}" is nothing to count in; give a name of up to 20 characters, such as EUR or hours`,
    exitCodes.usage,
  );
};

/** A `ws:` or `wss:` address, in the form in which others are told of it. */
const parseAnnounced = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAddress =
    (url?.protocol === 'ws:' || url?.protocol === 'wss:') &&
    url.pathname === LINK_PATH &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (isAddress) return url.href;
  throw new CommandError(
    `Cannot start: "${text}" is no address to announce; give one such as wss://node.example${LINK_PATH}`,
    exitCodes.usage,
  );
};

/** An address of this machine and a port, `192.168.1.5:8401` or `[::]:8401`. */
const parseLinks = (
  text: string | undefined,
  announced: string | undefined,
): LinkAddress | undefined => {
  if (text === undefined) return undefined;
  const [, v6, v4, digits] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):([0-9]{1,5})$/i.exec(text) ?? [];
  const host = v6 ?? v4 ?? '';
  const port = Number(digits);
  if (isIP(host) === 0 || !(port <= 65_535)) {
    throw new CommandError(
      `Cannot start: "${text}" is nowhere to answer links; give an address of this machine and a port, such as 192.168.1.5:8401`,
      exitCodes.usage,
    );
  }
  if (/^[0:.]+$/.test(host) && announced === undefined) {
    throw new CommandError(
      `Cannot start: nobody can dial "${text}"; say what others dial with --announce`,
      exitCodes.usage,
    );
  }
  return { host, port };
};

const logForms: readonly LogForm[] = ['text', 'json'];

/** The word that was said, where it is one of those that there are. */
const parseWord = <W extends string>(option: string, text: string, words: readonly W[]): W => {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new CommandError(
    `Cannot start: "${text}" is no value of ${option}; give one of ${words.join(', ')}`,
    exitCodes.usage,
  );
};

const untilSignal = (): Promise<void> =>
  new Promise((stop) => {
    process.once('SIGTERM', () => stop());
    process.once('SIGINT', () => stop());
  });

export const start = async (options: StartOptions): Promise<void> => {
  const { data, port, links, announce, name, metricsPort, json } = options;
  const unit = parseUnit(options.unit);
  const directory = resolve(data);
  const form = parseWord('--log', options.log, logForms);
  const level = parseWord('--log-level', options.logLevel, levels);
  const wantedMetricsPort = parsePort(metricsPort);
  const wantedPort = parsePort(port);
  const announced = parseAnnounced(announce);
  const linkAddress = parseLinks(links, announced);
  const stopped = untilSignal();
  const log = makeProcessLog(form, level);
  let running;
  try {
    running = await runNode({
      directory,
      ...(wantedPort === undefined ? {} : { port: wantedPort }),
      ...(linkAddress === undefined ? {} : { links: linkAddress }),
      ...(announced === undefined ? {} : { announce: announced }),
      ...(name === undefined ? {} : { name }),
      ...(unit === undefined ? {} : { unit }),
      ...(wantedMetricsPort === undefined ? {} : { metricsPort: wantedMetricsPort }),
      log,
      onFatal(reason) {
        log.tell('node.failed', { fault: reason });
        process.exit(exitCodes.failed);
      },
    });
  } catch (error) {
    throw storeError(error, directory);
  }

  const { url, designator } = running;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ url, designator, data: directory, metricsPort: running.metricsPort })}\n`,
    );
  } else {
    process.stdout.write(encodeQR(url, 'ascii'));
    process.stdout.write(wordsFor(process.env).running(url, directory));
  }
  await stopped;
  await running.stop();
  // Whoever does not read the log does not keep the process.
  setTimeout(() => process.exit(), patienceMilliseconds).unref();
};
