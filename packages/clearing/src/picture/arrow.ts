/** One arrow: a slightly bent line, so that what two owe each other lies side by side. */
import { type NodePlace, type Point, part, round } from './layout.ts';

const leastWidth = 1.2;
const mostWidth = 11;

export const widthOf = (amount: bigint, widest: bigint): number =>
  round(leastWidth + (mostWidth - leastWidth) * part(amount, widest));

const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;

/** A quadratic Bézier curve and its head. */
export type Arrow = {
  /** For the `d` of a path. */
  readonly line: string;
  readonly head: string;
  /** Where its amount may be written, the best first: nearer to who owes, since in the middle all cross. */
  readonly labels: readonly Point[];
};

const towards = (from: Point, to: Point, length: number): Point => {
  const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return {
    x: from.x + ((to.x - from.x) * length) / distance,
    y: from.y + ((to.y - from.y) * length) / distance,
  };
};

/** @param isBare - without a head, so it reaches the other circle */
export const makeArrow = (from: NodePlace, to: NodePlace, width: number, isBare = false): Arrow => {
  const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const bend = 7 + distance * 0.05;
  // To the left of whoever walks along it.
  const control = {
    x: (from.x + to.x) / 2 + ((to.y - from.y) / distance) * bend * 2,
    y: (from.y + to.y) / 2 - ((to.x - from.x) / distance) * bend * 2,
  };
  const length = isBare ? 0 : 6 + width * 1.1;
  const half = 3 + width * 0.85;
  const start = towards(from, control, from.radius + 2);
  const tip = towards(to, control, to.radius + 3);
  const neck = towards(tip, control, length);
  const side = (sign: number): Point => ({
    x: neck.x + ((sign * (tip.y - neck.y)) / (length || 1)) * half,
    y: neck.y - ((sign * (tip.x - neck.x)) / (length || 1)) * half,
  });
  const labels = [0.36, 0.5, 0.25, 0.64].map((t) => ({
    x: round((1 - t) ** 2 * start.x + 2 * t * (1 - t) * control.x + t ** 2 * neck.x),
    y: round((1 - t) ** 2 * start.y + 2 * t * (1 - t) * control.y + t ** 2 * neck.y),
  }));
  return {
    line: `M${at(start)}Q${at(control)} ${at(neck)}`,
    head: isBare ? '' : `M${at(tip)}L${at(side(1))}L${at(side(-1))}Z`,
    labels,
  };
};
