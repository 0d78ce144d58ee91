/**
 * A node in a process of its own, with a vat that sends to one of another node. Says on one line where
 * to find it. Where it is told to be apart it dials nobody, whatever it knows.
 */
import '@pocas/vat-runtime/lockdown';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import {
  LINK_PATH,
  makeHostStarter,
  makePower,
  makeProcessLog,
  openDataDirectory,
  startNode,
} from '@pocas/vat-runtime/node';

type Any = any;
const [, , path, way] = process.argv as [string, string, string, 'meet' | 'apart'];

const data = await openDataDirectory(path);
const node = await startNode({
  ...{ secrets: data.secrets, storage: data.storage, anchor: data.anchor },
  startHost: makeHostStarter(data.storeDirectory),
  log: makeProcessLog('text', 'error'),
  onFatal: () => process.exit(1),
  ...(way === 'apart' ? { dial: () => Promise.reject(Error('there is no way')) } : {}),
});
const HandI = M.interface('Hand', {
  meet: M.call(M.string()).returns(M.promise()),
  say: M.call(M.string()).returns(M.promise()),
  log: M.call().returns(M.promise()),
  links: M.call().returns(M.bigint()),
});
type Kept = { sender: Any; far?: Any; keys?: Record<string, string> };
const kept = () => node.getProgram() as Kept;
const hand = node.definePower(
  'hand',
  makePower('Hand', HandI, {
    async meet(sturdyRef: string) {
      const far = await E(node.enlivener).enliven(sturdyRef);
      await E(kept().sender).keep(far);
      node.setProgram({ ...kept(), far });
      await node.settled();
    },
    async say(text: string) {
      await E(kept().sender).say(kept().far, text);
    },
    log: () => E(kept().sender).log(),
    links: () => BigInt(node.peers.list().filter(({ linked }) => linked).length),
  }),
);
if (node.getProgram() === undefined) {
  const module = fileURLToPath(
    new URL('../../../packages/vat-runtime/test/fixtures/sender.ts', import.meta.url),
  );
  const powers = { clock: node.clock, timer: node.timer };
  const sender = await node.makeVat({ module, label: 'sender', powers, params: { balance: 0n } });
  node.setProgram({ sender });
}
const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
node.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);
const says = {
  port: String(port),
  hand: node.grantor.sturdy(hand),
  sender: node.grantor.sturdy(kept().sender),
  courier: node.grantor.sturdy(node.couriers.makeCourier('phone')),
};
await node.settled();
process.stdout.write(`${JSON.stringify(says)}\n`);
process.once('SIGTERM', () => void node.stop().then(() => process.exit(0)));
