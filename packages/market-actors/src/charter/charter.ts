/**
 * A market's charter: what is policy, with bounds, a version and a notice (SPEC 0.1, 11).
 *
 * A change is decided at once and holds from a later epoch on. So nothing wakes up for it: whoever asks
 * is answered with what holds in the epoch that the clock says.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type JournalWriter, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { CharterName } from '../inside/types.ts';
import {
  ChangeActI,
  CharterEntryI,
  CharterInsideI,
  CharterKeeperI,
  CharterNameShape,
  CharterPublicI,
} from './guards.ts';
import { makeMandate } from './mandate.ts';
import type {
  AnnouncedChange,
  CharterChange,
  CharterEntry,
  CharterInside,
  CharterItem,
  CharterKeeper,
  CharterPublic,
  CharterView,
  Granted,
  Scheduled,
} from './types.ts';
import {
  type CharterList,
  type Entry,
  charterLists,
  charterNames,
  charterTimes,
  charterValues,
  day,
  effectiveFrom,
  isWithin,
  maxListed,
  settled,
  valueIn,
} from './values.ts';

/** How many changes of one name may be announced at a time. */
const maxPending = 8;
const shown = 30;

type Deciding = CharterInside & {
  decide(name: CharterName, value: bigint): Scheduled | Refusal;
};

const makeEntry = defineActor({
  name: 'CharterEntry',
  state: { name: CharterNameShape },
  init: (name: CharterName) => ({ name }),
  guards: { entry: CharterEntryI },
  facets: {
    entry: {
      name(): CharterName {
        return this.state.name;
      },
    },
  },
});

/** Exactly one change, for a mandate. */
const makeChangeAct = defineActor({
  name: 'CharterChangeAct',
  state: {
    inside: typed<Facet<Deciding>>(M.remotable('charter')),
    name: CharterNameShape,
    value: M.nat(),
  },
  init: (inside: Facet<Deciding>, name: CharterName, value: bigint) => ({ inside, name, value }),
  guards: { act: ChangeActI },
  facets: {
    act: {
      carryOut(): { readonly ok: true } | Refusal {
        const { inside, name, value } = this.state;
        return inside.decide(name, value);
      },
    },
  },
});

/** A list as it will be: kept as text lines, so that equal lists are equal. */
type ListEntry = {
  readonly words: readonly string[];
  readonly next?: { readonly words: readonly string[]; readonly from: bigint };
};

