/** Waits for changes of facets, with at most one open question to each, however many pages look on. */
import { E } from '@endo/far';
import harden from '@endo/harden';

/** `changed`: look again. `lost`: the facet did not answer properly; look again, and wait before asking it again. */
export type News = 'changed' | 'lost';

export type Watch = {
  /**
   * Calls `listener` once, at the next news of `facet`.
   * @param method - its `changes` method
   * @returns stops waiting. The question itself stays open until it is answered:
   * CapTP cannot take a question back, so later listeners share it.
   */
  once(facet: object, method: string, listener: (news: News) => void): () => void;
};

type Watched = { since: string | undefined; asking: boolean; listeners: Set<(news: News) => void> };

export const makeWatch = (): Watch => {
  const watched = new WeakMap<object, Watched>();

  const ask = async (facet: object, method: string, state: Watched): Promise<void> => {
    state.asking = true;
    let news: News = 'lost';
    try {
      // A facet is called by the name that its own description gave.
      const target = E(facet as Record<string, (since?: string) => unknown>);
      const version = await (state.since === undefined
        ? target[method]!()
        : target[method]!(state.since));
      state.since = typeof version === 'string' ? version : undefined;
      if (state.since !== undefined) news = 'changed';
    } catch {
      state.since = undefined;
    }
    state.asking = false;
    const listeners = [...state.listeners];
    state.listeners.clear();
    for (const listener of listeners) listener(news);
  };

  return harden({
    once(facet: object, method: string, listener: (news: News) => void) {
      let state = watched.get(facet);
      if (state === undefined) {
        state = { since: undefined, asking: false, listeners: new Set() };
        watched.set(facet, state);
      }
      const { listeners } = state;
      listeners.add(listener);
      if (!state.asking) void ask(facet, method, state);
      return () => {
        listeners.delete(listener);
      };
    },
  });
};
harden(makeWatch);
