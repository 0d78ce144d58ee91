/** Where everything stands in one panel. Both panels have the same places, so that the eye can compare them. */
import type { Network } from './types.ts';

export type Point = { readonly x: number; readonly y: number };

export type NodePlace = Point & {
  readonly radius: number;
  /** Where its label begins or ends: towards the nearer side. */
  readonly label: Point & { readonly side: 'left' | 'right' };
};

export type Layout = {
  readonly width: number;
  readonly height: number;
  readonly centre: Point;
  readonly nodes: readonly NodePlace[];
  /** The amount from which on all are drawn as wide as possible. */
  readonly widest: bigint;
};

/** Of the column of labels at each side. */
export const labelWidth = 190;
/** Two lines of text and some room. */
const labelGap = 42;
const margin = 34;

/** A tenth of a unit is finer than the eye, and the same on every machine. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** The part of a whole as a number from 0 to 1, for drawing only. */
export const part = (value: bigint, whole: bigint): number =>
  value >= whole ? 1 : Number((value * 10_000n) / whole) / 10_000;

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** Heights as near as possible to those wished for, in their order, each `labelGap` from the next. */
const spread = (wished: readonly number[], top: number, bottom: number): number[] => {
  const heights = [...wished];
  for (let i = 0; i < heights.length; i += 1) {
    heights[i] = Math.max(heights[i]!, i === 0 ? top : heights[i - 1]! + labelGap);
  }
  for (let i = heights.length - 1; i >= 0; i -= 1) {
    const most = i === heights.length - 1 ? bottom : heights[i + 1]! - labelGap;
    heights[i] = Math.min(heights[i]!, most);
  }
  return heights;
};

/** Around a circle, from the top and as a clock goes. */
export const layOut = ({ nodes, edges }: Network): Layout => {
  const count = nodes.length;
  const circle = count <= 6 ? 140 : count <= 16 ? 200 : 240;
  const room = circle * Math.sin(Math.PI / Math.max(count, 2));
  const mostRadius = Math.min(26, room * 0.8);
  const leastRadius = Math.min(9, mostRadius);
  const inColumn = Math.ceil(count / 2);
  const height = Math.max(2 * (circle + margin), inColumn * labelGap + 10);
  const width = 2 * (labelWidth + circle + margin + 16);
  const centre = { x: width / 2, y: height / 2 };

  let greatest = 0n;
  for (const { net } of nodes) if (absolute(net) > greatest) greatest = absolute(net);
  let widest = 0n;
  for (const { from, to, before, after } of edges) {
    // Many together would make all the others look thin.
    if (nodes[from]!.name === undefined || nodes[to]!.name === undefined) continue;
    if (before > widest) widest = before;
    if (after > widest) widest = after;
  }

  const places = nodes.map(({ net }, i) => {
    // Half a step from the top, so that both columns of labels are alike.
    const angle = (2 * Math.PI * (i + 0.5)) / count - Math.PI / 2;
    return {
      x: round(centre.x + circle * Math.cos(angle)),
      y: round(centre.y + circle * Math.sin(angle)),
      // The area grows with the amount.
      radius: round(
        leastRadius + (mostRadius - leastRadius) * Math.sqrt(part(absolute(net), greatest)),
      ),
      side: i < inColumn ? ('right' as const) : ('left' as const),
    };
  });
  const labels = new Map<number, number>();
  for (const side of ['left', 'right'] as const) {
    const column = places
      .map((place, i) => ({ ...place, i }))
      .filter((place) => place.side === side)
      .toSorted((a, b) => a.y - b.y || a.i - b.i);
    const heights = spread(
      column.map(({ y }) => y),
      labelGap / 2,
      height - labelGap / 2,
    );
    for (const [at, { i }] of column.entries()) labels.set(i, heights[at]!);
  }
  return {
    ...{ width, height, centre, widest },
    nodes: places.map(({ side, ...place }, i) => ({
      ...place,
      label: {
        side,
        x: side === 'left' ? labelWidth : width - labelWidth,
        y: round(labels.get(i)!),
      },
    })),
  };
};
