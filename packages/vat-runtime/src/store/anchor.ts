/**
 * The anchor: where the commit chain ended when output last left the node, kept outside the store.
 *
 * It is written after a batch is on disk and before the output that waits for the batch leaves, so
 * the store may be ahead of its anchor and never behind.
 */

/** One link of the commit chain. */
export type AnchorPoint = { readonly sequence: number; readonly hash: string };

export type Anchor = {
  /** The point written last; undefined where none ever was; 'damaged' where none can be read. */
  read(): AnchorPoint | 'damaged' | undefined;
  /** Resolves when the point is on disk. A crash on the way leaves the one before. */
  write(sequence: number, hash: string): Promise<void>;
  close(): Promise<void>;
};

/** An anchor that forgets everything when the process ends. For tests. */
export const makeMemoryAnchor = (): Anchor => {
  let point: AnchorPoint | undefined;
  return Object.freeze({
    read: () => point,
    async write(sequence: number, hash: string) {
      point = Object.freeze({ sequence, hash });
    },
    close: async () => {},
  });
};
