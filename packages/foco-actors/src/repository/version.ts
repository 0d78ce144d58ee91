/** A version, which nobody can change, and the draft that it was. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import {
  type Content,
  charterOf,
  hashModule,
  isContent,
  isHash,
  isPower,
  isWhole,
  maxModule,
  maxPiece,
  powers,
  wordsOf,
} from './content.ts';
import { DraftI, VersionI } from './guards.ts';
import { type Hub, inner } from './inside.ts';
import type { Draft, Ok, Version, VersionView } from './types.ts';

const makeVersionKit = defineActor({
  name: 'ProtocolitoVersion',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    hash: M.string(),
    all: typed<Content>(M.record()),
    pieces: typed<DurableMap<bigint, string>>(M.any()),
  },
  init: (hub: Facet<Hub>, hash: string, all: Content) => ({
    ...{ hub, hash, all },
    pieces: makeDurableMap<bigint, string>(),
  }),
  guards: { version: VersionI, keeper: inner<'keep'>('ProtocolitoKeeper') },
  facets: {
    version: {
      view(): VersionView {
        const { hub, hash, all } = this.state;
        const { title, language, works, contribute, changers, parents, requires } = all;
        return {
          ...{ title, language, works, contribute, changers, hash },
          ...(all.module === undefined ? {} : { module: all.module.hash }),
          powers: wordsOf(all.powers),
          charter: charterOf(all),
          parents: parents.map((one) => ({ hash: one })),
          requires: requires.map((one) => ({ hash: one })),
          later: hub.after(hash).map((one) => ({ title: one.title, version: one.version })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.version, this.state.hub);
      },
      content(): Content {
        return this.state.all;
      },
      piece(number: bigint): { readonly ok: true; readonly text: string } | Refusal {
        const text = this.state.pieces.get(number);
        return text === undefined ? refuse('closed') : { ok: true, text };
      },
    },
    keeper: {
      keep(texts: readonly string[]): void {
        for (const [i, one] of texts.entries()) this.state.pieces.set(BigInt(i), one);
      },
    },
  },
  readOnly: ['version.changes'],
});

export const makeVersion = (
  hub: Facet<Hub>,
  hash: string,
  content: Content,
  pieces: readonly string[],
): Facet<Version> => {
  const { version, keeper } = makeVersionKit(hub, hash, content);
  keeper.keep(pieces);
  return version;
};

type Words = Pick<Content, 'title' | 'language' | 'works' | 'contribute' | 'changers'>;
type Published = ReturnType<Draft['publish']>;

type Open = { readonly outcomes: DurableMap<string, unknown>; readonly isPublished: boolean };
/** A change of what is not published yet, once. */
const act = (
  { outcomes, isPublished }: Open,
  method: string,
  requestId: string,
  change: () => Ok | Refusal,
): Ok | Refusal =>
  once<Ok | Refusal>(outcomes, method, requestId, () =>
    isPublished ? refuse('closed') : change(),
  );

const makeDraftKit = defineActor({
  name: 'ProtocolitoDraft',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    member: M.nat(),
    words: typed<Words>(M.record()),
    pieces: typed<DurableMap<bigint, string>>(M.any()),
    size: M.nat(),
    powers: typed<readonly string[]>(M.array()),
    charter: typed<Content['charter']>(M.record()),
    parents: typed<readonly string[]>(M.array()),
    requires: typed<readonly string[]>(M.array()),
    isPublished: M.boolean(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<Hub>, member: bigint, words: Words) => ({
    ...{ hub, member, words, size: 0n, charter: {}, isPublished: false },
    pieces: makeDurableMap<bigint, string>(),
    powers: [] as readonly string[],
    parents: [] as readonly string[],
    requires: [] as readonly string[],
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { draft: DraftI, steps: inner<'content'>('ProtocolitoDraftSteps') },
  facets: {
    draft: {
      view(): ReturnType<Draft['view']> {
        const { words, size, powers: declared, isPublished } = this.state;
        return {
          ...{ title: words.title, works: words.works, size, isPublished },
          powers: wordsOf(declared),
          options: Object.keys(powers).map((power) => ({ power })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.draft);
      },
      write(text: string, requestId: string): Ok | Refusal {
        return act(this.state, 'write', requestId, () => {
          const { pieces, size } = this.state;
          // A piece that ends within a character would have another hash than the whole.
          if (text === '' || text.length > maxPiece || !isWhole(text)) return refuse('invalid');
          const after = size + BigInt(text.length);
          if (after > BigInt(maxModule)) return refuse('quota');
          pieces.set(BigInt(pieces.size()), text);
          this.state.size = after;
          return { ok: true };
        });
      },
      declare(power: string, requestId: string): Ok | Refusal {
        return act(this.state, 'declare', requestId, () => {
          if (!isPower(power)) return refuse('unsupported');
          const { powers: declared } = this.state;
          if (!declared.includes(power)) this.state.powers = [...declared, power].sort();
          return { ok: true };
        });
      },
      setValue(name: string, value: bigint, requestId: string): Ok | Refusal {
        return act(this.state, 'setValue', requestId, () => {
          this.state.charter = { ...this.state.charter, [name]: value };
          return Object.keys(this.state.charter).length > 30 ? refuse('quota') : { ok: true };
        });
      },
      comesFrom(hash: string, requestId: string): Ok | Refusal {
        return act(this.state, 'comesFrom', requestId, () => {
          const { parents } = this.state;
          if (!isHash(hash)) return refuse('invalid');
          if (parents.length >= 8) return refuse('quota');
          if (!parents.includes(hash)) this.state.parents = [...parents, hash];
          return { ok: true };
        });
      },
      needs(hash: string, requestId: string): Ok | Refusal {
        return act(this.state, 'needs', requestId, () => {
          const { requires } = this.state;
          if (!isHash(hash)) return refuse('invalid');
          if (requires.length >= 8) return refuse('quota');
          if (!requires.includes(hash)) this.state.requires = [...requires, hash];
          return { ok: true };
        });
      },
      publish(requestId: string): Published {
        const { hub, member, pieces, outcomes, isPublished } = this.state;
        return once<Published>(outcomes, 'publish', requestId, () => {
          if (isPublished) return refuse('closed');
          const content = this.facets.steps.content();
          if (!isContent(content)) return refuse('invalid');
          const version = hub.publish(content, [...pieces.values()], member);
          if ('ok' in version) return version as Refusal;
          this.state.isPublished = true;
          // The cast says that it is none of the two.
          const made = version as Facet<Version>;
          return { ok: true, hash: made.view().hash, version: made, goto: made };
        });
      },
    },
    steps: {
      content(): Content {
        const { words, pieces, size, powers: declared, charter, parents, requires } = this.state;
        const texts = [...pieces.values()];
        const module = {
          hash: hashModule(texts.join('')),
          size,
          pieces: BigInt(texts.length),
        };
        return {
          ...words,
          ...(texts.length === 0 ? {} : { module }),
          ...{ powers: declared, charter, parents, requires },
        };
      },
    },
  },
  readOnly: ['draft.changes'],
});

export const makeDraft = (hub: Facet<Hub>, member: bigint, words: Words): Facet<Draft> =>
  makeDraftKit(hub, member, words).draft as Facet<Draft>;
