/**
 * What is kept of other nodes, beside their streams.
 *
 *   life                       how often this node was started
 *   relation/<designator>      the greatest life of a node that was heard of, and of which start that was
 *   quarantine/<designator>    that the two remember different histories, until both are reconciled
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import {
  type FaultName,
  type Statement,
  checkStatement,
  faultNames,
} from '../session/node-wire.ts';
import type { Committer } from '../store/committer.ts';
import { isCount, isFlag, isText, parseCount, parseRow, recordOf } from '../store/stored-json.ts';

export type RelationRow = {
  /** 0 where it was never heard. */
  readonly life: number;
  readonly incarnation: string;
  /** What the operator calls it. */
  readonly label?: string;
  /** When it was last heard, to the hour, in milliseconds since 1970. */
  readonly heard?: number;
};

export type Quarantine = {
  readonly why: FaultName;
  /** In milliseconds since 1970. */
  readonly since: number;
  /** The last item that was given before. Those after it were never sent. */
  readonly given: number;
  /** The operator wants a new epoch. */
  readonly agreed: boolean;
  /** What the other side said when it was found out. */
  readonly theirs?: Statement;
};

export type RelationRows = {
  get(node: Designator): RelationRow | undefined;
  set(node: Designator, row: RelationRow): void;
  quarantineOf(node: Designator): Quarantine | undefined;
  setQuarantine(node: Designator, quarantine: Quarantine | undefined): void;
  /** Deletes what is known of a node. */
  erase(node: Designator): void;
  nodes(): Designator[];
  quarantined(): number;
};

const isRelationRow = recordOf(
  { life: isCount, incarnation: isText },
  { label: isText, heard: isCount },
);
const isStatement = (value: unknown) => {
  try {
    checkStatement(value);
    return true;
  } catch {
    return false;
  }
};
const isQuarantine = recordOf(
  {
    why: (value) => faultNames.some((name) => name === value),
    since: isCount,
    given: isCount,
    agreed: isFlag,
  },
  { theirs: isStatement },
);

/** Begins a life of the node, which is on disk when this resolves: before anybody is told of it. */
export const beginLife = async (store: Committer): Promise<number> => {
  const life = parseCount('life', store.get('life') ?? '0') + 1;
  store.stage([['life', String(life)]]);
  await store.settled();
  return life;
};

export const openRelationRows = async (store: Committer): Promise<RelationRows> => {
  const relations = new Map<Designator, RelationRow>();
  const quarantines = new Map<Designator, Quarantine>();
  for (const [key, row] of await store.list('relation/')) {
    relations.set(key.slice('relation/'.length), parseRow<RelationRow>(key, row, isRelationRow));
  }
  for (const [key, row] of await store.list('quarantine/')) {
    quarantines.set(key.slice('quarantine/'.length), parseRow<Quarantine>(key, row, isQuarantine));
  }
  return harden({
    get: (node: Designator) => relations.get(node),
    set(node: Designator, row: RelationRow) {
      relations.set(node, harden(row));
      store.stage([[`relation/${node}`, JSON.stringify(row)]]);
    },
    quarantineOf: (node: Designator) => quarantines.get(node),
    setQuarantine(node: Designator, quarantine: Quarantine | undefined) {
      const key = `quarantine/${node}`;
      if (quarantine === undefined) {
        if (quarantines.delete(node)) store.stage([[key, undefined]]);
        return;
      }
      const text = JSON.stringify(quarantine);
      // Who comes again and again costs no row each time.
      if (text === JSON.stringify(quarantines.get(node))) return;
      quarantines.set(node, harden(quarantine));
      store.stage([[key, text]]);
    },
    erase(node: Designator) {
      if (relations.delete(node)) store.stage([[`relation/${node}`, undefined]]);
    },
    nodes: () => [...new Set([...relations.keys(), ...quarantines.keys()])],
    quarantined: () => quarantines.size,
  }) as RelationRows;
};
