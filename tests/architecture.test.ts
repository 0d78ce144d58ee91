import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Manifests,
  type Rule,
  type Sources,
  checkArchitecture,
} from './architecture/check.ts';
import { findCycles } from './architecture/cycles.ts';
import { packages, runtimeRooms } from './architecture/picture.ts';
import { exists, filesUnder, read, readManifests, readSources } from './architecture/repository.ts';
import { codeOf, importsOf } from './architecture/scan.ts';

/** The rows of the table under "Packages and rooms": the words in back quotes, by column. */
const tableRows = () => {
  const section =
    read('ARCHITECTURE.md').split('## Packages and rooms')[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, 4)
        .map((cell) => ({
          cell: cell.trim(),
          names: [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]!),
        })),
    );
};

/** The rooms that a package has on the disk. */
const roomsOf = (name: string): string[] => [
  ...new Set(
    filesUnder(`packages/${name}/src`)
      .filter((path) => /\.tsx?$/.test(path) && path.split('/').length > 4)
      .map((path) => path.split('/')[3]!),
  ),
];

const violationsOf = (sources: Sources, manifests: Manifests = {}) =>
  checkArchitecture(sources, manifests).map(
    ({ rule, where, what }) => `${rule}: ${where}: ${what}`,
  );

test('the sources are as the picture says', () => {
  const sources = readSources();
  assert.ok(Object.keys(sources).length > 50, 'the sources were found');
  assert.deepEqual(violationsOf(sources, readManifests()), []);
});

test('the table in ARCHITECTURE.md says what the checker holds', () => {
  const rows = tableRows();
  for (const [name, mayImport] of Object.entries(packages)) {
    const row = rows.find(([first]) => first?.names.includes(name));
    assert.ok(row, `a row for ${name}`);
    const all = Object.keys(packages).filter((other) => other !== name);
    const said = row[2]?.cell === 'all' ? all : row[2]?.names;
    assert.deepEqual(said?.toSorted(), mayImport.toSorted(), `what ${name} may import`);
  }
  const everything = rows.find(([first]) => first?.names.includes('examples'));
  assert.equal(everything?.[2]?.cell, 'everything');
});

test('the rooms in ARCHITECTURE.md are those on the disk', () => {
  for (const [first, rooms] of tableRows()) {
    const name = first?.names[0] ?? '';
    if (!(name in packages)) continue;
    assert.deepEqual(roomsOf(name).toSorted(), rooms?.names.toSorted(), `the rooms of ${name}`);
  }
  for (const room of roomsOf('vat-runtime')) assert.ok(room in runtimeRooms, `"${room}" is drawn`);
});

test('every package on the disk is in the picture', () => {
  const found = new Set(filesUnder('packages').map((path) => path.split('/')[1]!));
  assert.deepEqual([...found].toSorted(), Object.keys(packages).toSorted());
  for (const name of found) assert.ok(exists(`packages/${name}/package.json`));
});

test('the picture itself has no ring', () => {
  for (const picture of [packages, runtimeRooms]) {
    const graph = new Map(Object.entries(picture).map(([name, to]) => [name, new Set(to)]));
    assert.deepEqual(findCycles(graph), []);
  }
});

