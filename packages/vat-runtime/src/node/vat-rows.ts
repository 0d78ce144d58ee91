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
  /** Why a vat's own rows are not what it wrote, undefined where they are. */
  faultOf(id: string): Promise<string | undefined>;
};

const isVatRow = recordOf({ bundle: isText, label: isText }, { owner: isText });

/** Rows are checked in pieces of this many. */
const checkedAtOnce = 10_000;
const listedAtOnce = 500;

export const makeVatRows = (store: Committer, digests: Digests): VatRows => {
  /** Those that were just made have nothing to be checked. */
  const fresh = new Set<string>();
  const parse = (key: string, row: string) => parseRow<VatRow>(key, row, isVatRow);
  const count = () => parseCount('lastVat', store.get('lastVat') ?? '0');

  return harden({
    add(module: Bundle, label: string, owner: string | undefined) {
      const id = String(count() + 1);
      store.stage([
        ['lastVat', id],
        [`b/${module.hash}`, module.text],
        [`vat/${id}`, JSON.stringify({ bundle: module.hash, label, owner })],
        ...firstRows.map(([key, value]): Row => [`v/${id}/${key}`, value]),
      ]);
      fresh.add(id);
      return id;
    },
    has: (id: string) => store.get(`vat/${id}`) !== undefined,
    get(id: string) {
      const key = `vat/${id}`;
      const row = store.get(key);
      return row === undefined ? undefined : parse(key, row);
    },
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
      if (fresh.delete(id)) return undefined;
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
          if (rows.length < checkedAtOnce) return check.fault();
          after = rows.at(-1)![0];
        }
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
};
