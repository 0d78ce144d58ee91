/**
 * A charter: what is policy in a place, with bounds, a version and a notice (SPEC 0.1, 11; F15).
 *
 * A change is decided at once and holds from a later epoch on. So nothing wakes up for it: whoever asks
 * is answered with what holds in the epoch that the clock says, and what was agreed before stays as it was.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { labelOf, makeCharterActs } from './charter-acts.ts';
import { CharterDecidingI, CharterPublicI } from './charter-guards.ts';
import type {
  AnnouncedChange,
  Charter,
  CharterChange,
  CharterDefinition,
  CharterFirst,
  CharterNumber,
  CharterPowers,
  CharterView,
  KeptDefinition,
  Scheduled,
} from './charter-types.ts';
import { type Entry, day, effectiveFrom, isWithin, settled, valueIn } from './charter-values.ts';
import type { JournalWriter } from './journal.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** How many changes of one name may be announced at a time. */
const maxPending = 8;
const shown = 30;

/** Never without any notice: whoever minds a change must have the time to say so, or to leave. */
const notice: CharterNumber = {
  initial: 1n,
  least: 1n,
  most: 52n,
  label: {
    en: 'A change of these rules is announced for so many periods',
    es: 'Un cambio de estas reglas se anuncia tantos periodos antes',
  },
};

/** A list as it will be. */
type ListEntry = {
  readonly words: readonly string[];
  readonly next?: {
    readonly words: readonly string[];
    readonly from: bigint;
    readonly number: bigint;
  };
};

