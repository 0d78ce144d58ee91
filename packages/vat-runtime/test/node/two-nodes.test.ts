import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { connect } from '@pocas/vat-runtime/client';
import {
  LINK_PATH,
  dialChannel,
  openDataDirectory,
  startNode,
  startVatThread,
} from '@pocas/vat-runtime/node';

const module = fileURLToPath(new URL('../../../test/fixtures/counter.ts', import.meta.url));

/** A node as the program runs it: LevelDB, a thread of vats, a WebSocket. */
const start = async (path: string, port = 0) => {
  const directory = await openDataDirectory(path);
  const node = await startNode({
    secrets: directory.secrets,
    storage: directory.storage,
    startHost: (onReport, onExit) => startVatThread(directory.storeDirectory, onReport, onExit),
    onFatal: (reason) => {
      throw Error(reason);
    },
  });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${actual}${LINK_PATH}`);
  const stop = async () => {
    await node.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { ...node, port: actual, stop };
};

const withDirectories = async (body: (a: string, b: string) => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-test-'));
  try {
    await body(join(folder, 'a'), join(folder, 'b'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const random = (length: number) => new Uint8Array(randomBytes(length));

test('a sturdy ref reaches a vat on another node, and works again after both restart', async () => {
  await withDirectories(async (pathA, pathB) => {
    let a = await start(pathA);
    let b = await start(pathB);
    const counter = await a.makeVat({ module, label: 'counter', params: { start: 5n } });
    const sturdyRef = a.grantor.sturdy(counter as object);

    // A vat of B keeps the reference.
    const holder = (await b.makeVat({ module, label: 'holder', params: { start: 0n } })) as any;
    const far = (await E(b.enlivener).enliven(sturdyRef)) as any;
    assert.equal(await E(far).add(1n), 6n);
    await E(holder).keep(far);
    b.setProgram({ holder });
    const ports = [a.port, b.port] as const;
    await a.stop();
    await b.stop();

    a = await start(pathA, ports[0]);
    b = await start(pathB, ports[1]);
    const program = b.getProgram() as any;
    assert.equal(await E(program.holder).tell(await E(program.holder).kept(), 'get', false), 6n);
    assert.equal(await E((await E(b.enlivener).enliven(sturdyRef)) as any).add(1n), 7n);
    assert.equal(await E(program.holder).kept(), await E(b.enlivener).enliven(sturdyRef));

    // A restarts alone: B finds it again by itself.
    await a.stop();
    const kept = await E(program.holder).kept();
    await assert.rejects(E(kept).get(), /delivered: no/);
    a = await start(pathA, ports[0]);
    assert.equal(await E(kept).get(), 7n);
    await a.stop();
    await b.stop();
  });
});

test('a chain of calls on answers crosses to the other node in one round trip', async () => {
  await withDirectories(async (pathA) => {
    const a = await start(pathA);
    const counter = await a.makeVat({ module, label: 'counter', params: { start: 5n } });
    await E(counter as any).keep(counter);
    const session = await connect(a.grantor.sturdy(counter as object), {
      dial: dialChannel,
      random,
      later: (task) => void setImmediate(task),
    });
    await session.object;
    const before = session.link.frames();
    let last = session.object as any;
    for (let i = 0; i < 9; i += 1) last = E(last).kept();
    assert.equal(await E(last).get(), 5n);
    const after = session.link.frames();
    // All ten calls left in one frame, before any answer came.
    assert.equal(after.sent - before.sent, 1);
    session.close();
    await a.stop();
  });
});
