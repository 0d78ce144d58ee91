import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DataInUseError,
  DirectoryMovedError,
  DiskFullError,
  ImportUnfinishedError,
  type MoveFault,
  type MoveKey,
  MoveRefusedError,
  exportPoca,
  findMoveKey,
  importPoca,
  makeMoveKey,
  openDataDirectory,
  openLevelStorage,
  openStore,
  readArchiveHeader,
  rowChecksum,
  sha256,
} from '@pocas/vat-runtime/node';
import { makeFaultyStorage } from '@pocas/vat-runtime/testing';
import { makeIdentity } from '#src/locator/identity.js';
import { random, withFolder } from './nodes.ts';

const passphrase = 'cuatro palabras bien elegidas';
const secret = { kind: 'passphrase', passphrase } as const;
const cost = 14;
const makeKey = (): Promise<MoveKey> => makeMoveKey(secret, random, cost);
const findKey = async (file: string, said: string = passphrase): Promise<MoveKey> =>
  findMoveKey(await readArchiveHeader(file), { kind: 'passphrase', passphrase: said });

/** A store that a node could have, without the node. */
const open = async (path: string) => {
  const { storage, anchor, secrets } = await openDataDirectory(path);
  const onFailure = (error: unknown) => assert.fail(String(error));
  const store = await openStore({
    storage,
    anchor,
    hash: sha256,
    checksum: rowChecksum,
    onFailure,
  });
  return { store, secrets };
};

const rowCount = 3000;
const makePoca = async (path: string) => {
  const { store, secrets } = await open(path);
  for (let i = 0; i < rowCount; i += 1) {
    store.stage([[`x/${i}`, i % 500 === 0 ? 'ñ'.repeat(90_000) : `value ${i} 🌽`]]);
    if (i % 100 === 0) await store.settled();
  }
  store.stage([['life', '7']]);
  await store.settled();
  await store.close();
  writeFileSync(join(path, 'keys.json'), '{"operator":"ocapn://x"}\n', { mode: 0o600 });
  writeFileSync(join(path, 'port.json'), '{"port":1}\n');
  return secrets;
};

const rowsOf = async (path: string) => {
  const { store, secrets } = await open(path);
  const rows = (await store.list('')).filter(([key]) => !key.startsWith('commit/'));
  await store.close();
  return { rows: new Map(rows), secrets };
};

const fails = (what: Promise<unknown>, fault: MoveFault) =>
  assert.rejects(
    what,
    (error) => {
      assert.ok(error instanceof MoveRefusedError, String(error));
      assert.equal(error.fault, fault);
      assert.equal(error.message.includes(passphrase), false);
      return true;
    },
    fault,
  );

test('a poca goes into one file and out of it: rows, keys, chain; the old directory refuses', async () => {
  await withFolder(async (folder) => {
    const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const secrets = await makePoca(old);
    const steps: string[] = [];
    const exported = await exportPoca({
      ...{ directory: old, file, makeKey },
      onProgress: (step) => void steps.push(step),
    });
    assert.equal(exported.wasMoved, false);
    assert.ok(exported.rows > rowCount);
    assert.deepEqual(
      [...new Set(steps)],
      ['checking', 'writing', 'verifying', 'marking', 'naming', 'done'],
    );
    assert.ok(steps.filter((step) => step === 'writing').length >= 3, 'progress is told');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder).toSorted(), ['old', 'poca.bundle']);

    await assert.rejects(openDataDirectory(old), DirectoryMovedError);
    // Somebody takes the file away: the row says it too.
    rmSync(join(old, 'moved'));
    await assert.rejects(openDataDirectory(old), DirectoryMovedError);

    await importPoca({ file, directory: fresh, key: await findKey(file) });
    const { rows, secrets: movedSecrets } = await rowsOf(fresh);
    assert.deepEqual(movedSecrets, secrets);
    assert.equal(rows.get('x/500'), 'ñ'.repeat(90_000));
    assert.equal(rows.get('x/2999'), 'value 2999 🌽');
    assert.equal([...rows.keys()].filter((key) => key.startsWith('x/')).length, rowCount);
    assert.equal(rows.get('life'), String(7 + 2 ** 32));
    assert.equal(rows.has('moved'), false);
    assert.equal(readFileSync(join(fresh, 'keys.json'), 'utf8'), '{"operator":"ocapn://x"}\n');
    assert.equal(existsSync(join(fresh, 'port.json')), false);
    for (const name of ['identity.key', 'grants.key', 'web.key', 'keys.json', 'anchor']) {
      assert.equal(statSync(join(fresh, name)).mode & 0o777, 0o600, name);
    }
    assert.equal(statSync(fresh).mode & 0o777, 0o700);

    // The next move of it goes on from there.
    const again = join(folder, 'again.bundle');
    await exportPoca({ directory: fresh, file: again, makeKey });
    await importPoca({ file: again, directory: join(folder, 'third'), key: await findKey(again) });
    const third = await rowsOf(join(folder, 'third'));
    assert.equal(third.rows.get('life'), String(7 + 2 * 2 ** 32));
  });
});

