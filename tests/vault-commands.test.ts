/** `pocas vault`: a real file is sealed, asked for, and shown to the named viewer, and to nobody else. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Named, startClearingNode } from './clearing/node.ts';
import { newRequest } from './clearing/pocas.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { type Outcome, runProgram } from './support/program.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

test('pocas vault seals a recording, asks for it, and shows it to its viewer alone', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const at = (name: string) => join(folder, name);
  const vaultCommand = (...args: string[]): Promise<Outcome> =>
    runProgram(['vault', ...args], { cwd: folder });
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await vaultCommand(...args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const refused = async (code: number, words: RegExp, ...args: string[]) => {
    const outcome = await vaultCommand(...args);
    assert.match(outcome.stderr, words);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.equal(outcome.stdout, '');
    return outcome;
  };
  const node = await startClearingNode(cleanup, {
    ...{ name: 'place', folder, seed: 1, pingMilliseconds: 5_000, leaps: true },
  });
  const secret = () => randomBytes(32).toString('base64url');
  const call = <T = Any>(ref: Named, method: string, ...args: unknown[]) =>
    node.call<T>(ref, method, ...args);
  const founding = await node.make('vault', '@pocas/market-actors/vault', {
    ...{ name: 'La puerta', secret: secret() },
  });
  const claimed = await call(founding, 'claim', 'Olga', newRequest());
  const { steward } = claimed.cares;
  writeFileSync(at('share'), await node.sturdy(claimed.participant), { mode: 0o600 });

  const camera = (await done('key', 'camera.key')).trim();
  assert.equal(statSync(at('camera.key')).mode & 0o777, 0o600);
  await refused(2, /it is there already/, 'key', 'camera.key');
  const { recorder } = await call(steward, 'addCamera', 'puerta', camera, newRequest());
  writeFileSync(at('recorder'), await node.sturdy(recorder), { mode: 0o600 });
  // A hundred and sixty KiB of an honest format are as good as a real one here: nobody looks into it.
  const video = randomBytes(160_000);
  writeFileSync(at('video.ts'), video);
  const record = [
    ...['record', 'video.ts', '--key-file', 'recorder', '--camera-key', 'camera.key'],
    ...['--out', 'sealed', '--duration', '20m'],
  ];
  await refused(5, /at least three people have to keep a share/, ...record);

  const keepers: Named[] = [];
  for (const name of ['Ana', 'Beto', 'Caro']) {
    const { invitation } = await call(steward, 'invite', newRequest());
    const { participant } = await call(invitation, 'join', name, newRequest());
    const keeper = await node.make(name, '@pocas/market-actors/custody', {
      ...{ name, secret: secret() },
    });
    assert.equal((await call(keeper, 'keepFor', participant, newRequest())).ok, true);
    keepers.push(keeper);
  }
  await until('all keep a share', async () =>
    (await call(steward, 'view')).holders.every(
      (one: Any) => one.keeps === 'keeping' || one.name === 'Olga',
    ),
  );
  assert.equal((await call(steward, 'makeKey', newRequest())).ok, true);
  const { print } = await until('the key', async () => {
    const view = await call(steward, 'view');
    return view.phase === 'open' ? view : undefined;
  });

  await refused(8, /another key than the one/, ...record, '--print', 'aaaaa bbbbb');
  await done('key', 'other.key');
  const other = record.map((word) => (word === 'camera.key' ? 'other.key' : word));
  await refused(2, /not the one whose code was given/, ...other);
  const said = await done(...record, '--print', print);
  const segments = [...said.matchAll(/^Sealed: (.+)$/gm)].map(([, segment]) => segment!);
  assert.equal(segments.length, 2);
  const [first, second] = segments as [string, string];
  assert.deepEqual(
    readdirSync(at('sealed')).sort(),
    [`${first}.age`, `${second}.age`, 'vault.json'].sort(),
  );
  const sealed = readFileSync(at(`sealed/${first}.age`));
  assert.equal(sealed.includes(video.subarray(1_000, 1_032)), false);
  // Sealed again it would be of the same times.
  await refused(5, /the vault refuses it/, ...record, '--from', '2020-01-01T00:00:00Z');
  assert.match(await done('status', '--key-file', 'share'), new RegExp(first));
  assert.match(await done('status', '--key-file', 'recorder'), /may record/);

  const viewer = (await done('key', 'viewer.key')).trim();
  const ask = (segment: string) => [
    ...['request', segment, '--key-file', 'share', '--reason', 'A bicycle is gone'],
    ...['--viewer', 'Eva', '--viewer-code', viewer],
  ];
  await refused(5, /not there any more/, ...ask('nothing'));
  assert.match(await done(...ask(first)), /^Request 1\. 0 who were there and 3 holders are told/);
  await until('all to be told', async () => {
    for (const keeper of keepers)
      if ((await call<Any[]>(keeper, 'requests')).length === 0) return undefined;
    return true;
  });
  const open = (segment: string, file: string, ...more: string[]) => [
    ...['open', segment, '--request', '1', '--viewer', 'Eva', '--viewer-key', 'viewer.key'],
    ...['--key-file', 'share', '--file', file, ...more],
  ];
  const file = `sealed/${first}.age`;
  await refused(5, /its time has not come/, ...open(first, file, '--out', 'seen.ts'));
  await node.leap(25 * 3_600_000);
  const viewing = await call<Named>(claimed.participant, 'viewing', 1n, 'Eva');
  await until('the parts', async () => (await call(viewing, 'parts', first)).parts?.length === 3);

  await refused(2, /does not name it/, ...open(second, `sealed/${second}.age`, '--out', 'x'));
  await refused(8, /not the file that the camera sealed/, ...open(first, `sealed/${second}.age`));
  copyFileSync(at(file), at('spliced'));
  const bytes = readFileSync(at('spliced'));
  bytes[70_000]! ^= 1;
  writeFileSync(at('spliced'), bytes);
  await refused(8, /not the file that the camera sealed/, ...open(first, 'spliced'));
  renameSync(at('viewer.key'), at('kept.key'));
  await done('key', 'viewer.key');
  await refused(8, /names other viewers/, ...open(first, file, '--out', 'x'));
  renameSync(at('kept.key'), at('viewer.key'));
  assert.equal(existsSync(at('x')), false);
  const entries = async () => {
    const log = await call<Named>(claimed.participant, 'log');
    const { number } = await call(log, 'view');
    const all: Any[] = [];
    for (let from = 1n; from <= number; from += 20n)
      all.push(...(await call<Any[]>(log, 'entries', from, from + 20n)));
    return all.filter(({ kind }) => kind === 'viewed').map(({ facts }) => facts);
  };
  assert.deepEqual(await entries(), []);

  await done(...open(first, file, '--out', 'seen.ts', '--print', print));
  assert.deepEqual(readFileSync(at('seen.ts')), video.subarray(0, 80_000));
  assert.equal(statSync(at('seen.ts')).mode & 0o777, 0o600);
  assert.deepEqual(await entries(), [{ request: 1n, segment: first, viewer: 'Eva' }]);

  // After its days its file goes too.
  await node.leap(30 * 24 * 3_600_000);
  await until('the days to be over', async () => (await call(recorder, 'expired')).length === 2);
  writeFileSync(at('next.ts'), randomBytes(10));
  const next = record.map((word) => (word === 'video.ts' ? 'next.ts' : word));
  assert.match(await done(...next.with(-1, '1m')), /Deleted after their days: 2/);
  assert.equal(existsSync(at(file)), false);
});
