/**
 * What the store says of each vat of a node.
 *
 *   vat/<id>    its module, its label and its owner
 *   b/<hash>    the text of a module
 *   v/<id>/…    its own rows
 *   lastVat     the number of the newest
 */
import harden from '@endo/harden';
import type { Committer } from '../store/committer.ts';
import type { Row } from '../store/storage.ts';
import { isText, parseCount, parseRow, recordOf } from '../store/stored-json.ts';
import { type Digests, firstRows, makeSliceCheck } from '../vat/journal.ts';
import { type Bundle, hashBundle } from './bundle.ts';

export type VatRow = {
  /** The hash of its module. */
  readonly bundle: string;
  readonly label: string;
  /** Absent for those of our own packages. */
  readonly owner?: string;
};

export type VatRows = {
  /** Stages a new vat. @returns its id */
  add(module: Bundle, label: string, owner: string | undefined): string;
  has(id: string): boolean;
  /** Undefined where there is no such vat. */
  get(id: string): VatRow | undefined;
  /** In order, a page of them. @param after - the last of the page before */
  list(after?: string): Promise<{ vats: (readonly [id: string, VatRow])[]; next?: string }>;
  /** How many were ever made. */
  count(): number;
  /** The text of a module, undefined where it is not in the store as it was. */
  moduleText(hash: string): string | undefined;
  /**
   * Why a vat's own rows are not what it wrote, undefined where they are. They are read once in the life of a
   * node: afterwards it alone writes them, and each row that is read has its checksum. Those of owners are
   * read each time, since a process of theirs says what they are.
   */
  faultOf(id: string): Promise<string | undefined>;
  /** Something was wrong with it: its rows are read again. */
  doubt(id: string): void;
};

const isVatRow = recordOf({ bundle: isText, label: isText }, { owner: isText });

/** Rows are checked in pieces of this many. */
const checkedAtOnce = 10_000;
const listedAtOnce = 500;

export const makeVatRows = (store: Committer, digests: Digests): VatRows => {
  /** Those of which all rows are what they wrote: just made, or looked at since the node was started. */
  const sound = new Set<string>();
  const parse = (key: string, row: string) => parseRow<VatRow>(key, row, isVatRow);
  const count = () => parseCount('lastVat', store.get('lastVat') ?? '0');

  const rowOf = (id: string): VatRow | undefined => {
    const key = `vat/${id}`;
    const row = store.get(key);
    return row === undefined ? undefined : parse(key, row);
  };

  return harden({
    add(module: Bundle, label: string, owner: string | undefined) {
      const id = String(count() + 1);
      store.stage([
        ['lastVat', id],
        [`b/${module.hash}`, module.text],
        [`vat/${id}`, JSON.stringify({ bundle: module.hash, label, owner })],
        ...firstRows.map(([key, value]): Row => [`v/${id}/${key}`, value]),
      ]);
      sound.add(id);
      return id;
    },
    has: (id: string) => store.get(`vat/${id}`) !== undefined,
    get: rowOf,
    doubt: (id: string) => void sound.delete(id),
    async list(after?: string) {
      const rows = await store.list('vat/', {
        limit: listedAtOnce,
        ...(after === undefined ? {} : { after: `vat/${after}` }),
      });
      const vats = rows.map(([key, row]) => [key.slice('vat/'.length), parse(key, row)] as const);
      return { vats, ...(rows.length < listedAtOnce ? {} : { next: vats.at(-1)![0] }) };
    },
    count,
    moduleText(hash: string) {
      const text = store.get(`b/${hash}`);
      return text !== undefined && hashBundle(text) === hash ? text : undefined;
    },
    async faultOf(id: string) {
      const { owner } = rowOf(id)!;
      if (owner === undefined ? sound.has(id) : sound.delete(id)) return undefined;
      const check = makeSliceCheck(digests);
      const prefix = `v/${id}/`;
      let after: string | undefined;
      try {
        for (;;) {
          const rows = await store.list(prefix, {
            limit: checkedAtOnce,
            ...(after === undefined ? {} : { after }),
          });
          check.take(rows.map(([key, value]) => [key.slice(prefix.length), value] as const));
          if (rows.length < checkedAtOnce) {
            const fault = check.fault();
            if (fault === undefined && owner === undefined) sound.add(id);
            return fault;
          }
          after = rows.at(-1)![0];
        }
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
};