// Each of these would be a mistake; the checker has to see it, and nothing else.
const planted: { name: string; sources: Sources; expected: string[] }[] = [
  {
    name: 'a package imports one above it',
    sources: { 'packages/clearing/src/a.ts': `import { b } from '@pocas/pocas';` },
    expected: ['package: packages/clearing/src/a.ts: imports "@pocas/pocas"'],
  },
  {
    name: 'market actors import FoCo actors, if only their types',
    sources: {
      'packages/market-actors/src/a.ts': `import type { B } from '@pocas/foco-actors';`,
      'packages/foco-actors/src/a.ts': `export { b } from '@pocas/market-actors';`,
    },
    expected: [
      'package: packages/market-actors/src/a.ts: imports "@pocas/foco-actors"',
      'package: packages/foco-actors/src/a.ts: imports "@pocas/market-actors"',
    ],
  },
  {
    name: 'the bridge imports more than types of an actor package',
    sources: {
      'packages/ui-bridge/src/a.tsx': [
        `import type { A } from '@pocas/market-actors';`,
        `import { type B } from '@pocas/market-actors';`,
      ].join('\n'),
    },
    expected: [
      'types only: packages/ui-bridge/src/a.tsx: imports "@pocas/market-actors" for more than its types',
    ],
  },
  {
    name: 'vat-runtime imports another package in a test',
    sources: { 'packages/vat-runtime/test/a.test.ts': `import '@pocas/clearing';` },
    expected: ['package: packages/vat-runtime/test/a.test.ts: imports "@pocas/clearing"'],
  },
  {
    name: 'host modules, host entries and randomness outside their place',
    sources: {
      'packages/vat-runtime/src/vat/a.ts': [
        `import fs from 'node:fs';`,
        `import { WebSocket } from 'ws';`,
        `import { randomBytes } from '@noble/hashes/utils.js';`,
      ].join('\n'),
      'packages/vat-runtime/src/store/a.ts': `const level = await import('level');`,
      'packages/vat-runtime/src/testing/a.ts': `import 'node:fs/promises';`,
      'packages/ui-bridge/src/server/a.ts': `import { serve } from '@hono/node-server';`,
      'packages/clearing/src/a.ts': `import { n } from '@pocas/vat-runtime/node';`,
      'packages/vat-runtime/src/node/a.ts': `import 'node:fs';\nimport 'esbuild';`,
      'packages/pocas/src/a.ts': `import 'node:fs';\nimport '@pocas/vat-runtime/node';`,
      'packages/clearing/test/a.test.ts': `import 'node:fs';\nimport '@pocas/vat-runtime/node';`,
      'tests/a.test.ts': `import 'level';`,
      'examples/one/main.ts': `import 'node:fs';`,
    },
    expected: [
      'host: packages/vat-runtime/src/vat/a.ts: imports "node:fs"',
      'host: packages/vat-runtime/src/vat/a.ts: imports "ws"',
      'host: packages/vat-runtime/src/vat/a.ts: imports a random source, "@noble/hashes/utils.js"',
      'host: packages/vat-runtime/src/store/a.ts: imports "level"',
      'host: packages/vat-runtime/src/testing/a.ts: imports "node:fs/promises"',
      'host: packages/ui-bridge/src/server/a.ts: imports "@hono/node-server"',
      'host: packages/clearing/src/a.ts: imports "@pocas/vat-runtime/node"',
    ],
  },
  {
    name: 'test aids outside tests',
    sources: {
      'packages/pocas/src/a.ts': `import { t } from '@pocas/vat-runtime/testing';`,
      'packages/market-actors/src/a.ts': `import { t } from '@pocas/clearing/testing';`,
      'packages/pocas/test/a.test.ts': `import { t } from '@pocas/vat-runtime/testing';`,
      'examples/one/main.ts': `import { t } from '@pocas/vat-runtime/testing';`,
    },
    expected: [
      'testing: packages/pocas/src/a.ts: imports "@pocas/vat-runtime/testing" outside a test',
      'testing: packages/market-actors/src/a.ts: imports "@pocas/clearing/testing" outside a test',
    ],
  },
  {
    name: 'a relative import leaves its package, or a source imports its own package by name',
    sources: {
      'packages/clearing/src/a.ts': `import '../../vat-runtime/src/actor/a.ts';`,
      'packages/vat-runtime/src/actor/a.ts': `import '@pocas/vat-runtime';`,
      'packages/vat-runtime/test/a.test.ts': `import '@pocas/vat-runtime';`,
      'tests/a.test.ts': `import '../packages/clearing/src/a.ts';`,
    },
    expected: [
      'border: packages/clearing/src/a.ts: imports "../../vat-runtime/src/actor/a.ts", which lies outside packages/clearing',
      'border: packages/vat-runtime/src/actor/a.ts: imports its own package by name, "@pocas/vat-runtime"',
      'border: tests/a.test.ts: imports "../packages/clearing/src/a.ts", which lies outside tests',
    ],
  },
  {
    name: 'a room uses one that it may not',
    sources: {
      'packages/vat-runtime/src/actor/a.ts': `import type { V } from '../vat/v.ts';`,
      'packages/vat-runtime/src/vat/v.ts': `import '../session/s.ts';`,
      'packages/vat-runtime/src/session/s.ts': `import '../locator/l.ts';`,
      'packages/vat-runtime/src/locator/l.ts': `export const l = 1;`,
    },
    expected: [
      'room: packages/vat-runtime/src/actor/a.ts: imports packages/vat-runtime/src/vat/v.ts: "actor" may not use "vat"',
      'room: packages/vat-runtime/src/vat/v.ts: imports packages/vat-runtime/src/session/s.ts: "vat" may not use "session"',
    ],
  },
  {
    name: 'a room imports the gathering file, or that one gathers host powers',
    sources: {
      'packages/vat-runtime/src/index.ts': `export * from './actor/a.ts';\nexport * from './node/n.ts';`,
      'packages/vat-runtime/src/actor/a.ts': `export const a = 1;`,
      'packages/vat-runtime/src/node/n.ts': `export const n = 1;`,
      'packages/clearing/src/index.ts': `export const i = 1;`,
      'packages/clearing/src/credit/c.ts': `import { i } from '../index.ts';`,
    },
    expected: [
      'room: packages/vat-runtime/src/index.ts: imports packages/vat-runtime/src/node/n.ts, which has an entry of its own',
      'room: packages/clearing/src/credit/c.ts: imports packages/clearing/src/index.ts, which only gathers what leaves the package',
    ],
  },
  {
    name: 'files import each other in a ring, a test through #src/ included',
    sources: {
      'packages/clearing/src/credit/a.ts': `import './b.ts';`,
      'packages/clearing/src/credit/b.ts': `import type { C } from './c.ts';`,
      'packages/clearing/src/credit/c.ts': `export * from './a.ts';`,
      'packages/clearing/test/a.test.ts': `import '#src/credit/a.js';`,
    },
    expected: [
      'file cycle: packages/clearing/src/credit/a.ts: packages/clearing/src/credit/a.ts, packages/clearing/src/credit/b.ts, packages/clearing/src/credit/c.ts',
    ],
  },
  {
    name: 'rooms import each other in a ring without any ring of files',
    sources: {
      'packages/clearing/src/credit/a.ts': `import '../amount/a.ts';`,
      'packages/clearing/src/amount/a.ts': `export const a = 1;`,
      'packages/clearing/src/amount/b.ts': `import '../credit/b.ts';`,
      'packages/clearing/src/credit/b.ts': `export const b = 1;`,
    },
    expected: ['room cycle: packages/clearing: amount, credit'],
  },
  {
    name: 'an import of nothing',
    sources: { 'packages/clearing/src/a.ts': `import './gone.ts';` },
    expected: ['missing: packages/clearing/src/a.ts: imports "./gone.ts", which is not there'],
  },
];

