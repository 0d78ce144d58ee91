/** The rows that the current crank changes, and what the vat uses of its quotas with them. */
import harden from '@endo/harden';
import type { Changed, Digests } from './journal.ts';
import { type Quotas, assertWithin } from './quotas.ts';
import type { TurnResult } from './turn.ts';
import { type Usage, countRow } from './usage.ts';

export type CrankRows = {
  /** @param unheard - messages of the vat that wait for others, of which it will hear nothing */
  begin(unheard: number): void;
  /** A row as the crank has left it so far. */
  read(key: string): string | undefined;
  /** Takes what a turn changed. @throws over a quota, and then takes nothing */
  take(turn: Pick<TurnResult, 'rows' | 'effects' | 'calls'>): void;
  /** Reads and deletes a row, whatever becomes of the turn. */
  consume(key: string): string | undefined;
  /** Ends the crank: what it changed, and what the vat has now. */
  finish(): { changed: ReadonlyMap<string, Changed>; usage: Readonly<Usage> };
};

export type CrankRowsPowers = {
  /** A row as of the last crank. */
  readonly read: (key: string) => string | undefined;
  readonly byteLength: Digests['byteLength'];
  readonly quotas: Quotas;
  /** As of the last crank. */
  readonly usage: Readonly<Usage>;
};

/** A row before the crank, which is read once, and now. */
type Entry = Changed & { readonly byteLength: number };

export const makeCrankRows = ({
  read,
  byteLength,
  quotas,
  usage: usedBefore,
}: CrankRowsPowers): CrankRows => {
  let usage = usedBefore;
  let entries = new Map<string, Entry>();
  let unheard = 0;

  const entryWith = (key: string, before: string | undefined, now: string | undefined): Entry => ({
    before,
    now,
    byteLength: now === undefined ? 0 : byteLength(key) + byteLength(now),
  });
  const entryOf = (key: string): Entry => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const before = read(key);
    return entryWith(key, before, before);
  };
  const count = (to: Usage, key: string, from: Entry, next: Entry) => {
    if (from.now !== undefined) countRow(to, key, from.byteLength, -1);
    if (next.now !== undefined) countRow(to, key, next.byteLength, 1);
  };

  return harden({
    begin(waiting) {
      unheard = waiting;
    },
    read(key) {
      const known = entries.get(key);
      return known === undefined ? read(key) : known.now;
    },
    take({ rows, effects, calls }) {
      const after = { ...usage };
      const changed: [string, Entry][] = [];
      let written = 0;
      for (const [key, now] of rows) {
        const known = entryOf(key);
        if (known.now === now) continue;
        const next = entryWith(key, known.before, now);
        count(after, key, known, next);
        written += next.byteLength;
        changed.push([key, next]);
      }
      let added = 0;
      for (const effect of effects) {
        written += byteLength(JSON.stringify(effect));
        if (effect.kind === 'send' && effect.send === undefined) added += 1;
      }
      assertWithin(quotas, usage, after, {
        rows: changed.length,
        bytes: written,
        sends: calls + effects.length,
        unheard: added === 0 ? 0 : unheard + added,
      });
      for (const [key, next] of changed) entries.set(key, next);
      usage = after;
      unheard += added;
    },
    consume(key) {
      const known = entryOf(key);
      if (known.now === undefined) return undefined;
      const next = entryWith(key, known.before, undefined);
      const after = { ...usage };
      count(after, key, known, next);
      entries.set(key, next);
      usage = after;
      return known.now;
    },
    finish() {
      const changed = entries;
      entries = new Map();
      return { changed, usage };
    },
  } satisfies CrankRows);
};
