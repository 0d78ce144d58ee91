/** Streams between nodes as couriers see them, for tests: numbered texts, given once, acknowledged. */
import type { Post } from '#src/courier/post.js';

type Piece = { readonly from: number; readonly items: readonly string[]; readonly taken: number };

export type TestPost = Post & {
  send(to: string, item: string): void;
  /** What came of a node, in order. */
  got(from: string): readonly string[];
  know(designator: string): void;
};

export const makeTestPost = (): TestPost => {
  const known = new Set<string>();
  const out = new Map<string, { acked: number; items: string[] }>();
  const taken = new Map<string, string[]>();
  const outTo = (to: string) => {
    const queue = out.get(to) ?? { acked: 0, items: [] };
    out.set(to, queue);
    return queue;
  };
  const takenFrom = (from: string) => {
    const items = taken.get(from) ?? [];
    taken.set(from, items);
    return items;
  };
  return {
    know: (designator) => void known.add(designator),
    send: (to, item) => void outTo(to).items.push(item),
    got: takenFrom,
    isKnown: (designator) => known.has(designator),
    *waitingFor() {
      for (const [to, { items }] of out) if (items.length > 0) yield to;
    },
    exportPiece(to, maxBytes): Piece | undefined {
      if (!known.has(to)) return undefined;
      const { acked, items } = outTo(to);
      let room = maxBytes - 100;
      const some = items.filter((item) => (room -= JSON.stringify(item).length + 1) >= 0);
      return { from: acked + 1, items: some, taken: takenFrom(to).length };
    },
    takePiece(from, piece) {
      const { from: first, items, taken: acked } = piece as Piece;
      const mine = outTo(from);
      mine.items.splice(0, Math.max(0, acked - mine.acked));
      mine.acked = Math.max(mine.acked, acked);
      const got = takenFrom(from);
      if (first > got.length + 1) throw Error('Cannot take bundle: an earlier one is missing');
      const fresh = items.slice(got.length + 1 - first);
      got.push(...fresh);
      return { taken: fresh.length, known: items.length - fresh.length };
    },
  };
};
