/**
 * Networks, what is cleared of them, and what was lodged, as texts: what the coordinator keeps.
 * A thousand participants with ten edges each are one row of some 300 KB, read only when it is needed.
 */
import type { NetEdge } from './matching.ts';
import type { FrozenEdge, Lodged, Proposal } from './types.ts';

type Row = readonly [
  edge: number,
  from: number,
  to: number,
  cap: string,
  isLine: 0 | 1,
  priority: number,
];

export const packNetwork = (edges: readonly NetEdge[]): string =>
  JSON.stringify(
    edges.map(({ edge, from, to, cap, isLine, priority }): Row => [
      edge,
      from,
      to,
      `${cap}`,
      isLine ? 1 : 0,
      priority,
    ]),
  );

/** Of what `packNetwork` wrote. */
export const unpackNetwork = (text: string): readonly NetEdge[] =>
  // The cast holds because only `packNetwork` writes these texts.
  (JSON.parse(text) as Row[]).map(([edge, from, to, cap, isLine, priority]) => ({
    edge,
    from,
    to,
    cap: BigInt(cap),
    isLine: isLine === 1,
    priority,
  }));

export const packAmounts = (amounts: readonly bigint[]): string => amounts.join(' ');

export const unpackAmounts = (text: string): readonly bigint[] =>
  text === '' ? [] : text.split(' ').map(BigInt);

type LodgedRow = readonly [
  origin: string,
  kind: Lodged['kind'],
  end: Lodged['end'],
  version: string,
  max: string,
  priority: string,
];

export const packLodged = (lodged: readonly Lodged[]): string =>
  JSON.stringify(
    lodged.map(({ origin, kind, end, version, max, priority }): LodgedRow => [
      origin,
      kind,
      end,
      `${version}`,
      `${max}`,
      `${priority}`,
    ]),
  );

/** Of what `packLodged` wrote. */
export const unpackLodged = (text: string): readonly Lodged[] =>
  // The cast holds because only `packLodged` writes these texts.
  (JSON.parse(text) as LodgedRow[]).map(([origin, kind, end, version, max, priority]) => ({
    origin,
    kind,
    end,
    version: BigInt(version),
    max: BigInt(max),
    priority: BigInt(priority),
  }));

type FrozenRow = readonly [
  edge: number,
  origin: string,
  kind: FrozenEdge['kind'],
  end: FrozenEdge['end'],
  version: string,
  max: string,
];

export const packFrozen = (frozen: readonly FrozenEdge[]): string =>
  JSON.stringify(
    frozen.map(({ edge, origin, kind, end, version, max }): FrozenRow => [
      edge,
      origin,
      kind,
      end,
      `${version}`,
      `${max}`,
    ]),
  );

/** Of what `packFrozen` wrote. */
export const unpackFrozen = (text: string): readonly FrozenEdge[] =>
  // The cast holds because only `packFrozen` writes these texts.
  (JSON.parse(text) as FrozenRow[]).map(([edge, origin, kind, end, version, max]) => ({
    edge,
    origin,
    kind,
    end,
    version: BigInt(version),
    max: BigInt(max),
  }));

/** A record with its bigints as marked texts, which no other text in a proposal looks like. */
const withMarks = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : value;
const withoutMarks = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.endsWith('n') ? BigInt(value.slice(0, -1)) : value;

export const packProposal = (proposal: Proposal): string => JSON.stringify(proposal, withMarks);

/** Of what `packProposal` wrote: numbers, and no texts. */
export const unpackProposal = (text: string): Proposal =>
  // The cast holds because only `packProposal` writes these texts.
  JSON.parse(text, withoutMarks) as Proposal;
