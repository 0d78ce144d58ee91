/** The repository as the tests read it: paths relative to its root, with slashes. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Manifest } from './check.ts';

// This file runs as tests/dist/architecture/repository.js.
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What is made, fetched or run here, and never committed (see .gitignore). */
const left = new Set(['.git', 'node_modules', 'dist']);

const walk = (folder: string): string[] =>
  readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (left.has(entry.name) || path === 'data' || path.endsWith('.tsbuildinfo')) return [];
    return entry.isDirectory() ? walk(path) : [path];
  });

/** Every file that may be committed, or those under one folder. */
export const filesUnder = (folder: string = ''): string[] => walk(folder);

export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

export const exists = (path: string): boolean => existsSync(`${root}${path}`);

/** Folders that have a package.json, beside the root. */
export const readManifests = (): { [folder: string]: Manifest } => {
  const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}`);
  return Object.fromEntries(
    [...packages, 'examples', 'tests'].map((folder) => [
      folder,
      // The cast holds: npm reads the same fields of the same file.
      JSON.parse(read(`${folder}/package.json`)) as Manifest,
    ]),
  );
};

const sourceFile = /^(?:packages\/[^/]+\/(?:src|test|bin)|examples|tests)\/.*\.(?:tsx?|mjs)$/;

export const readSources = (): { [path: string]: string } =>
  Object.fromEntries(
    filesUnder()
      .filter((path) => sourceFile.test(path))
      .map((path) => [path, read(path)]),
  );
