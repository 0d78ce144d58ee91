/** The facets of a market's charter (SPEC 0.1, 11; M1, F15). Numbers are whole; see `values.ts` for their bounds. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { CharterName } from '../inside/types.ts';
import type { CharterList } from './values.ts';

/** What everybody in the market may read. */
export type CharterPublic = {
  view(): CharterView;
  changes(since?: string): Promise<string>;
  /** All that was ever decided, the newest first, at most 30. @param before - the number of a change */
  history(before?: bigint): readonly CharterChange[];
};
export type CharterView = {
  /** 1 when the market was founded, and one more with each change that holds. */
  readonly version: bigint;
  /** All of them, for programs. */
  readonly values: readonly CharterItem[];
  /** The same for people: those that are no times, and those that are, in whole days. */
  readonly amounts: readonly CharterItem[];
  readonly times: readonly (Pick<CharterItem, 'name' | 'entry'> & { readonly days: bigint })[];
  readonly lists: readonly CharterListItem[];
  /** Decided, and not holding yet; the next first. */
  readonly announced: readonly AnnouncedChange[];
};
export type CharterItem = {
  readonly name: CharterName;
  readonly value: bigint;
  readonly least: bigint;
  readonly most: bigint;
  /** Its designation for `change`; it gives no authority. */
  readonly entry: Facet<CharterEntry>;
};
export type CharterListItem = { readonly name: CharterList; readonly words: readonly string[] };
export type CharterEntry = { name(): CharterName };
/** `from` is the first epoch in which it holds. */
export type CharterChange = {
  readonly number: bigint;
  readonly name: CharterName | CharterList;
  readonly value?: bigint;
  readonly words?: readonly string[];
  readonly from: bigint;
};

/** `days` in the place of the value of a time. */
export type AnnouncedChange = CharterChange & { readonly days?: bigint };

/** Of whoever decides on the charter: the founder at first, a body of decision later (F15). */
export type CharterKeeper = Omit<CharterPublic, never> & {
  /** Decides a change, which holds after its notice. `invalid` outside its bounds, `quota` with eight changes of one name pending. */
  schedule(name: CharterName, value: bigint, requestId: string): Scheduled | Refusal;
  /** The same, by the entry that the page shows. */
  change(entry: Facet<CharterEntry>, value: bigint, requestId: string): Scheduled | Refusal;
  /** The same for a time, in days. `invalid` for an entry that is no time. */
  changeDays(entry: Facet<CharterEntry>, days: bigint, requestId: string): Scheduled | Refusal;
  /** The same for a list. @param words - one in each line */
  changeList(name: CharterList, words: string, requestId: string): Scheduled | Refusal;
  /** Takes a change back that does not hold yet. `closed` for any other. */
  takeBack(number: bigint, requestId: string): { readonly ok: true } | Refusal;
  /** A facet that can decide exactly this change, once, and nothing else: for whom an assembly charges with it. */
  mandate(name: CharterName, value: bigint, requestId: string): Granted | Refusal;
};
export type Scheduled = { readonly ok: true; readonly number: bigint; readonly from: bigint };
export type Granted = { readonly ok: true; readonly mandate: Facet<Mandate> };

/** Carries out one act, once. */
export type Mandate = {
  view(): MandateView;
  changes(since?: string): Promise<string>;
  /** `closed` once it was carried out or revoked; a refusal of the act uses nothing up. */
  carryOut(requestId: string): { readonly ok: true } | Refusal;
};
export type MandateView = {
  /** What it does, as facts: `{ name, value }` of a change, `{ member }` of a debt to be absorbed. */
  readonly act: 'change' | 'absorb';
  readonly name: string;
  readonly value: bigint;
  readonly used: boolean;
};

/** For the market itself. */
export type CharterInside = {
  value(name: CharterName): bigint;
  list(name: CharterList): readonly string[];
  version(): bigint;
};