test('no secret and no row can be read from a bundle, and no name is in it', async () => {
  await withFolder(async (folder) => {
    const [old, file] = [join(folder, 'old'), join(folder, 'poca.bundle')];
    const { identity } = await makePoca(old);
    await exportPoca({ directory: old, file, makeKey });
    const bytes = readFileSync(file);
    const { designator } = makeIdentity(identity);
    const key = Buffer.from(identity).toString('hex');
    for (const text of [designator, key, 'value 17', 'identity', 'ocapn', 'anchor']) {
      assert.equal(bytes.includes(text), false, text);
    }
  });
});

test('a file whose name has a line break is refused, and the directory works', async () => {
  await withFolder(async (folder) => {
    const old = join(folder, 'old');
    await makePoca(old);
    const file = join(folder, 'two\nlines');
    await fails(exportPoca({ directory: old, file, makeKey }), 'bad-name');
    assert.deepEqual(readdirSync(folder), ['old']);
    assert.equal((await rowsOf(old)).rows.get('life'), '7');
  });
});

test('a wrong passphrase, and a file of which any part was altered, cut, lengthened or exchanged, leaves nothing', async () => {
  await withFolder(async (folder) => {
    const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await makePoca(old);
    cpSync(old, join(folder, 'copy'), { recursive: true });
    await exportPoca({ directory: old, file, makeKey });
    const other = join(folder, 'other.bundle');
    await exportPoca({ directory: join(folder, 'copy'), file: other, makeKey });
    const whole = readFileSync(file);
    assert.ok(whole.length > 6 * 65_552, 'it has several chunks');

    await fails(
      findKey(file, 'otras palabras bien elegidas').then((key) =>
        importPoca({ file, directory: fresh, key }),
      ),
      'wrong-key',
    );
    assert.equal(existsSync(fresh), false);

    const header = 47;
    const chunk = 65_552;
    const flipped = (at: number) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      return bytes;
    };
    const second = [header + chunk, header + 2 * chunk] as const;
    const third = [header + 2 * chunk, header + 3 * chunk] as const;
    const cases: [Buffer, MoveFault][] = [
      [flipped(0), 'malformed'],
      // Another kind, another cost, another salt: another key, or none.
      [flipped(13), 'malformed'],
      [flipped(14), 'wrong-key'],
      [flipped(46), 'wrong-key'],
      [flipped(header), 'wrong-key'],
      [flipped(second[0] + 5), 'altered'],
      [flipped(whole.length - 1), 'altered'],
      [whole.subarray(0, 40), 'malformed'],
      [whole.subarray(0, header), 'wrong-key'],
      [whole.subarray(0, second[1]), 'altered'],
      [whole.subarray(0, second[1] + 100), 'altered'],
      [whole.subarray(0, -1), 'altered'],
      [Buffer.concat([whole, Buffer.alloc(1)]), 'altered'],
      [Buffer.concat([whole, whole.subarray(header)]), 'altered'],
      [
        Buffer.concat([
          whole.subarray(0, second[0]),
          whole.subarray(...third),
          whole.subarray(...second),
          whole.subarray(third[1]),
        ]),
        'altered',
      ],
      [
        Buffer.concat([whole.subarray(0, second[1]), readFileSync(other).subarray(second[1])]),
        'altered',
      ],
      [
        Buffer.concat([readFileSync(other).subarray(0, header), whole.subarray(header)]),
        'wrong-key',
      ],
    ];
    for (const [i, [bytes, fault]] of cases.entries()) {
      const bad = join(folder, `bad-${i}`);
      writeFileSync(bad, bytes);
      await fails(
        findKey(bad).then((key) => importPoca({ file: bad, directory: fresh, key })),
        fault,
      );
      assert.equal(existsSync(fresh), false, `case ${i}`);
      rmSync(bad);
    }
    const shared = { kind: 'shared', secret: random(32) } as const;
    await fails(
      readArchiveHeader(file).then((header) => findMoveKey(header, shared)),
      'other-secret',
    );
    // And the whole one is still good.
    await importPoca({ file, directory: fresh, key: await findKey(file) });
  });
});

