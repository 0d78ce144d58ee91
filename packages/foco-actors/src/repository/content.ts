/**
 * What a version of a protocolito is, and its hash. Pure: the repository, whoever installs, and the node reckon the
 * same hash of the same content, and none believes another.
 */
import type { CastedPattern } from '@endo/patterns';
import { M, matches } from '@endo/patterns';
import type { Text } from '@pocas/vat-runtime';
import { sha256, typed } from '@pocas/vat-runtime';

export type PowerName = 'clock' | 'timer' | 'grantor' | 'enlivener' | 'secret';
/** What each power lets a module do. The list is closed: what is not here is given to no module. */
export const powers: { readonly [name in PowerName]: Text } = {
  clock: {
    en: 'See what time it is on this machine',
    es: 'Ver qué hora es en esta máquina',
  },
  timer: {
    en: 'Do something later by itself, at times that it chooses',
    es: 'Hacer algo más tarde por su cuenta, a la hora que elija',
  },
  grantor: {
    en: 'Make links to its own pages, with which others can reach them from elsewhere',
    es: 'Hacer enlaces a sus propias páginas, con los que otras personas llegan a ellas desde fuera',
  },
  enlivener: {
    en: 'Open links that it is told, and so talk with other machines',
    es: 'Abrir enlaces que le digan, y así hablar con otras máquinas',
  },
  secret: {
    en: 'Keep a secret of its own, made at random when it is installed',
    es: 'Guardar un secreto propio, hecho al azar cuando se instala',
  },
};
export const isPower = (name: string): name is PowerName => Object.hasOwn(powers, name);

/** Of one piece, and of a whole module, in characters: a call holds 1 MiB of any text. */
export const maxPiece = 100_000;
export const maxModule = 300_000;
const maxPieces = 1_000;

export type Module = {
  /** See `hashModule`. */
  readonly hash: string;
  readonly size: bigint;
  readonly pieces: bigint;
};
export type Content = {
  readonly title: string;
  /** In which the words are, as people call it. */
  readonly language: string;
  readonly works: string;
  readonly contribute: string;
  readonly changers: string;
  readonly module?: Module;
  /** Sorted, each once. */
  readonly powers: readonly string[];
  /** First values, by name. */
  readonly charter: { readonly [name: string]: bigint };
  /** The versions that it comes from. */
  readonly parents: readonly string[];
  /** The versions without which it does not work. */
  readonly requires: readonly string[];
};

const text = (stringLengthLimit: number) => M.string({ stringLengthLimit });
const hashes = M.arrayOf(text(43), { arrayLengthLimit: 8 });
export const ContentShape: CastedPattern<Content> = typed<Content>(
  M.splitRecord(
    {
      title: M.and(text(100), M.neq('')),
      language: text(60),
      works: text(8_000),
      contribute: text(2_000),
      changers: text(2_000),
      powers: M.arrayOf(text(40), { arrayLengthLimit: 16 }),
      charter: M.recordOf(text(60), M.nat({ decimalDigitsLimit: 30 }), {
        numPropertiesLimit: 30,
      }),
      parents: hashes,
      requires: hashes,
    },
    {
      module: M.splitRecord(
        {
          hash: text(43),
          size: M.and(M.nat(), M.lte(BigInt(maxModule))),
          pieces: M.and(M.nat(), M.lte(BigInt(maxPieces))),
        },
        {},
        {},
      ),
    },
    {},
  ),
);

const hash = /^[A-Za-z0-9_-]{43}$/;
// A half of a character becomes another one in UTF-8: two texts would have one hash.
const half = /[\uD800-\uDFFF]/u;
/** Whether a text has one form only in UTF-8. */
export const isWhole = (one: string): boolean => !half.test(one);

export const isHash = (one: string): boolean => hash.test(one);

const isSorted = (names: readonly string[]): boolean =>
  names.every((name, i) => i === 0 || names[i - 1]! < name);

const named = ({ charter }: Content): [string, bigint][] =>
  Object.entries(charter).sort(([a], [b]) => (a < b ? -1 : 1));

/** Whether it is a version, whoever says so. Powers that nobody knows make no version. */
export const isContent = (given: unknown): given is Content => {
  if (!matches(given, ContentShape)) return false;
  const content = given as Content;
  const { title, language, works, contribute, changers, module } = content;
  const words = [title, language, works, contribute, changers, ...Object.keys(content.charter)];
  return (
    words.every(isWhole) &&
    content.powers.every(isPower) &&
    isSorted(content.powers) &&
    [...content.parents, ...content.requires].every(isHash) &&
    (module === undefined
      ? content.powers.length === 0
      : isHash(module.hash) && module.size > 0n && module.pieces > 0n)
  );
};

/** Of a module's whole text, however it is cut into pieces. */
export const hashModule = (whole: string): string => sha256(`pocas protocolito module\n${whole}`);

/** Over all of the content, in one form: a list of texts, which JSON writes in one way. */
export const hashContent = (content: Content): string => {
  const { title, language, works, contribute, changers, module } = content;
  const form = [
    ...[title, language, works, contribute, changers],
    module === undefined ? [] : [module.hash, String(module.size)],
    content.powers,
    named(content).map(([name, value]) => [name, String(value)]),
    content.parents,
    content.requires,
  ];
  return sha256(`pocas protocolito version 1\n${JSON.stringify(form)}`);
};

/** For people. */
export const wordsOf = (
  names: readonly string[],
): { readonly power: string; readonly lets: Text }[] =>
  names.filter(isPower).map((power) => ({ power, lets: powers[power] }));
export const charterOf = (content: Content): { readonly name: string; readonly value: bigint }[] =>
  named(content).map(([name, value]) => ({ name, value }));
