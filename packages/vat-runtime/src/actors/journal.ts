/**
 * The journal of an actor (SPEC V11): what it did, in order, chained by hashes.
 *
 * Nothing in it can be changed or taken out without changing its head, and the head of each epoch is
 * public. A reader sees in full what its label allows, and of the rest only that it is there, so
 * the chain can be checked by everybody (`verifyEntries`).
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Clock, Described, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import type { HiddenEntry, JournalEntry, JournalHead, PrivacyLabel } from './journal-rules.ts';
import { hashOf } from './journal-rules.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import { ChangesGuard, LabelShape, changes, look } from './words.ts';

/** For the actor itself. */
export type JournalWriter = {
  /**
   * Adds a record, in the turn of the act that it tells of.
   *
   * @param facts - data; a reference is refused by a throw, since nobody could check it
   */
  record(kind: string, facts: unknown, label: PrivacyLabel): JournalEntry;
};

/** For whoever decides who may read. */
export type JournalKeeper = {
  /** A facet that reads what is labelled `maxLabel` or less private. `P0` is for everybody. */
  reader(maxLabel: PrivacyLabel): Facet<JournalReader>;
};

export type JournalReader = {
  /** Where the journal stands now. */
  head(): JournalHead;
  /** Where it stood when an epoch ended. Refusal: `notYet` for one that has not ended. */
  headAt(epoch: bigint): JournalHead | Refusal;
  /**
   * The entries from number `from` up to `to`, without `to`; not more than `maxEntries` of them.
   * Numbers start with 1.
   */
  entries(from: bigint, to: bigint): readonly (JournalEntry | HiddenEntry)[];
  changes(since?: string): Promise<string>;
};

/** How many entries one answer holds. */
export const maxEntries = 200n;

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const PrivacyShape = typed<PrivacyLabel>(M.or('P0', 'P1', 'P2', 'P3'));
const KindShape = M.string({ stringLengthLimit: 100 });

const WriterI: Methods<'record'> = M.interface('JournalWriter', {
  record: M.call(KindShape, M.any(), PrivacyShape).returns(M.record()),
});

const KeeperI: Methods<'reader'> = M.interface('JournalKeeper', {
  reader: M.call(PrivacyShape).returns(M.remotable('reader')),
});

const ReaderI: Described<Methods<'head' | 'headAt' | 'entries' | 'changes'>> = describe(
  M.interface('JournalReader', {
    head: M.call().returns(M.record()),
    headAt: M.call(M.bigint()).returns(M.record()),
    entries: M.call(M.nat(), M.nat()).returns(M.array()),
    changes: ChangesGuard,
  }),
  {
    label: { en: 'Journal', es: 'Bitácora' },
    help: {
      en: 'What was done here, in order. Nothing in it can be changed without being noticed.',
      es: 'Lo que se hizo aquí, en orden. Nada se puede cambiar sin que se note.',
    },
    view: 'head',
    changes: 'changes',
    fields: {
      number: { label: { en: 'Entries', es: 'Anotaciones' }, prominent: true },
      epoch: { label: { en: 'Period', es: 'Periodo' } },
      hash: { label: { en: 'Fingerprint of all of it', es: 'Huella de todo' } },
    },
    methods: {
      head: look,
      headAt: {
        label: { en: 'At the end of a period', es: 'Al final de un periodo' },
        args: [{ name: 'epoch', kind: 'nat', label: { en: 'Period', es: 'Periodo' } }],
        hidden: true,
      },
      entries: {
        label: { en: 'Entries', es: 'Anotaciones' },
        args: [
          { name: 'from', kind: 'nat', label: { en: 'From', es: 'Desde' } },
          { name: 'to', kind: 'nat', label: { en: 'To', es: 'Hasta' } },
        ],
        hidden: true,
      },
      changes,
    },
  },
);

const InsideI: Methods<'head' | 'headAt' | 'entries' | 'changes'> = M.interface('JournalInside', {
  head: M.call().returns(M.record()),
  headAt: M.call(M.bigint()).returns(M.record()),
  entries: M.call(M.nat(), M.nat(), PrivacyShape).returns(M.array()),
  changes: ChangesGuard,
});

type Inside = Pick<JournalReader, 'head' | 'headAt' | 'changes'> & {
  entries(
    from: bigint,
    to: bigint,
    maxLabel: PrivacyLabel,
  ): readonly (JournalEntry | HiddenEntry)[];
};

