/** Holds the imports of the sources against the picture. A pure function: tests plant violations. */
import { findCycles } from './cycles.ts';
import {
  hostEntries,
  hostModules,
  hostPlaces,
  packages,
  runtimeRooms,
  testEntries,
  typesOnly,
  vatLibrary,
  vatPlaces,
} from './picture.ts';
import { type Import, importsOf } from './scan.ts';

export type Manifest = {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
};

export type Rule =
  /** a package imports one that the table does not give it */
  | 'package'
  /** a room of vat-runtime imports one that the table does not give it */
  | 'room'
  /** a host module, a host entry or a random source outside the places for them */
  | 'host'
  /** test aids outside tests */
  | 'testing'
  /** a relative import that leaves its package, or an import of one's own package by name */
  | 'border'
  /** more than the types of a package that is there for its types */
  | 'types only'
  /** files that import each other in a ring */
  | 'file cycle'
  /** rooms that import each other in a ring */
  | 'room cycle'
  /** a relative import of a file that is not there */
  | 'missing'
  /** a package that is imported and not in package.json */
  | 'undeclared'
  /** a package that is in package.json and not imported */
  | 'unused';

export type Violation = { readonly rule: Rule; readonly where: string; readonly what: string };

export type Sources = { readonly [path: string]: string };
/** By folder: `packages/clearing`, `examples`, `tests`. */
export type Manifests = { readonly [folder: string]: Manifest };

const ours = '@pocas/';

/** The folder with the package.json that rules over a file. */
const homeOf = (path: string): string =>
  path.startsWith('packages/') ? path.split('/', 2).join('/') : path.split('/', 1)[0]!;

/** The package's own name, or undefined for `examples` and `tests`, which may import everything. */
const packageOf = (path: string): string | undefined =>
  path.startsWith('packages/') ? path.split('/')[1] : undefined;

/** Everything beside `src`: tests, and the small script that starts the program. */
const isTest = (path: string): boolean =>
  !path.startsWith('packages/') || path.split('/')[2] === 'test';

/** The room of a file under `src`; '' for a file beside the rooms; undefined elsewhere. */
const roomOf = (path: string): string | undefined => {
  const [top, , area, room, ...rest] = path.split('/');
  if (top !== 'packages' || area !== 'src') return undefined;
  return rest.length === 0 ? '' : room;
};

/** `@endo/far` of `@endo/far/x.js`, `level` of `level/x`, `node:fs` of `node:fs/promises`. */
const rootOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** `base` joined with a relative specifier; may begin with `..` where it leaves the repository. */
const join = (base: string, relative: string): string => {
  const parts = base.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
};

