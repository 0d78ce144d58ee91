/**
 * A model of a disk whose power can be cut. It knows what a file system must keep, and keeps no more:
 *
 * - Of a file, what was written before its last successful sync began. Nothing of what came later.
 * - Of folders, a beginning of the sequence of changes (create, rename, unlink, mkdir): at least up
 *   to the last one that a sync covers, and beyond it by chance. A sync of a file covers the change
 *   that gave it its name, one of a folder all changes of names in it. So changes of names happen in
 *   order, as in the journals of ext4, xfs and btrfs; a file whose name was kept and whose bytes were
 *   not is there and empty.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Random } from './random.ts';
import type { Step } from './trace.ts';

type Change = { readonly offset: number; readonly bytes: Buffer } | { readonly length: number };

type File = {
  readonly changes: Change[];
  /** How many of them a sync covers. */
  synced: number;
};

type Naming =
  | { readonly kind: 'create'; readonly path: string; readonly file: File }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly file: File }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string };

type Descriptor =
  { readonly file: File; position: number; readonly append: boolean } | { readonly folder: string };

const sizeOf = ({ changes }: File): number => {
  let size = 0;
  for (const change of changes) {
    size = 'length' in change ? change.length : Math.max(size, change.offset + change.bytes.length);
  }
  return size;
};

const contentOf = ({ changes }: File, count: number): Buffer => {
  let content = Buffer.alloc(0);
  // Room is taken in advance, since files grow by many small writes.
  let size = 0;
  const reserve = (wanted: number) => {
    if (wanted <= content.length) return;
    const larger = Buffer.alloc(Math.max(wanted, 2 * content.length));
    content.copy(larger, 0, 0, size);
    content = larger;
  };
  for (const change of changes.slice(0, count)) {
    if ('length' in change) {
      reserve(change.length);
      if (change.length < size) content.fill(0, change.length, size);
      size = change.length;
    } else {
      const end = change.offset + change.bytes.length;
      reserve(end);
      change.bytes.copy(content, change.offset);
      size = Math.max(size, end);
    }
  }
  return content.subarray(0, size);
};

export type Disk = {
  apply(step: Step): void;
  /** Makes `target` what is found when the power comes back. */
  cut(target: string, random: Random): void;
  /** Every file with all that was written to it, for a comparison with what is really there. */
  files(): ReadonlyMap<string, Buffer>;
};

/** Every file and folder in a folder. */
export const filesIn = (folder: string): { files: string[]; folders: string[] } => {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const pathsOf = (wanted: boolean) =>
    entries
      .filter((entry) => entry.isDirectory() === wanted)
      .map(({ parentPath, name }) => join(parentPath, name));
  return { files: pathsOf(false), folders: pathsOf(true) };
};

/** @param root - a folder that is wholly on disk, or one that does not exist yet */
export const makeDisk = (root: string, exists: boolean): Disk => {
  const files = new Map<string, File>();
  const folders = new Set<string>();
  if (exists) {
    const found = filesIn(root);
    for (const path of [root, ...found.folders]) folders.add(path);
    for (const path of found.files) {
      files.set(path, { changes: [{ offset: 0, bytes: readFileSync(path) }], synced: 1 });
    }
  }
  const before = { files: new Map(files), folders: new Set(folders) };
  const namings: Naming[] = [];
  /** How many of them have to survive. */
  let pinned = 0;
  const descriptors = new Map<number, Descriptor>();
  /** What a sync under way will cover, by thread. */
  const syncing = new Map<string, () => void>();

  const fileAt = (fd: number): Extract<Descriptor, { file: File }> => {
    const descriptor = descriptors.get(fd);
    if (descriptor === undefined || !('file' in descriptor)) {
      throw Error(`Cannot follow descriptor ${fd}: the trace has no file for it`);
    }
    return descriptor;
  };

  const open = (step: Extract<Step, { kind: 'open' }>) => {
    const { path, fd } = step;
    if (folders.has(path)) return void descriptors.set(fd, { folder: path });
    let file = files.get(path);
    if (file === undefined) {
      if (!step.create) throw Error(`Cannot follow: "${path}" was opened and never made`);
      file = { changes: [], synced: 0 };
      files.set(path, file);
      namings.push({ kind: 'create', path, file });
    } else if (step.truncate) file.changes.push({ length: 0 });
    descriptors.set(fd, { file, position: 0, append: step.append });
  };

  const covers = (descriptor: Descriptor): (() => void) => {
    const last = namings.findLastIndex((naming) => {
      if ('file' in descriptor) return 'file' in naming && naming.file === descriptor.file;
      const paths = naming.kind === 'rename' ? [naming.from, naming.to] : [naming.path];
      return paths.some((path) => dirname(path) === descriptor.folder);
    });
    const count = 'file' in descriptor ? descriptor.file.changes.length : 0;
    return () => {
      pinned = Math.max(pinned, last + 1);
      if ('file' in descriptor) descriptor.file.synced = Math.max(descriptor.file.synced, count);
    };
  };

  return {
    apply(step) {
      switch (step.kind) {
        case 'open':
          return open(step);
        case 'write': {
          const descriptor = fileAt(step.fd);
          const { file } = descriptor;
          const offset = descriptor.append ? sizeOf(file) : (step.offset ?? descriptor.position);
          file.changes.push({ offset, bytes: step.bytes });
          if (step.offset === undefined) descriptor.position = offset + step.bytes.length;
          return;
        }
        case 'truncate':
          return void fileAt(step.fd).file.changes.push({ length: step.length });
        case 'rename': {
          const { from, to } = step;
          const file = files.get(from);
          if (file === undefined)
            throw Error(`Cannot follow: "${from}" was renamed and never made`);
          files.delete(from);
          files.set(to, file);
          return void namings.push({ kind: 'rename', from, to, file });
        }
        case 'unlink':
          files.delete(step.path);
          return void namings.push(step);
        case 'mkdir':
          folders.add(step.path);
          return void namings.push(step);
        case 'syncing': {
          const descriptor = descriptors.get(step.fd);
          if (descriptor === undefined) throw Error(`Cannot follow a sync of ${step.fd}`);
          return void syncing.set(step.thread, covers(descriptor));
        }
        case 'synced':
          return syncing.get(step.thread)!();
      }
    },
    cut(target, random) {
      const kept = new Map(before.files);
      const keptFolders = new Set(before.folders);
      const survive = pinned + random.below(namings.length - pinned + 1);
      for (const naming of namings.slice(0, survive)) {
        if (naming.kind === 'create') kept.set(naming.path, naming.file);
        else if (naming.kind === 'rename') {
          kept.delete(naming.from);
          kept.set(naming.to, naming.file);
        } else if (naming.kind === 'unlink') kept.delete(naming.path);
        else keptFolders.add(naming.path);
      }
      const place = (path: string) => join(target, relative(root, path));
      mkdirSync(target, { recursive: true });
      for (const path of keptFolders) mkdirSync(place(path), { recursive: true });
      for (const [path, file] of kept) writeFileSync(place(path), contentOf(file, file.synced));
    },
    files: () =>
      new Map([...files].map(([path, file]) => [path, contentOf(file, file.changes.length)])),
  };
};