test('a bundle under another key opens with that key alone: 32 bytes that stewards share', async () => {
  await withFolder(async (folder) => {
    const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await makePoca(old);
    const shared = { kind: 'shared', secret: random(32) } as const;
    await exportPoca({ directory: old, file, makeKey: () => makeMoveKey(shared, random) });
    const header = await readArchiveHeader(file);
    await fails(findKey(file), 'other-secret');
    const wrong = await findMoveKey(header, { kind: 'shared', secret: random(32) });
    await fails(importPoca({ file, directory: fresh, key: wrong }), 'wrong-key');
    await importPoca({ file, directory: fresh, key: await findMoveKey(header, shared) });
  });
});

test('what cannot be moved is refused, and left as it is', async () => {
  await withFolder(async (folder) => {
    const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await makePoca(old);
    const key = await makeKey();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return key;
    };
    await assert.rejects(
      makeMoveKey({ kind: 'passphrase', passphrase: 'short' }, random),
      RangeError,
    );

    writeFileSync(file, 'something of mine');
    await fails(exportPoca({ directory: old, file, makeKey: ask }), 'file-exists');
    assert.equal(readFileSync(file, 'utf8'), 'something of mine');
    rmSync(file);

    const running = await open(old);
    await assert.rejects(exportPoca({ directory: old, file, makeKey: ask }), DataInUseError);
    await running.store.close();
    assert.deepEqual(readdirSync(folder), ['old']);

    // A disk without room, or a folder that is not there.
    await assert.rejects(
      exportPoca({ directory: old, file: join(folder, 'nowhere', 'x'), makeKey: ask }),
      {
        code: 'ENOENT',
      },
    );

    // Without its anchor nobody knows whether the store is whole.
    cpSync(old, join(folder, 'damaged'), { recursive: true });
    rmSync(join(folder, 'damaged', 'anchor'));
    await fails(exportPoca({ directory: join(folder, 'damaged'), file, makeKey: ask }), 'unsound');
    assert.equal(existsSync(file), false);
    assert.equal(existsSync(`${file}.part`), false);

    await (await open(old)).store.close();
    await exportPoca({ directory: old, file, makeKey: ask });
    // Neither over something, nor into a poca.
    mkdirSync(fresh);
    writeFileSync(join(fresh, 'note'), 'mine');
    await fails(importPoca({ file, directory: fresh, key }), 'not-empty');
    assert.equal(readFileSync(join(fresh, 'note'), 'utf8'), 'mine');
    rmSync(join(fresh, 'note'));
    // A directory that is there and empty is taken, and stays where nothing came of it.
    writeFileSync(`${file}.bad`, readFileSync(file).subarray(0, -1));
    await fails(importPoca({ file: `${file}.bad`, directory: fresh, key }), 'altered');
    assert.deepEqual(readdirSync(fresh), []);
    await importPoca({ file, directory: fresh, key });
    await fails(importPoca({ file, directory: fresh, key }), 'not-empty');
    // A second export of what was moved says so, and touches nothing.
    const again = await exportPoca({
      directory: old,
      file: join(folder, 'other'),
      makeKey: ask,
    });
    assert.deepEqual([again.wasMoved, again.file], [true, file]);
    assert.equal(asked, 3, 'nobody is asked for a key that would open nothing');
    assert.equal(existsSync(join(folder, 'other')), false);
  });
});

const move = (what: 'export' | 'import', directory: string, file: string, killAt = 'never') => {
  const program = fileURLToPath(new URL('./mover.js', import.meta.url));
  const { status, signal, stderr } = spawnSync(process.execPath, [
    program,
    what,
    directory,
    file,
    killAt,
  ]);
  return { code: status ?? signal, stderr: String(stderr) };
};

