/**
 * A charter (SPEC 0.1, 11; F15): what is policy in a place, with bounds, versions and a notice.
 *
 * A place gives its definition and reads `inside`. Nobody changes a charter but by a mandate of its `acts`.
 */
import type { Clock, Facet, Text } from '@pocas/vat-runtime';
import type { Acts } from './acts.ts';
import type { Bounds } from './charter-values.ts';
import type { JournalWriter } from './journal.ts';
import type { Refusal } from './refusal.ts';

/** A number of a charter. With `in: 'days'` it is kept in milliseconds, and said and decided upon in whole days. */
export type CharterNumber = Bounds & { readonly label: Text; readonly in?: 'days' };
export type CharterList = { readonly label: Text };
/** A place's charter as it is defined: the names are for programs, the labels for people. */
export type CharterDefinition<Value extends string = string, List extends string = string> = {
  /** What it is the charter of. */
  readonly label: Text;
  /** `notice` is there without being named: for how many whole epochs a change is announced, 1 to 52. At most 30 names. */
  readonly values: { readonly [name in Value]: CharterNumber };
  /** Of at most 30 words each; an empty one bounds nothing. At most 8 names. */
  readonly lists?: { readonly [name in List]: CharterList };
};

export type CharterPowers = {
  readonly clock: Clock;
  /** Each change is an entry of it, of label P0. */
  readonly journal: Facet<JournalWriter>;
};
/** First values, where they are not the initial ones. */
export type CharterFirst<Value extends string = string, List extends string = string> = {
  readonly values?: { readonly [name in Value | 'notice']?: bigint };
  readonly lists?: { readonly [name in List]?: readonly string[] };
};

export type Charter<Value extends string = string, List extends string = string> = {
  readonly charterPublic: Facet<CharterPublic<Value | 'notice', List>>;
  /** For the place's body of decision, and for nobody else. */
  readonly acts: Facet<Acts>;
  /** Stays in the vat. */
  readonly inside: Facet<CharterInside<Value | 'notice', List>>;
};

/** What everybody in the place may read. */
export type CharterPublic<Value extends string = string, List extends string = string> = {
  view(): CharterView<Value, List>;
  changes(since?: string): Promise<string>;
  /** All that was ever decided, the newest first, at most 30. @param before - the number of a change */
  history(before?: bigint): readonly CharterChange<Value | List>[];
};
export type CharterView<Value extends string = string, List extends string = string> = {
  readonly about: Text;
  /** 1 when the place was founded, and one more with each change that holds. */
  readonly version: bigint;
  /** All numbers, for programs, in the definition's order. */
  readonly values: readonly CharterItem<Value>[];
  /** The same for people: those that are no times, and those that are, in whole days. */
  readonly amounts: readonly (CharterItem<Value> & { readonly label: Text })[];
  readonly times: readonly {
    readonly name: Value;
    readonly label: Text;
    readonly days: bigint;
  }[];
  readonly lists: readonly {
    readonly name: List;
    readonly label: Text;
    readonly words: readonly string[];
  }[];
  /** Decided, and not holding yet; the next first. */
  readonly announced: readonly AnnouncedChange<Value | List>[];
};
export type CharterItem<Value extends string = string> = {
  readonly name: Value;
  readonly value: bigint;
  readonly least: bigint;
  readonly most: bigint;
};
/** `from` is the first epoch in which it holds. */
export type CharterChange<Name extends string = string> = {
  readonly number: bigint;
  readonly name: Name;
  readonly value?: bigint;
  readonly words?: readonly string[];
  readonly from: bigint;
};
/** `days` in the place of the value of a time. */
export type AnnouncedChange<Name extends string = string> = CharterChange<Name> & {
  readonly label: Text;
  readonly days?: bigint;
};

/** For the place itself. */
export type CharterInside<Value extends string = string, List extends string = string> = {
  /** What holds now. @throws for a name that the charter does not have */
  value(name: Value): bigint;
  list(name: List): readonly string[];
  version(): bigint;
};

export type Scheduled = { readonly ok: true; readonly number: bigint; readonly from: bigint };

/** A definition as it is kept: stored records forget the order of their keys. */
export type KeptDefinition = CharterDefinition & {
  readonly numbersInOrder: readonly string[];
  readonly listsInOrder: readonly string[];
};
/** What the files of a charter are to each other. It never leaves the vat. */
export type CharterDeciding = CharterInside & {
  definition(): KeptDefinition;
  announced(): readonly CharterChange[];
  /** A change, which holds after its notice. `invalid` out of bounds, `quota` with eight of one name pending. */
  decide(name: string, value: bigint): Scheduled | Refusal;
  decideList(name: string, words: readonly string[]): Scheduled | Refusal;
  /** Undoes a change that does not hold yet. `closed` for any other. */
  takeBack(number: bigint): { readonly ok: true } | Refusal;
};
