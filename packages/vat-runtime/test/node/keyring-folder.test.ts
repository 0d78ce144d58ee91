import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  keyringPowers,
  makeFolderStorage,
  makeKeyring,
  openKeyring,
} from '@pocas/vat-runtime/node-client';
import { withFolder } from './nodes.ts';

const writer = fileURLToPath(new URL('./keyring-writer.js', import.meta.url));
const deviceKey = keyringPowers().random(32);
const powersIn = (folder: string) => ({
  ...keyringPowers(),
  storage: makeFolderStorage(folder),
  secret: { deviceKey },
});
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a keyring in a folder is one file that only its owner may read', async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, 'keyring');
    mkdirSync(folder, { mode: 0o755 });
    assert.equal(await makeFolderStorage(folder).read(), undefined);
    const keyring = await makeKeyring(powersIn(folder));
    const { identitySeed } = keyring;
    const seed = await identitySeed();
    await keyring.add('a', `ocapn://${'a'.repeat(51)}q.websocket/s/${'A'.repeat(43)}`);
    assert.deepEqual(readdirSync(folder), ['2']);
    assert.equal(modeOf(folder), '700');
    assert.equal(modeOf(join(folder, '2')), '600');
    assert.ok(!readFileSync(join(folder, '2')).includes(Buffer.from(seed)));
    assert.deepEqual(await (await openKeyring(powersIn(folder))).identitySeed(), seed);
  });
});

test('a change that is refused leaves the file as it is', async () => {
  await withFolder(async (folder) => {
    const storage = makeFolderStorage(folder);
    await storage.replace(() => Uint8Array.of(1));
    await assert.rejects(
      storage.replace(() => {
        throw Error('no');
      }),
      /^Error: no$/,
    );
    assert.deepEqual(readdirSync(folder), ['1']);
    assert.deepEqual(await storage.read(), Uint8Array.of(1));
    // A draft that a killed process left counts for nothing, and neither does what is no number.
    writeFileSync(join(folder, `draft-${process.pid}-0`), 'torn');
    writeFileSync(join(folder, '2.bak'), 'other');
    await storage.replace((stored) => Uint8Array.of(stored![0]! + 1));
    assert.deepEqual(await storage.read(), Uint8Array.of(2));
    assert.deepEqual(readdirSync(folder), ['2', '2.bak']);
  });
});

test('a change that was made on what has been replaced meanwhile is made again, and takes nothing back', async () => {
  await withFolder(async (folder) => {
    const [mine, theirs] = [makeFolderStorage(folder), makeFolderStorage(folder)];
    await mine.replace(() => Uint8Array.of(0));
    for (const others of [1, 2, 3]) {
      let left = others;
      const add = (stored: Uint8Array | undefined) => Uint8Array.of(...stored!, stored!.length);
      const before = (await mine.read())!.length;
      await mine.replace((stored) => {
        // Others write between our reading and our writing: the number that we will ask for is taken,
        // or was, and is free again.
        for (; left > 0; left -= 1) void theirs.replace(add);
        return add(stored);
      });
      assert.equal((await mine.read())!.length, before + others + 1);
      assert.equal(readdirSync(folder).length, 1);
    }
  });
});

test('processes that write at once, and are killed, lose nothing that was kept', async () => {
  await withFolder(async (folder) => {
    const keyring = await makeKeyring(powersIn(folder));
    const key = Buffer.from(deviceKey).toString('hex');
    const said: string[] = [];
    const runs = [15, 15, 1000].map(async (times, i) => {
      const child = spawn(process.execPath, [writer, folder, key, String(times)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop()!;
        said.push(...lines);
        if (i === 2 && said.length > 12) child.kill('SIGKILL');
      });
      const [code] = (await once(child, 'close')) as [number | null];
      assert.equal(code, i === 2 ? null : 0);
    });
    await Promise.all(runs);
    assert.ok(said.length >= 30);
    const kept = new Set((await keyring.list()).map(({ id }) => id));
    for (const id of said) assert.ok(kept.has(id), id);
    // The one that was killed may have written one more than it said.
    assert.ok(kept.size <= said.length + 1);
  });
});
