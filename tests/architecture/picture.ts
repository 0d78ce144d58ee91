/** What may import what. ARCHITECTURE.md, "Packages and rooms", tells the same to people. */

/** For each package, the others that it may import. */
export const packages: { readonly [name: string]: readonly string[] } = {
  'vat-runtime': [],
  clearing: ['vat-runtime'],
  'market-actors': ['vat-runtime', 'clearing'],
  'foco-actors': ['vat-runtime', 'clearing'],
  'ui-bridge': ['vat-runtime'],
  pocas: ['vat-runtime', 'clearing', 'market-actors', 'foco-actors', 'ui-bridge'],
};

/** Packages whose types another may use, and nothing else of them. */
export const typesOnly: { readonly [name: string]: readonly string[] } = {
  'ui-bridge': ['clearing', 'market-actors', 'foco-actors'],
};

/**
 * The rooms of `vat-runtime`, and which others each may import.
 * The files beside the rooms (`index.ts` and the like) only gather what leaves the package:
 * they import rooms, and no room imports them.
 */
export const runtimeRooms: { readonly [room: string]: readonly string[] } = {
  actor: [],
  actors: [],
  locator: [],
  ristretto: ['locator'],
  monitor: ['locator'],
  store: [],
  switchboard: [],
  vat: ['actor', 'monitor', 'ristretto', 'switchboard', 'store'],
  session: ['switchboard', 'locator', 'monitor'],
  client: ['switchboard', 'locator', 'session'],
  courier: ['locator', 'session', 'store', 'switchboard', 'vat'],
  machine: ['courier', 'monitor', 'session', 'store', 'switchboard', 'vat'],
  hosts: ['machine', 'store', 'switchboard', 'vat'],
  node: [
    'actor',
    'client',
    'courier',
    'hosts',
    'locator',
    'machine',
    'monitor',
    'store',
    'switchboard',
    'vat',
    'session',
  ],
  testing: [
    ...[
      'actor',
      'courier',
      'hosts',
      'locator',
      'machine',
      'monitor',
      'store',
      'switchboard',
      'vat',
      'session',
    ],
    'node',
  ],
};

/**
 * What runs in vats imports its library by the name that the vat's loader knows,
 * also where it lies in the same package.
 */
export const vatPlaces: readonly string[] = ['packages/vat-runtime/src/actors/'];
export const vatLibrary = '@pocas/vat-runtime';

/** What reaches the host: processes, files, network, time and randomness. */
export const hostModules: readonly string[] = [
  'ws',
  'level',
  'esbuild',
  'pino',
  'prom-client',
  '@hono/node-server',
];

/** Entries by which host powers leave a package, and those for test aids. */
export const hostEntries: readonly string[] = [
  '@pocas/vat-runtime/node',
  '@pocas/vat-runtime/node-client',
  '@pocas/vat-runtime/lockdown',
];
export const testEntries: readonly string[] = [
  '@pocas/vat-runtime/testing',
  '@pocas/clearing/testing',
];

/** Where host modules and host entries may be imported, beside test folders. */
export const hostPlaces: readonly string[] = [
  'packages/vat-runtime/src/machine/',
  'packages/vat-runtime/src/hosts/',
  'packages/vat-runtime/src/node/',
  'packages/pocas/',
  'examples/',
  'tests/',
];