for (const { name, sources, expected } of planted) {
  test(`reports: ${name}`, () => assert.deepEqual(violationsOf(sources), expected));
}

test('reports packages that are used and not declared, and declared and not used', () => {
  const sources = {
    'packages/clearing/src/a.ts': [
      `import 'ses';`,
      `import { E } from '@endo/far/index.js';`,
      `import type { P } from '@endo/patterns';`,
    ].join('\n'),
    'packages/clearing/test/a.test.ts': `import fc from 'fast-check';`,
    'packages/clearing/bin/clearing.mjs': `const page = import.meta.resolve('htmx.org/dist/htmx.js');`,
    'tests/a.test.ts': `import { chromium } from 'playwright-core';\nimport '@pocas/pocas';`,
  };
  const declared = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const good: Manifests = {
    'packages/clearing': {
      name: '@pocas/clearing',
      dependencies: declared(['ses', '@endo/far', 'htmx.org']),
      devDependencies: declared(['fast-check', '@endo/patterns']),
    },
    tests: {
      name: '@pocas/tests',
      private: true,
      dependencies: declared(['playwright-core', '@pocas/pocas', '@pocas/clearing']),
    },
  };
  assert.deepEqual(violationsOf(sources, good), []);

  const bad: Manifests = {
    'packages/clearing': {
      name: '@pocas/clearing',
      dependencies: declared(['ses', 'left-over', '@pocas/vat-runtime']),
      // Not enough: the sources use it at run time.
      devDependencies: declared(['fast-check', '@endo/patterns', '@endo/far', 'htmx.org']),
    },
    tests: { name: '@pocas/tests', private: true, dependencies: declared(['ws']) },
  };
  assert.deepEqual(violationsOf(sources, bad).toSorted(), [
    'undeclared: packages/clearing: @endo/far',
    'undeclared: packages/clearing: htmx.org',
    'undeclared: tests: @pocas/pocas',
    'undeclared: tests: playwright-core',
    'unused: packages/clearing: @pocas/vat-runtime',
    'unused: packages/clearing: left-over',
    'unused: tests: ws',
  ]);
});

