/**
 * `idle-process.js server|client <subject>`: one end of many sessions that do nothing. The server says
 * what its memory is; the client opens them and holds them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { servePart } from '../../hostile/serve-part.ts';

const [role, subject] = process.argv.slice(2) as [string, string];

if (subject === 'pocas') await import('@pocas/vat-runtime/lockdown');
else if (subject === 'captp') await import('../captp/default-lockdown.ts');
const { listen, dial } = await import('../captp/loopback.ts');

type Any = any;

const servers: Readonly<Record<string, () => Promise<string>>> = {
  ws: () => listen(() => {}),
  async captp() {
    const { Far } = await import('@endo/far');
    const { link } = await import('../captp/captp-link.ts');
    const target = Far('Target', { echo: (text: string) => text });
    return listen((socket) => void link('server', socket, target));
  },
  async capnweb() {
    const { session } = await import('../captp/capnweb-session.ts');
    const { Target } = await import('../captp/capnweb-target.ts');
    return listen((socket) => void session(socket, new Target()));
  },
  async pocas() {
    const { fileURLToPath } = await import('node:url');
    const { startLoopbackNode } = await import('../captp/pocas-node.ts');
    const node = await startLoopbackNode({ maxLinks: 1e6, maxHandshakes: 1e6, linkBurst: 1e6 });
    const module = fileURLToPath(new URL('../captp/pocas-vat.js', import.meta.url));
    return node.grantor.sturdy((await node.makeVat({ module, label: 'idle' })) as object);
  },
};

/** Each has been used once: nobody holds a session that never said anything. */
const openers: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
  ws: dial,
  async captp(address) {
    const { E } = await import('@endo/far');
    const { link } = await import('../captp/captp-link.ts');
    const target: Any = link('client', await dial(address)).getBootstrap();
    await E(target).echo('hello');
    return target;
  },
  async capnweb(address) {
    const { session } = await import('../captp/capnweb-session.ts');
    const target: Any = session(await dial(address));
    await target.echo('hello');
    return target;
  },
  async pocas(sturdyRef) {
    const { randomBytes } = await import('node:crypto');
    const { E } = await import('@endo/far');
    const { connect } = await import('@pocas/vat-runtime/client');
    const { dialChannel } = await import('@pocas/vat-runtime/node');
    const session = await connect(sturdyRef, {
      dial: dialChannel,
      random: (length) => new Uint8Array(randomBytes(length)),
      later: (task) => void setImmediate(task),
    });
    const target: Any = await session.object;
    await E(target).echo('hello');
    return { session, target };
  },
};

const held: unknown[] = [];

servePart({
  listen: () => (role === 'server' ? servers[subject]!() : undefined),
  async open(address: string, count: number) {
    for (let made = 0; made < count; made += 1) held.push(await openers[subject]!(address));
  },
  async memory() {
    for (let i = 0; i < 4; i += 1) {
      // `--expose-gc` is among the flags.
      (globalThis as { gc?: () => void }).gc!();
      await sleep(50);
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    return { used: heapUsed + external, resident: rss };
  },
});
