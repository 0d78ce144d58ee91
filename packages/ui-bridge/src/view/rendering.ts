/** What every part of one page shares while it is rendered. */
import harden from '@endo/harden';
import type { Text } from '@pocas/vat-runtime';
import type { Mistake } from '../description/arguments.ts';
import type { Language } from '../description/language.ts';
import type { PageLook } from './look.ts';
import type { Address } from '../session/address-book.ts';
import { words } from './messages.ts';
import type { Words } from './messages.ts';

/** A form that comes back to the person: with mistakes, refused, or without an answer. */
export type Draft = {
  /** The control that it belongs to, see `controlKey`. */
  readonly key: string;
  /** What was written, by argument. Secrets are never among it. */
  readonly values: ReadonlyMap<string, string>;
  readonly mistakes: ReadonlyMap<string, Mistake>;
  /** The one to send again, where nothing was decided yet. Undefined asks for a fresh one. */
  readonly requestId: string | undefined;
};

export type Rendering = {
  readonly language: Language;
  readonly words: Words;
  readonly page: PageLook;
  readonly draft: Draft | undefined;
  freshRequestId(): string;
  /** `wish` itself, or with a number where this page has used it already. */
  id(wish: string): string;
  /** True the first time that a facet is to be shown in place on this page. */
  embed(facet: object): boolean;
};

export const makeRendering = (
  language: Language,
  page: PageLook,
  freshRequestId: () => string,
  draft?: Draft,
): Rendering => {
  const ids = new Map<string, number>();
  const embedded = new Set<object>([page.root.facet]);
  return {
    language,
    words: words[language],
    page,
    draft,
    freshRequestId,
    id(wish) {
      const uses = (ids.get(wish) ?? 0) + 1;
      ids.set(wish, uses);
      return uses === 1 ? wish : `${wish}.${uses}`;
    },
    embed(facet) {
      if (embedded.has(facet)) return false;
      embedded.add(facet);
      return true;
    },
  };
};
harden(makeRendering);

/** Names one control of a session: the facet, the method, and the item that it stands on. */
export const controlKey = (facet: Address, method: string, item: Address | undefined): string =>
  item === undefined ? `c.${facet}.${method}` : `c.${facet}.${method}.${item}`;
harden(controlKey);

/**
 * A description's words in one language, without characters that steer a terminal or turn the
 * direction of what stands beside them. Values keep them and stand in `<bdi>`.
 */
export const say = (text: Text, language: Language): string =>
  // eslint-disable-next-line no-control-regex
  text[language].replace(
    /[\u0000-\u0009\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '',
  );
harden(say);
