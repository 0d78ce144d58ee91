/** A process that prepares its realm as its arguments say, tries to open sockets, and says what came of it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ways = new Set(process.argv.slice(2));
if (ways.has('lockdown')) await import('@pocas/vat-runtime/lockdown');
if (ways.has('ses')) {
  await import('ses');
  await import('@endo/eventual-send/shim.js');
}
const { serveChannels, dialChannel } = await import('#src/node/web-socket.js');

const server = createServer();
let reached = 0;
server.on('connection', (socket) => {
  reached += 1;
  socket.on('error', () => {});
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const location = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`;

const shapes = [
  Object,
  Function,
  Array,
  Promise,
  Error,
  TypeError,
  Map,
  Set,
  WeakMap,
  WeakSet,
].concat([
  RegExp,
  Date,
  String,
  Number,
  Boolean,
  BigInt,
  Symbol,
  Proxy,
  ArrayBuffer,
  Uint8Array,
] as never[]);
if (ways.has('pretend')) {
  Object.assign(globalThis, { harden: (value: unknown) => value, lockdown: () => {} });
  for (const { prototype } of [Object, Function]) Object.freeze(prototype);
}
if (ways.has('frozen')) {
  if (ways.has('shallow')) Object.assign(globalThis, { harden: Object.freeze });
  const made = [async () => {}, function* () {}, async function* () {}, [][Symbol.iterator]()];
  for (const value of [...shapes, JSON, Math, Reflect]) Object.freeze(value);
  for (const { prototype } of shapes) if (prototype !== undefined) Object.freeze(prototype);
  for (const value of made) Object.freeze(Object.getPrototypeOf(value));
}

const outcome = async (body: () => unknown): Promise<string> => {
  try {
    await body();
    return 'opened';
  } catch (error) {
    return (error as Error).message;
  }
};
class PageSocket {
  constructor() {
    reached += 1;
  }
}
const found: Record<string, string> = {
  serve: await outcome(() => serveChannels(server, '/link', () => {})),
  listeners: String(server.listenerCount('upgrade')),
  dial: await outcome(() => dialChannel(location)),
};
if (ways.has('ses')) {
  // Without the names that SES adds these cannot even be imported.
  const { connect } = await import('@pocas/vat-runtime/client');
  const { dialChannel: dialFromPage } = await import('@pocas/vat-runtime/browser');
  const { startNode } = await import('#src/node/node.js');
  found['dialFromPage'] = await outcome(() => dialFromPage(location, PageSocket as never));
  found['connect'] = await outcome(() => connect('ocapn:', {} as never));
  found['startNode'] = await outcome(() => startNode({} as never));
}
found['reached'] = String(reached);
process.stdout.write(JSON.stringify(found), () => process.exit());