const steps = ['checking', 'writing', 'verifying', 'marking', 'naming', 'done'];
for (const killAt of [...steps, '4', '7']) {
  test(`an export that is killed at ${killAt} leaves a directory that works, or a whole bundle and a mark`, async () => {
    await withFolder(async (folder) => {
      const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      await makePoca(old);
      assert.equal(move('export', old, file, killAt).code, 'SIGKILL');
      const isMarked = existsSync(join(old, 'moved'));
      assert.equal(isMarked, ['naming', 'done'].includes(killAt));
      if (isMarked) {
        await assert.rejects(openDataDirectory(old), DirectoryMovedError);
      } else {
        // It works, and what lies about is taken by no import.
        assert.equal(existsSync(file), false);
        const part = `${file}.part`;
        if (existsSync(part)) {
          await fails(
            findKey(part).then((key) => importPoca({ file: part, directory: fresh, key })),
            'not-whole',
          );
        }
        assert.equal((await rowsOf(old)).rows.get('x/17'), 'value 17 🌽');
      }
      // Again, and it ends as it would have.
      assert.equal(move('export', old, file).code, 0);
      await assert.rejects(openDataDirectory(old), DirectoryMovedError);
      rmSync(join(old, 'moved'));
      await assert.rejects(openDataDirectory(old), DirectoryMovedError, 'the row is there too');
      assert.deepEqual(readdirSync(folder).toSorted(), ['old', 'poca.bundle']);
      assert.equal(move('import', fresh, file).code, 0);
      assert.equal((await rowsOf(fresh)).rows.get('x/17'), 'value 17 🌽');
    });
  });
}

test('an import that is killed at any step leaves a directory that refuses, and is begun anew', async () => {
  await withFolder(async (folder) => {
    const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await makePoca(old);
    assert.equal(move('export', old, file).code, 0);
    for (const killAt of ['1', '2', '3', 'verifying', 'marking', 'naming']) {
      assert.equal(move('import', fresh, file, killAt).code, 'SIGKILL');
      await assert.rejects(openDataDirectory(fresh), ImportUnfinishedError, killAt);
    }
    assert.equal(move('import', fresh, file, 'done').code, 'SIGKILL');
    const { rows } = await rowsOf(fresh);
    assert.equal(rows.get('x/17'), 'value 17 🌽');
    assert.equal(rows.get('life'), String(7 + 2 ** 32), 'raised once, not by each try');
  });
});

const noSpace = () =>
  Object.assign(Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

test('where the disk is full an export leaves a directory that works, and an import nothing', async () => {
  await withFolder(async (folder) => {
    const [old, file, fresh] = ['old', 'poca.bundle', 'fresh'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await makePoca(old);
    for (const full of ['write', 'sync']) {
      await assert.rejects(
        exportPoca({
          ...{ directory: old, file, makeKey },
          async openFile(...args) {
            const handle = await openFile(...args);
            let room = 300_000;
            return {
              async write(bytes: Uint8Array, ...more: unknown[]) {
                if ((room -= bytes.length) < 0 && full === 'write') throw noSpace();
                return handle.write(bytes, ...(more as []));
              },
              async sync() {
                if (full === 'sync') throw noSpace();
              },
              close: () => handle.close(),
            } as Awaited<ReturnType<typeof openFile>>;
          },
        }),
        DiskFullError,
      );
      assert.deepEqual(readdirSync(folder), ['old']);
      assert.equal((await rowsOf(old)).rows.get('x/17'), 'value 17 🌽');
    }
    await exportPoca({ directory: old, file, makeKey });
    for (const write of [1, 3]) {
      await assert.rejects(
        importPoca({
          ...{ file, directory: fresh, key: await findKey(file) },
          async openStorage(path) {
            const inner = await openLevelStorage(path);
            return makeFaultyStorage(inner, { fail: { write, when: 'before', error: noSpace() } })
              .storage;
          },
        }),
        DiskFullError,
      );
      assert.equal(existsSync(fresh), false);
    }
    await importPoca({ file, directory: fresh, key: await findKey(file) });
  });
});