test('every rule has been seen at work', () => {
  const seen = new Set(
    planted.flatMap(({ expected }) => expected.map((line) => line.split(':')[0])),
  );
  const rules: { [R in Rule]: true } = {
    package: true,
    room: true,
    host: true,
    testing: true,
    border: true,
    'types only': true,
    'file cycle': true,
    'room cycle': true,
    missing: true,
    undeclared: true,
    unused: true,
  };
  const elsewhere = ['undeclared', 'unused'];
  assert.deepEqual([...seen, ...elsewhere].toSorted(), Object.keys(rules).toSorted());
});

test('finds every form of import', () => {
  const source = [
    `import 'a';`,
    `import b from "b";`,
    `import { c, type C } from 'c';`,
    `import * as d from 'd';`,
    `import e, { type E, $f as _f } from 'e';`,
    `import type { F } from 'f';`,
    `import type from 'g';`,
    `export * from 'h';`,
    `export * as i from 'i';`,
    `export {`,
    `  j,`,
    `  type J,`,
    `} from 'j';`,
    `export type { K } from 'k';`,
    `const l = await import('l');`,
    `const m = import.meta.resolve('m');`,
    `const n = require.resolve('n'), o = require('o');`,
    `const p = \`text \${await import('p')} text\`;`,
    `const q = /['"\`]/.test(x) ? await import('q') : 4 / 2;`,
  ].join('\n');
  const found = importsOf(source);
  assert.deepEqual(found.map(({ specifier }) => specifier).toSorted(), [...'abcdefghijklmnopq']);
  assert.deepEqual(
    found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier),
    ['f', 'k'],
  );
});

test('takes nothing for an import that only looks like one', () => {
  const source = [
    `// import 'a';`,
    `/*`,
    `import 'b';`,
    `*/`,
    `/** import { c } from 'c'; */`,
    'const text = `',
    `import 'd';`,
    `\${'x'}`,
    `import('e') \\\``,
    '`;',
    `const from = "x"; const quoted = 'import "f"'; const list = [from, 'g'];`,
    `export const h = { from: 'h' };`,
    `export const url = 'https://example.org'; // 'import' from 'i'`,
    `const slash = a / b / c; import.meta.url;`,
    `reimport('j'); x.from('k');`,
    `const re = /[/'"]import 'l'/;`,
  ].join('\n');
  assert.deepEqual(importsOf(source), []);
});

test('leaves code and strings as they are, and takes out the rest', () => {
  assert.equal(codeOf(`a('//', "/*") /* b */ + c // d`), `a('//', "/*")  + c `);
  assert.equal(codeOf('x = `a${ `b${{ c: 1 }}` }d` + 1').replace(/\s/g, ''), 'x={c:1}+1');
});

test('finds rings of any length and leaves the rest', () => {
  const graph = (edges: string) => {
    const map = new Map<string, Set<string>>();
    for (const [from, to] of edges.split(' ')) {
      map.set(from!, (map.get(from!) ?? new Set()).add(to!));
    }
    return map;
  };
  assert.deepEqual(findCycles(graph('ab bc ac')), []);
  assert.deepEqual(findCycles(graph('aa ab')), [['a']]);
  assert.deepEqual(
    findCycles(graph('ab bc ca cd de ed fa'))
      .map((ring) => ring.join(''))
      .toSorted(),
    ['abc', 'de'],
  );
});