/** The source file that a path inside the repository means, `.js` standing for what it is made of. */
const sourceAt = (path: string, sources: Sources): string | undefined =>
  [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find(
    (candidate) => candidate in sources,
  );

// Inside a package, tests reach the sources by these names (package.json, "imports").
const ownSource = '#src/';

type Edge = { from: string; to: string };

/** Relative imports, and those by `#src/`: resolved and held against the borders. */
const resolveInside = (
  path: string,
  { specifier }: Import,
  sources: Sources,
  report: (rule: Rule, what: string) => void,
): Edge | undefined => {
  const target = specifier.startsWith(ownSource)
    ? `${homeOf(path)}/src/${specifier.slice(ownSource.length)}`
    : join(path, specifier);
  if (homeOf(target) !== homeOf(path)) {
    report('border', `imports "${specifier}", which lies outside ${homeOf(path)}`);
    return undefined;
  }
  // What is not a module of ours, such as a style sheet or the compiled program, is no edge.
  if (!/\.(?:[jt]sx?|mjs)$/.test(target) || target.includes('/dist/')) return undefined;
  const to = sourceAt(target, sources);
  if (to === undefined) report('missing', `imports "${specifier}", which is not there`);
  return to === undefined ? undefined : { from: path, to };
};

const checkHost = (
  path: string,
  { specifier, clause }: Import,
  report: (rule: Rule, what: string) => void,
): void => {
  if (isTest(path) || hostPlaces.some((place) => path.startsWith(place))) return;
  if (
    specifier.startsWith('node:') ||
    hostModules.includes(rootOf(specifier)) ||
    hostEntries.includes(specifier)
  ) {
    report('host', `imports "${specifier}"`);
  }
  if (/\brandomBytes\b/.test(clause)) report('host', `imports a random source, "${specifier}"`);
};

const checkPackage = (
  path: string,
  { specifier, typeOnly }: Import,
  report: (rule: Rule, what: string) => void,
): void => {
  const from = packageOf(path);
  const to = rootOf(specifier).slice(ours.length);
  if (testEntries.includes(specifier) && !isTest(path)) {
    report('testing', `imports "${specifier}" outside a test`);
  }
  if (from === undefined) return;
  if (from === to) {
    const isVatCode = vatPlaces.some((place) => path.startsWith(place));
    if (isVatCode && specifier === vatLibrary) return;
    if (!isTest(path)) report('border', `imports its own package by name, "${specifier}"`);
    return;
  }
  if (packages[from]?.includes(to)) return;
  if (!typesOnly[from]?.includes(to)) report('package', `imports "${specifier}"`);
  // A test may put real actors before the bridge.
  else if (!typeOnly && !isTest(path)) {
    report('types only', `imports "${specifier}" for more than its types`);
  }
};

const checkRooms = (edges: readonly Edge[], report: (violation: Violation) => void): void => {
  const graphs = new Map<string, Map<string, Set<string>>>();
  for (const { from, to } of edges) {
    const home = homeOf(from);
    const [room, other] = [roomOf(from), roomOf(to)];
    if (room === undefined || other === undefined || room === other) continue;
    if (other === '') {
      const what = `imports ${to}, which only gathers what leaves the package`;
      report({ rule: 'room', where: from, what });
    } else if (room !== '') {
      const graph = graphs.get(home) ?? new Map<string, Set<string>>();
      graphs.set(home, graph);
      graph.set(room, (graph.get(room) ?? new Set<string>()).add(other));
      if (home === 'packages/vat-runtime' && !runtimeRooms[room]?.includes(other)) {
        report({
          rule: 'room',
          where: from,
          what: `imports ${to}: "${room}" may not use "${other}"`,
        });
      }
    } else if (home === 'packages/vat-runtime' && (other === 'node' || other === 'testing')) {
      report({ rule: 'room', where: from, what: `imports ${to}, which has an entry of its own` });
    }
  }
  for (const [home, graph] of graphs) {
    for (const rooms of findCycles(graph)) {
      report({ rule: 'room cycle', where: home, what: rooms.join(', ') });
    }
  }
};

type Uses = { run: Set<string>; test: Set<string>; type: Set<string> };

const checkManifest = (
  home: string,
  manifest: Manifest,
  uses: Uses,
  report: (violation: Violation) => void,
): void => {
  const { dependencies = {}, devDependencies = {} } = manifest;
  const all = new Set([...uses.run, ...uses.test, ...uses.type]);
  for (const name of all) {
    // What runs outside tests has to be there for whoever installs the package.
    const inside = uses.run.has(name) ? dependencies : { ...dependencies, ...devDependencies };
    if (!(name in inside) && name !== manifest.name) {
      report({ rule: 'undeclared', where: home, what: name });
    }
  }
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    // The private folders name our packages so that npm links them, used or not.
    const linked = manifest.private === true && name.startsWith(ours);
    if (!all.has(name) && !linked) report({ rule: 'unused', where: home, what: name });
  }
};

/** Every place where the sources are not as the picture says. */
export const checkArchitecture = (sources: Sources, manifests: Manifests): Violation[] => {
  const violations: Violation[] = [];
  const report = (violation: Violation) => void violations.push(violation);
  const edges: Edge[] = [];
  const files = new Map<string, Set<string>>();
  const usesOf = new Map<string, Uses>();
  for (const home of Object.keys(manifests)) {
    usesOf.set(home, { run: new Set(), test: new Set(), type: new Set() });
  }

  for (const [path, source] of Object.entries(sources)) {
    const reportHere = (rule: Rule, what: string) => report({ rule, where: path, what });
    for (const found of importsOf(source)) {
      const { specifier, typeOnly } = found;
      if (specifier.startsWith('.') || specifier.startsWith(ownSource)) {
        const edge = resolveInside(path, found, sources, reportHere);
        if (edge !== undefined) {
          edges.push(edge);
          files.set(edge.from, (files.get(edge.from) ?? new Set<string>()).add(edge.to));
        }
        continue;
      }
      checkHost(path, found, reportHere);
      if (specifier.startsWith(ours)) checkPackage(path, found, reportHere);
      if (specifier.startsWith('node:')) continue;
      const kind = typeOnly
        ? 'type'
        : isTest(path) && packageOf(path) !== undefined
          ? 'test'
          : 'run';
      usesOf.get(homeOf(path))?.[kind].add(rootOf(specifier));
    }
  }

  for (const ring of findCycles(files)) {
    report({ rule: 'file cycle', where: ring[0]!, what: ring.join(', ') });
  }
  checkRooms(edges, report);
  for (const [home, manifest] of Object.entries(manifests)) {
    checkManifest(home, manifest, usesOf.get(home)!, report);
  }
  return violations;
};