const makeCharterKit = defineActor({
  name: 'Charter',
  state: {
    clock: typed<Clock>(M.remotable('clock')),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    values: typed<DurableMap<string, Entry>>(M.any()),
    lists: typed<DurableMap<string, ListEntry>>(M.any()),
    entries: typed<DurableMap<string, Facet<CharterEntry>>>(M.any()),
    history: typed<DurableMap<bigint, CharterChange>>(M.any()),
    last: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (clock: Clock, journal: Facet<JournalWriter>) => ({
    clock,
    journal,
    values: makeDurableMap<string, Entry>(),
    lists: makeDurableMap<string, ListEntry>(),
    entries: makeDurableMap<string, Facet<CharterEntry>>(),
    history: makeDurableMap<bigint, CharterChange>(),
    last: 0n,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    charterPublic: CharterPublicI,
    keeper: CharterKeeperI,
    inside: CharterInsideI,
    writer: M.interface('CharterWriter', {
      begin: M.call(M.record(), M.record()).returns(),
      note: M.call(M.record()).returns(M.record()),
    }),
  },
  facets: {
    charterPublic: {
      view(): CharterView {
        const { inside } = this.facets;
        const { clock, history, entries } = this.state;
        const epoch = clock.epoch();
        const values = charterNames.map((name): CharterItem => {
          const { least, most } = charterValues[name];
          return { name, value: inside.value(name), least, most, entry: entries.get(name)! };
        });
        return {
          version: inside.version(),
          values,
          amounts: values.filter(({ name }) => !charterTimes.includes(name)),
          times: values
            .filter(({ name }) => charterTimes.includes(name))
            .map(({ name, value, entry }) => ({ name, days: value / day, entry })),
          lists: charterLists.map((name) => ({ name, words: inside.list(name) })),
          announced: [...history.values({ reverse: true, limit: 100 })]
            .filter(({ from }) => from > epoch)
            .slice(0, shown)
            .reverse()
            .map(inDays),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.charterPublic);
      },
      history(before?: bigint): readonly CharterChange[] {
        const range = before === undefined ? {} : { to: before };
        return [...this.state.history.values({ ...range, reverse: true, limit: shown })];
      },
    },
    keeper: {
      view(): CharterView {
        return this.facets.charterPublic.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.charterPublic);
      },
      history(before?: bigint): readonly CharterChange[] {
        return this.facets.charterPublic.history(before);
      },
      schedule(name: CharterName, value: bigint, requestId: string): Scheduled | Refusal {
        const { inside } = this.facets;
        return once(this.state.outcomes, 'schedule', requestId, () => inside.decide(name, value));
      },
      change(entry: Facet<CharterEntry>, value: bigint, requestId: string): Scheduled | Refusal {
        const { inside } = this.facets;
        const { entries, outcomes } = this.state;
        return once<Scheduled | Refusal>(outcomes, 'change', requestId, () => {
          const name = charterNames.find((one) => entries.get(one) === entry);
          return name === undefined ? refuse('invalid') : inside.decide(name, value);
        });
      },
      changeDays(entry: Facet<CharterEntry>, days: bigint, requestId: string): Scheduled | Refusal {
        const { inside } = this.facets;
        const { entries, outcomes } = this.state;
        return once<Scheduled | Refusal>(outcomes, 'changeDays', requestId, () => {
          const name = charterTimes.find((one) => entries.get(one) === entry);
          return name === undefined ? refuse('invalid') : inside.decide(name, days * day);
        });
      },
      changeList(name: CharterList, text: string, requestId: string): Scheduled | Refusal {
        const { writer } = this.facets;
        const { clock, lists, outcomes } = this.state;
        const notice = this.facets.inside.value('notice');
        const now = this.facets.inside.list(name);
        return once<Scheduled | Refusal>(outcomes, 'changeList', requestId, () => {
          const words = text
            .split('\n')
            .map((word) => word.trim())
            .filter((word) => word !== '');
          if (words.length > maxListed || words.some(({ length }) => length > 100))
            return refuse('invalid');
          const from = effectiveFrom(clock.epoch(), notice);
          // Of two changes of a list the later one stands in place of the first.
          lists.set(name, { words: now, next: { words, from } });
          return writer.note({ name, words, from });
        });
      },
      takeBack(number: bigint, requestId: string): { readonly ok: true } | Refusal {
        const { clock, history, values, lists, journal, outcomes } = this.state;
        const now = { list: (name: CharterList) => this.facets.inside.list(name) };
        return once<{ ok: true } | Refusal>(outcomes, 'takeBack', requestId, () => {
          const change = history.get(number);
          if (change === undefined || change.from <= clock.epoch()) return refuse('closed');
          const entry = values.get(change.name);
          if (entry !== undefined) {
            const pending = entry.pending.filter((one) => one.number !== number);
            values.set(change.name, { ...entry, pending });
          } else {
            const name = change.name as CharterList;
            lists.set(name, { words: now.list(name) });
          }
          history.delete(number);
          journal.record('charter taken back', { number }, 'P0');
          return { ok: true };
        });
      },
      mandate(name: CharterName, value: bigint, requestId: string): Granted | Refusal {
        const { inside } = this.facets;
        return once<Granted | Refusal>(this.state.outcomes, 'mandate', requestId, () => {
          if (!isWithin(name, value)) return refuse('invalid');
          const { act } = makeChangeAct(inside, name, value);
          return { ok: true, mandate: makeMandate({ act: 'change', name, value }, act) };
        });
      },
    },
    inside: {
      value(name: CharterName): bigint {
        return valueIn(this.state.values.get(name)!, this.state.clock.epoch());
      },
      list(name: CharterList): readonly string[] {
        const { words, next } = this.state.lists.get(name)!;
        return next !== undefined && next.from <= this.state.clock.epoch() ? next.words : words;
      },
      version(): bigint {
        const { clock, history } = this.state;
        const epoch = clock.epoch();
        // What does not hold yet is among the newest.
        const waiting = [...history.values({ reverse: true, limit: maxAnnounced })].filter(
          ({ from }) => from > epoch,
        );
        return 1n + BigInt(history.size() - waiting.length);
      },
      decide(name: CharterName, value: bigint): Scheduled | Refusal {
        if (!isWithin(name, value)) return refuse('invalid');
        const { clock, values } = this.state;
        const epoch = clock.epoch();
        const entry = settled(values.get(name)!, epoch);
        if (entry.pending.length >= maxPending) return refuse('quota');
        const from = effectiveFrom(epoch, this.facets.inside.value('notice'));
        const scheduled = this.facets.writer.note({ name, value, from });
        const pending = [...entry.pending, { number: scheduled.number, from, value }];
        values.set(name, { ...entry, pending });
        return scheduled;
      },
    },
    writer: {
      begin(
        values: { readonly [name in CharterName]?: bigint },
        lists: { readonly [name in CharterList]?: readonly string[] },
      ): void {
        for (const name of charterNames) {
          const value = values[name] ?? charterValues[name].initial;
          if (!isWithin(name, value))
            throw new RangeError(`Cannot found a market: "${name}" is out of its bounds`);
          this.state.values.set(name, { value, pending: [] });
          this.state.entries.set(name, makeEntry(name).entry);
        }
        for (const name of charterLists) this.state.lists.set(name, { words: lists[name] ?? [] });
      },
      note(change: Omit<CharterChange, 'number'>): Scheduled {
        const { history, journal } = this.state;
        const number = this.state.last + 1n;
        this.state.last = number;
        history.set(number, { ...change, number });
        journal.record('charter', { ...change, number }, 'P0');
        return { ok: true, number, from: change.from };
      },
    },
  },
  readOnly: ['charterPublic.changes', 'keeper.changes'],
});
/** A change as a page says it: of a time, in days. */
const inDays = (change: CharterChange): AnnouncedChange => {
  const { value, ...rest } = change;
  const isTime = charterTimes.some((name) => name === change.name);
  return isTime && value !== undefined ? { ...rest, days: value / day } : change;
};

/** What can be announced at a time, of all names together. */
const maxAnnounced = maxPending * (charterNames.length + charterLists.length);

/**
 * Makes a charter.
 *
 * @throws RangeError for a first value out of its bounds
 */
export const makeCharter = (
  clock: Clock,
  journal: Facet<JournalWriter>,
  values: { readonly [name in CharterName]?: bigint },
  lists: { readonly [name in CharterList]?: readonly string[] } = {},
): {
  readonly charterPublic: Facet<CharterPublic>;
  readonly keeper: Facet<CharterKeeper>;
  readonly inside: Facet<CharterInside>;
} => {
  const { charterPublic, keeper, inside, writer } = makeCharterKit(clock, journal);
  writer.begin(values, lists);
  return { charterPublic, keeper, inside };
};
