import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from './nodes.ts';

/** Files that were written to, and those that were synced after their last write, by their names. */
const filesIn = (trace: string) => {
  const paths = new Map<string, string>();
  const written = new Set<string>();
  const synced = new Set<string>();
  for (const line of trace.split('\n')) {
    const [, call, fd] = /^\d+ +(\w+)\((?:AT_FDCWD, )?("[^"]*"|\d+)/.exec(line) ?? [];
    if (call === undefined || fd === undefined) continue;
    const [, to] = /^\d+ +rename\("[^"]*", "([^"]*)"\) = 0/.exec(line) ?? [];
    if (to !== undefined) {
      const from = fd.slice(1, -1);
      for (const paths of [written, synced]) if (paths.delete(from)) paths.add(to);
    }
    const [, opened] = /= (\d+)$/.exec(line) ?? [];
    if (call === 'openat' && opened !== undefined) paths.set(opened, fd.slice(1, -1));
    const path = paths.get(fd);
    if (path === undefined) continue;
    if (call === 'write' || call === 'pwrite64') {
      written.add(path);
      synced.delete(path);
    }
    if (call === 'fsync' || call === 'fdatasync') synced.add(path);
  }
  return { written, synced };
};

test('a node that was founded has every file of its on disk before it answers anyone', async () => {
  const strace = process.env['STRACE_PATH'];
  assert.ok(strace, 'Cannot watch a process: run this by npm test, which finds strace');
  await withFolder(async (folder) => {
    const trace = join(folder, 'trace');
    const directory = join(folder, 'data');
    const program = fileURLToPath(new URL('./found.js', import.meta.url));
    const { status, stderr } = spawnSync(
      strace,
      [
        ...['-f', '-o', trace, '-e', 'trace=openat,write,pwrite64,fsync,fdatasync,rename'],
        ...[process.execPath, program, directory],
      ],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    const { written, synced } = filesIn(readFileSync(trace, 'utf8'));
    const own = [...written].filter(
      // LevelDB tells people in LOG what it does; nothing reads it.
      (path) => path.startsWith(directory) && existsSync(path) && !/\/LOG(?:\.old)?$/.test(path),
    );
    assert.ok(own.some((path) => /\.key$/.test(path)) && own.some((path) => /anchor$/.test(path)));
    assert.deepEqual(
      own.filter((path) => !synced.has(path)),
      [],
    );
    // Their names too.
    for (const path of [directory, join(directory, 'store')]) {
      assert.ok(synced.has(path), `${path} is synced`);
    }
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith('.new')),
      [],
    );
  });
});
