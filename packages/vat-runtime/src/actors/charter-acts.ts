/** What can be agreed upon about a charter: its numbers, its lists, and taking an announced change back. */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Text } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { ActOption, Acts, Drafted, Granted, MandateTerms, Wish } from './acts.ts';
import { ActsI } from './charter-guards.ts';
import type { CharterDeciding, CharterDefinition } from './charter-types.ts';
import { day, isWithin } from './charter-values.ts';
import { type Carried, areTerms, makeMandate } from './mandate.ts';
import { MandateActI } from './mandate-guards.ts';
import { once } from './once.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** How many words a list has at most, and how long each is. */
export const maxListed = 30;
const maxWordLength = 100;

export const daysUnit: Text = { en: 'days', es: 'días' };

/** One thing to do to a charter, checked against its definition. */
type Change =
  | { readonly kind: 'number'; readonly name: string; readonly value: bigint }
  | { readonly kind: 'list'; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: 'takeBack'; readonly number: bigint };
type Read = { readonly ok: true; readonly change: Change; readonly words: Text };

const both = (text: (language: 'en' | 'es') => string): Text => ({
  en: text('en'),
  es: text('es'),
});

const numberForm = /^[1-9][0-9]{0,17}$/;

/** What a wish is, in the charter's terms. */
const readWish = (charter: Facet<CharterDeciding>, wish: Wish): Read | Refusal => {
  const definition = charter.definition();
  const { act, name = '', value, words } = wish;
  if (act === 'change') return readNumber(definition, name, value);
  if (act === 'list') return readList(definition, name, words);
  if (act !== 'takeBack') return refuse('unsupported');
  if (!numberForm.test(name)) return refuse('invalid');
  const change = charter.announced().find(({ number }) => number === BigInt(name));
  if (change === undefined) return refuse('closed');
  const label = labelOf(definition, change.name);
  return {
    ok: true,
    change: { kind: 'takeBack', number: change.number },
    words: {
      en: `The announced change of “${label.en}” is taken back.`,
      es: `El cambio anunciado de «${label.es}» se quita.`,
    },
  };
};

const readNumber = (
  { values }: CharterDefinition,
  name: string,
  wished: bigint | undefined,
): Read | Refusal => {
  if (!Object.hasOwn(values, name)) return refuse('unsupported');
  const about = values[name]!;
  if (wished === undefined) return refuse('invalid');
  const value = about.in === 'days' ? wished * day : wished;
  if (!isWithin(about, value)) return refuse('invalid');
  const unit = about.in === 'days' ? both((language) => ` ${daysUnit[language]}`) : both(() => '');
  return {
    ok: true,
    change: { kind: 'number', name, value },
    words: {
      en: `“${about.label.en}” becomes ${wished}${unit.en}.`,
      es: `«${about.label.es}» pasa a ser ${wished}${unit.es}.`,
    },
  };
};

const readList = (
  { lists = {} }: CharterDefinition,
  name: string,
  wished: readonly string[] = [],
): Read | Refusal => {
  if (!Object.hasOwn(lists, name)) return refuse('unsupported');
  const words = wished.map((word) => word.trim()).filter((word) => word !== '');
  if (words.length > maxListed || words.some(({ length }) => length > maxWordLength))
    return refuse('invalid');
  const { label } = lists[name]!;
  return {
    ok: true,
    change: { kind: 'list', name, words },
    words: {
      en: `“${label.en}” becomes: ${words.join(', ') || 'nothing'}.`,
      es: `«${label.es}» pasa a ser: ${words.join(', ') || 'nada'}.`,
    },
  };
};

/** What a number or a list is called. */
export const labelOf = ({ values, lists = {} }: CharterDefinition, name: string): Text =>
  (values[name] ?? lists[name])!.label;

/** Exactly one change, for a mandate. */
const makeChangeAct = defineActor({
  name: 'CharterChange',
  state: {
    charter: typed<Facet<CharterDeciding>>(M.remotable('charter')),
    change: typed<Change>(M.record()),
  },
  init: (charter: Facet<CharterDeciding>, change: Change) => ({ charter, change }),
  guards: { act: MandateActI },
  facets: {
    act: {
      carryOut(_requestId: string): Carried {
        const { charter, change } = this.state;
        const done =
          change.kind === 'number'
            ? charter.decide(change.name, change.value)
            : change.kind === 'list'
              ? charter.decideList(change.name, change.words)
              : charter.takeBack(change.number);
        return done.ok ? { ok: true } : done;
      },
    },
  },
});

const makeActsKit = defineActor({
  name: 'CharterActs',
  state: {
    charter: typed<Facet<CharterDeciding>>(M.remotable('charter')),
    clock: typed<Clock>(M.remotable('clock')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (charter: Facet<CharterDeciding>, clock: Clock) => ({
    charter,
    clock,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { acts: ActsI },
  facets: {
    acts: {
      view(): { readonly about: Text; readonly options: readonly ActOption[] } {
        const { charter } = this.state;
        return { about: charter.definition().label, options: optionsOf(charter) };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.acts, this.state.charter);
      },
      draft(wish: Wish): Drafted | Refusal {
        const read = readWish(this.state.charter, wish);
        return read.ok ? { ok: true, words: read.words } : read;
      },
      mandate(wish: Wish, terms: MandateTerms, requestId: string): Granted | Refusal {
        const { charter, clock, outcomes } = this.state;
        return once<Granted | Refusal>(outcomes, 'mandate', requestId, () => {
          if (!areTerms(terms, clock.now())) return refuse('invalid');
          const read = readWish(charter, wish);
          if (!read.ok) return read;
          const { act } = makeChangeAct(charter, read.change);
          return { ok: true, mandate: makeMandate(read.words, terms, clock, act) };
        });
      },
    },
  },
  readOnly: ['acts.changes'],
});

const optionsOf = (charter: Facet<CharterDeciding>): readonly ActOption[] => {
  const definition = charter.definition();
  const numbers = definition.numbersInOrder.map((name): ActOption => {
    const about = definition.values[name]!;
    const unit = about.in === 'days' ? day : 1n;
    return {
      act: 'change',
      name,
      label: about.label,
      takes: 'value',
      ...(about.in === 'days' ? { unit: daysUnit } : {}),
      now: charter.value(name) / unit,
      least: about.least / unit,
      most: about.most / unit,
    };
  });
  const lists = definition.listsInOrder.map((name): ActOption => ({
    act: 'list',
    name,
    label: labelOf(definition, name),
    takes: 'words',
    words: charter.list(name),
  }));
  const back = charter.announced().map(({ number, name }): ActOption => {
    const label = labelOf(definition, name);
    return {
      act: 'takeBack',
      name: String(number),
      label: {
        en: `Take back the announced change of “${label.en}”`,
        es: `Quitar el cambio anunciado de «${label.es}»`,
      },
      takes: 'nothing',
    };
  });
  return [...numbers, ...lists, ...back];
};

/** @param clock - of the vat that the charter is in */
export const makeCharterActs = (charter: Facet<CharterDeciding>, clock: Clock): Facet<Acts> =>
  makeActsKit(charter, clock).acts;
