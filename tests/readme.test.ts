/** Code in documents is code that runs. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { exists, filesUnder, read } from './architecture/repository.ts';

/** The file that a block says it shows: `// examples/…` at its beginning. */
const namedIn = (block: string): string | undefined =>
  /^\/\/ (examples\/\S+?\.ts)\b/.exec(block)?.[1];

const shown = filesUnder()
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) =>
    [...read(path).matchAll(/^```ts\n(.*?)^```$/gms)].flatMap(([, block]) => {
      const file = namedIn(block!);
      return file === undefined ? [] : [{ path, file, block: block! }];
    }),
  );

test('README.md shows the counter, the vat and the program', () => {
  const inReadme = shown.filter(({ path }) => path === 'README.md').map(({ file }) => file);
  assert.deepEqual(inReadme, ['examples/00-counter/counter.ts', 'examples/00-counter/main.ts']);
});

for (const { path, file, block } of shown) {
  test(`${path} shows "${file}" as it is`, () => {
    assert.ok(exists(file), file);
    assert.equal(block, read(file));
  });
}

test('the examples that documents may show name themselves', () => {
  for (const path of filesUnder('examples').filter((one) => one.startsWith('examples/00-'))) {
    if (path.endsWith('.ts')) assert.equal(namedIn(read(path)), path);
  }
});
