/** Which networks are measured. */
import type { Kind } from './networks.ts';

export type Size = readonly [kind: Kind, participants: number];

export const nameOf = ([kind, participants]: Size): string =>
  `${kind} ${participants.toLocaleString('en')}`;

export const sizeOf = (name: string): Size => {
  const at = name.lastIndexOf(' ');
  // Only `nameOf` makes names.
  return [name.slice(0, at) as Kind, Number(name.slice(at).replaceAll(',', ''))];
};

const of = (kind: Kind, ...participants: number[]): Size[] =>
  participants.map((n): Size => [kind, n]);

export const sizes: readonly Size[] = [
  ...of('power-law', 1_000, 3_000, 10_000, 30_000, 100_000),
  ...of('communities', 1_000, 10_000, 100_000),
  ...of('ring', 1_000, 10_000, 100_000),
  ...of('narrow ring', 1_000, 10_000),
  ...of('hubs', 1_000, 10_000, 30_000),
  ...of('dense', 100, 300, 1_000),
  ...of('even', 1_000, 10_000, 30_000),
  ...of('layers', 1_000, 10_000, 30_000),
  ...of('grid', 1_000, 10_000, 100_000),
  ...of('loop', 1_000, 10_000, 100_000),
  ...of('priorities', 1_000, 10_000, 100_000),
  ...of('lines', 1_000, 10_000, 100_000),
];

/** Enough to see that the bench works. */
export const fewSizes: readonly Size[] = [
  ...of('power-law', 300, 1_000),
  ...of('ring', 300),
  ...of('dense', 100),
  ...of('priorities', 300),
  ...of('lines', 300),
];
