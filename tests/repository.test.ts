import assert from 'node:assert/strict';
import test from 'node:test';
import { exists, filesUnder, read, readManifests } from './architecture/repository.ts';

/** `path:line` of each line that matches, in the files that `where` accepts. */
const linesWith = (pattern: RegExp, where: (path: string) => boolean = () => true): string[] =>
  filesUnder()
    .filter((path) => where(path) && !/\.(?:png|ico|woff2?)$/.test(path))
    .flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
    );

const isTestFile = (path: string) => /\.test\.tsx?$/.test(path);

test('no file names a folder of the machine on which it was written', () => {
  assert.deepEqual(linesWith(/(?:^|[^A-Za-z0-9_.])\/(?:root|work|Users|tmp)\/[A-Za-z0-9]/), []);
});

test('the lock file names no other source of packages than the public one', () => {
  const elsewhere = /"resolved": "(?!https:\/\/registry\.npmjs\.org\/|packages\/|examples"|tests")/;
  assert.deepEqual(
    linesWith(elsewhere, (path) => path === 'package-lock.json'),
    [],
  );
});

test('no test is skipped, singled out or put off', () => {
  const pattern =
    /\b(?:test|it|describe|suite|t)\.(?:skip|only|todo)\b|[{,]\s*(?:skip|only|todo)\s*:/;
  assert.deepEqual(linesWith(pattern, isTestFile), []);
});

test('the licence is there, and every package names it', () => {
  assert.match(read('LICENSE'), /Apache License\s+Version 2\.0, January 2004/);
  assert.match(read('LICENSE'), /Copyright \d{4} pocas contributors/);
  const folders = ['.', ...Object.keys(readManifests())];
  for (const folder of folders) {
    const { license, engines } = JSON.parse(read(`${folder}/package.json`));
    assert.equal(license, 'Apache-2.0', folder);
    if (folder.startsWith('packages/')) assert.equal(engines.node, '>=20.19', folder);
  }
});

test('every dependency is pinned to one version, and everywhere to the same', () => {
  const manifests = Object.entries({ '.': JSON.parse(read('package.json')), ...readManifests() });
  const versions = new Map<string, Set<string>>();
  for (const [folder, { dependencies = {}, devDependencies = {} }] of manifests) {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      // A package may stand under a second name, to be compared with another version of itself.
      assert.match(String(version), /^(?:npm:@?[a-z/]+@)?\d+\.\d+\.\d+$/, `${name} in ${folder}`);
      versions.set(name, (versions.get(name) ?? new Set()).add(String(version)));
    }
  }
  for (const [name, found] of versions) assert.equal(found.size, 1, `the versions of ${name}`);
});

test('every runtime dependency is named in ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md');
  const missing = Object.entries(readManifests())
    .filter(([folder]) => folder.startsWith('packages/'))
    .flatMap(([, { dependencies = {} }]) => Object.keys(dependencies))
    .filter((name) => !name.startsWith('@pocas/') && !text.includes(`\`${name}\``));
  assert.deepEqual([...new Set(missing)], []);
});

test('every test that a document names is there', () => {
  const named: string[] = [];
  for (const path of ['THREATS.md', 'ARCHITECTURE.md']) {
    // `path/of/a.test.ts`, and after it the names of tests in it, in double quotes.
    for (const [, file, names] of read(path).matchAll(
      /`([^`\s]+\.test\.tsx?)`((?:,? (?:and )?"[^"]+")*)/g,
    )) {
      assert.ok(exists(file!), `${path} names ${file}`);
      const source = read(file!);
      for (const [, name] of names!.matchAll(/"([^"]+)"/g)) {
        assert.ok(source.includes(name!), `${path} names "${name}" in ${file}`);
        named.push(name!);
      }
    }
  }
  assert.ok(named.length > 0);
});

test('each promise in THREATS.md names a test that attacks it, or says that none does yet', () => {
  const promises = read('THREATS.md')
    .split(/^## Promise /m)
    .slice(1);
  assert.equal(promises.length, 11);
  for (const promise of promises) {
    const tests = promise.split('\n').filter((line) => line.startsWith('TEST: '));
    assert.ok(tests.length > 0, promise.split('\n')[0]);
    for (const line of tests) assert.match(line, /\.test\.tsx?`|^TEST: none yet\b/);
  }
});

test('decision records are numbered without gaps and say status and date', () => {
  const records = filesUnder('docs/decisions').toSorted();
  assert.ok(records.length > 0);
  records.forEach((path, index) => {
    const number = String(index + 1).padStart(4, '0');
    assert.match(path, new RegExp(`^docs/decisions/${number}-[a-z0-9-]+\\.md$`));
    const text = read(path);
    assert.match(text, /^# \d+\. /);
    assert.match(text, /^- Status: (?:proposed|accepted|superseded by \d{4})$/m);
    assert.match(text, /^- Date: \d{4}-\d{2}-\d{2}$/m);
    for (const heading of ['Context', 'Decision', 'Consequences']) {
      assert.ok(text.includes(`\n## ${heading}\n`), `${path}: ${heading}`);
    }
  });
});