const makeReader = defineActor({
  name: 'JournalReader',
  state: { inside: typed<Facet<Inside>>(M.remotable('inside')), maxLabel: PrivacyShape },
  init: (inside: Facet<Inside>, maxLabel: PrivacyLabel) => ({ inside, maxLabel }),
  guards: { reader: ReaderI },
  facets: {
    reader: {
      head(): JournalHead {
        return this.state.inside.head();
      },
      headAt(epoch: bigint): JournalHead | Refusal {
        return this.state.inside.headAt(epoch);
      },
      entries(from: bigint, to: bigint): readonly (JournalEntry | HiddenEntry)[] {
        return this.state.inside.entries(from, to, this.state.maxLabel);
      },
      changes(since?: string): Promise<string> {
        return this.state.inside.changes(since);
      },
    },
  },
  readOnly: ['reader.changes'],
});

const makeJournalKit = defineActor({
  name: 'ActorJournal',
  state: {
    actorTag: LabelShape,
    clock: typed<Clock>(M.remotable('clock')),
    secret: M.string(),
    entries: typed<DurableMap<bigint, JournalEntry>>(M.any()),
    /** The number of the last entry of each epoch that has one. */
    lastOf: typed<DurableMap<bigint, bigint>>(M.any()),
    last: M.nat(),
  },
  init: ({ actorTag, clock, secret = '' }: JournalOptions) => ({
    actorTag,
    clock,
    secret,
    entries: makeDurableMap<bigint, JournalEntry>(),
    lastOf: makeDurableMap<bigint, bigint>(),
    last: 0n,
  }),
  guards: { writer: WriterI, keeper: KeeperI, inside: InsideI },
  facets: {
    writer: {
      record(kind: string, facts: unknown, label: PrivacyLabel): JournalEntry {
        const { actorTag, clock, secret, entries, lastOf, last } = this.state;
        const number = last + 1n;
        const salt = secret === '' ? '' : sha256(`pocas journal salt\n${number}\n${secret}`);
        const prevHash = entries.get(last)?.hash ?? '';
        const epoch = clock.epoch();
        const content = { actorTag, number, epoch, label, kind, facts, salt, prevHash };
        const entry = { ...content, hash: hashOf(content) };
        entries.set(number, entry);
        lastOf.set(epoch, number);
        this.state.last = number;
        return entry;
      },
    },
    keeper: {
      reader(maxLabel: PrivacyLabel): Facet<JournalReader> {
        return makeReader(this.facets.inside, maxLabel).reader;
      },
    },
    inside: {
      head(): JournalHead {
        const { actorTag, clock, entries, last: number } = this.state;
        const hash = entries.get(number)?.hash ?? '';
        return { actorTag, epoch: clock.epoch(), number, hash, final: false };
      },
      headAt(epoch: bigint): JournalHead | Refusal {
        const { actorTag, clock, entries, lastOf } = this.state;
        if (epoch >= clock.epoch()) return refuse('notYet');
        const [upTo] = lastOf.keys({ to: epoch + 1n, reverse: true, limit: 1 });
        const number = upTo === undefined ? 0n : lastOf.get(upTo)!;
        return { actorTag, epoch, number, hash: entries.get(number)?.hash ?? '', final: true };
      },
      entries(
        from: bigint,
        to: bigint,
        maxLabel: PrivacyLabel,
      ): readonly (JournalEntry | HiddenEntry)[] {
        const end = to < from + maxEntries ? to : from + maxEntries;
        return [...this.state.entries.values({ from, to: end })].map((entry) => {
          const { number, label, hash } = entry;
          return label <= maxLabel ? entry : { number, label, hash };
        });
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
    },
  },
  readOnly: ['inside.changes'],
});

export type JournalOptions = {
  /** What the actor calls itself in its records; it stands in all of them. */
  readonly actorTag: string;
  readonly clock: Clock;
  /**
   * At random, and told to nobody. From it comes the salt of each entry; without it, whoever sees
   * only the hash of an entry can try facts until one fits.
   */
  readonly secret?: string;
};

/** Makes an empty journal. */
export const makeJournal = (
  options: JournalOptions,
): { readonly writer: Facet<JournalWriter>; readonly keeper: Facet<JournalKeeper> } => {
  const { writer, keeper } = makeJournalKit(options);
  return { writer, keeper };
};
