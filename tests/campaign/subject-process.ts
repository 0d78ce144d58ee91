/**
 * A node in a process of its own, made to be crashed. Says on one line how to reach its vats, and
 * stops when its standard input ends.
 */
import '@pocas/vat-runtime/lockdown';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LINK_PATH, openDataDirectory, startNode, makeHostStarter } from '@pocas/vat-runtime/node';
import { dieAt } from './die-at.ts';
import type { Order, Ready } from './subject.ts';
import { openUnsynced } from './unsynced.ts';

// The cast holds: only `subject.ts` starts this process.
const { directory, vats, unsynced, moment } = JSON.parse(process.argv[2]!) as Order;

const data = await openDataDirectory(directory);
// An anchor would refuse the store that lost something, and hide what that one is to show.
const kept = unsynced ? { storage: await openUnsynced(data), anchor: undefined } : data;
const { storage, anchor, writes } = dieAt(kept, moment);
const node = await startNode({
  secrets: data.secrets,
  storage,
  anchor,
  startHost: makeHostStarter(data.storeDirectory),
  onFatal(reason) {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});

const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
// A server that listens on TCP has an address of this form.
const { port } = server.address() as AddressInfo;
node.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);

const found = async (): Promise<object[]> => {
  const roots = [];
  // One after the other, so that the writes of a run come in the same order each time.
  for (const vat of vats) roots.push((await node.makeVat(vat)) as object);
  node.setProgram(roots);
  return roots;
};
const roots = (node.getProgram() as object[] | undefined) ?? (await found());
const sturdyRefs = roots.map((root) => node.grantor.sturdy(root));
await node.settled();
process.stdout.write(
  `${JSON.stringify({ pid: process.pid, sturdyRefs, writes: writes() } satisfies Ready)}\n`,
);

process.stdin.resume().once('end', () => {
  void node.stop().then(() => {
    process.stdout.write(`${JSON.stringify({ writes: writes() })}\n`, () => process.exit(0));
  });
});