const makeCharterKit = defineActor({
  name: 'Charter',
  state: {
    /** As it was founded with: one row, read where a page or a decision needs it. */
    definition: typed<DurableMap<'all', KeptDefinition>>(M.any()),
    clock: typed<Clock>(M.remotable('clock')),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    values: typed<DurableMap<string, Entry>>(M.any()),
    lists: typed<DurableMap<string, ListEntry>>(M.any()),
    history: typed<DurableMap<bigint, CharterChange>>(M.any()),
    last: M.nat(),
  },
  init: ({ clock, journal }: CharterPowers) => ({
    definition: makeDurableMap<'all', KeptDefinition>(),
    clock,
    journal,
    values: makeDurableMap<string, Entry>(),
    lists: makeDurableMap<string, ListEntry>(),
    history: makeDurableMap<bigint, CharterChange>(),
    last: 0n,
  }),
  guards: {
    charterPublic: CharterPublicI,
    inside: CharterDecidingI,
    writer: M.interface('CharterWriter', {
      begin: M.call(M.record(), M.record()).returns(),
      note: M.call(M.record()).returns(M.record()),
    }),
  },
  facets: {
    charterPublic: {
      view(): CharterView {
        const { inside } = this.facets;
        const definition = inside.definition();
        const items = definition.numbersInOrder.map((name) => {
          const { least, most } = definition.values[name]!;
          return { name, value: inside.value(name), least, most };
        });
        const isTime = (name: string): boolean => definition.values[name]?.in === 'days';
        const label = (name: string) => labelOf(definition, name);
        return {
          about: definition.label,
          version: inside.version(),
          values: items,
          amounts: items
            .filter(({ name }) => !isTime(name))
            .map((item) => ({ ...item, label: label(item.name) })),
          times: items
            .filter(({ name }) => isTime(name))
            .map(({ name, value }) => ({ name, label: label(name), days: value / day })),
          lists: definition.listsInOrder.map((name) => ({
            name,
            label: label(name),
            words: inside.list(name),
          })),
          announced: inside.announced().map((change): AnnouncedChange => {
            const { value, ...rest } = change;
            return isTime(change.name) && value !== undefined
              ? { ...rest, label: label(change.name), days: value / day }
              : { ...change, label: label(change.name) };
          }),
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
    inside: {
      value(name: string): bigint {
        return valueIn(found(this.state.values, name), this.state.clock.epoch());
      },
      list(name: string): readonly string[] {
        const { words, next } = found(this.state.lists, name);
        return next !== undefined && next.from <= this.state.clock.epoch() ? next.words : words;
      },
      version(): bigint {
        const { history } = this.state;
        return 1n + BigInt(history.size() - waitingIn(this.state).length);
      },
      definition(): KeptDefinition {
        return this.state.definition.get('all')!;
      },
      announced(): readonly CharterChange[] {
        return waitingIn(this.state).slice(0, shown).reverse();
      },
      decide(name: string, value: bigint): Scheduled | Refusal {
        const { values } = this.facets.inside.definition();
        if (!Object.hasOwn(values, name)) return refuse('unsupported');
        if (!isWithin(values[name]!, value)) return refuse('invalid');
        const { clock } = this.state;
        const epoch = clock.epoch();
        const entry = settled(found(this.state.values, name), epoch);
        if (entry.pending.length >= maxPending) return refuse('quota');
        const from = effectiveFrom(epoch, this.facets.inside.value('notice'));
        const scheduled = this.facets.writer.note({ name, value, from });
        const pending = [...entry.pending, { number: scheduled.number, from, value }];
        this.state.values.set(name, { ...entry, pending });
        return scheduled;
      },
      decideList(name: string, words: readonly string[]): Scheduled | Refusal {
        const { clock, lists } = this.state;
        const { inside, writer } = this.facets;
        const before = lists.get(name);
        if (before === undefined) return refuse('unsupported');
        // Of two announced changes of a list the later one stands in place of the first.
        if (before.next !== undefined) inside.takeBack(before.next.number);
        const from = effectiveFrom(clock.epoch(), inside.value('notice'));
        const scheduled = writer.note({ name, words, from });
        const next = { words, from, number: scheduled.number };
        lists.set(name, { words: inside.list(name), next });
        return scheduled;
      },
      takeBack(number: bigint): { readonly ok: true } | Refusal {
        const { clock, history, values, lists, journal } = this.state;
        const change = history.get(number);
        if (change === undefined || change.from <= clock.epoch()) return refuse('closed');
        const entry = values.get(change.name);
        if (entry !== undefined) {
          const pending = entry.pending.filter((one) => one.number !== number);
          values.set(change.name, { ...entry, pending });
        } else {
          lists.set(change.name, { words: this.facets.inside.list(change.name) });
        }
        history.delete(number);
        journal.record('charter taken back', { number }, 'P0');
        return { ok: true };
      },
    },
    writer: {
      begin(definition: KeptDefinition, first: CharterFirst): void {
        const { values = {}, lists = {} } = first;
        this.state.definition.set('all', definition);
        for (const [name, about] of Object.entries(definition.values)) {
          const value = values[name] ?? about.initial;
          if (!isWithin(about, value))
            throw new RangeError(`Cannot make a charter: "${name}" is out of its bounds`);
          this.state.values.set(name, { value, pending: [] });
        }
        for (const name of definition.listsInOrder)
          this.state.lists.set(name, { words: lists[name] ?? [] });
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
  readOnly: ['charterPublic.changes'],
});

const found = <Value>(map: DurableMap<string, Value>, name: string): Value => {
  const value = map.get(name);
  if (value === undefined) throw new RangeError(`This charter has no "${name}"`);
  return value;
};

/** What was decided and does not hold yet, the newest first. It is among the newest of all. */
const waitingIn = ({
  clock,
  history,
  values,
  lists,
}: {
  readonly clock: Clock;
  readonly history: DurableMap<bigint, CharterChange>;
  readonly values: DurableMap<string, unknown>;
  readonly lists: DurableMap<string, unknown>;
}): readonly CharterChange[] => {
  const epoch = clock.epoch();
  const limit = maxPending * (values.size() + lists.size());
  return [...history.values({ reverse: true, limit })].filter(({ from }) => from > epoch);
};

/**
 * Makes a charter.
 *
 * @param definition - with words in both languages; it stays as it is for good
 * @throws RangeError for a first value out of its bounds
 */
export const makeCharter = <Value extends string, List extends string = never>(
  definition: CharterDefinition<Value, List>,
  powers: CharterPowers,
  first: CharterFirst<Value, List> = {},
): Charter<Value, List> => {
  const { label, values, lists = {} as NonNullable<typeof definition.lists> } = definition;
  const { charterPublic, inside, writer } = makeCharterKit(powers);
  const kept: KeptDefinition = {
    label,
    values: { notice, ...values },
    lists,
    // People read the notice last.
    numbersInOrder: [...Object.keys(values).filter((name) => name !== 'notice'), 'notice'],
    listsInOrder: Object.keys(lists),
  };
  writer.begin(kept, first);
  const acts = makeCharterActs(inside, powers.clock);
  // The casts say which names the definition has.
  return { charterPublic, acts, inside } as unknown as Charter<Value, List>;
};
