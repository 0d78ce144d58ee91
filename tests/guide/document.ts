/**
 * The guide as a program reads it: its blocks, and the files that they make.
 *
 * `// name.ts` heads a block that is the whole file. `// name.ts, continued` heads one that shows
 * what changes: a definition, a property, a method or a test takes the place of the older one of its
 * name, what has none is added, an import adds to that from the same module, and `// …` inside
 * braces stands for all that was there before.
 */

export type Block = {
  /** The number and the title of the section, such as `1. A first actor`. */
  readonly section: string;
  /** The word behind the fence. */
  readonly language: string;
  readonly text: string;
  readonly line: number;
};

export const blocksOf = (markdown: string): Block[] => {
  const blocks: Block[] = [];
  let section = '';
  let open: { language: string; line: number; lines: string[] } | undefined;
  markdown.split('\n').forEach((text, index) => {
    const fence = /^```(.*)$/.exec(text);
    if (open !== undefined) {
      if (fence === null) return void open.lines.push(text);
      const { language, line, lines } = open;
      blocks.push({ section, language, line, text: `${lines.join('\n')}\n` });
      open = undefined;
    } else if (fence !== null) {
      open = { language: fence[1]!, line: index + 1, lines: [] };
    } else if (text.startsWith('## ')) {
      section = text.slice(3);
    }
  });
  if (open !== undefined) throw Error(`The block of line ${open.line} has no end`);
  return blocks;
};

export type Heading = { readonly file: string; readonly continued: boolean };

/** What the first line of a block of TypeScript says about where it belongs. */
export const headingOf = (text: string): Heading | undefined => {
  const [, file, continued] = /^\/\/ ([a-z-]+(?:\.test)?\.ts)(, continued)?\n/.exec(text) ?? [];
  return file === undefined ? undefined : { file, continued: continued !== undefined };
};

/** Stands for what was there before. */
const REST = '// …';

/** The lines of a file, or of something in braces, by what each defines; comments go with what follows them. */
const membersOf = (lines: readonly string[], indent: number): string[][] => {
  const members: string[][] = [];
  const begin = new RegExp(`^ {${indent}}[^\\s})\\]]`);
  for (const line of lines) {
    const last = members.at(-1);
    if (line.trim() === REST && indentOf(line) === indent) continue;
    if (last === undefined || (begin.test(line) && last.some(isCode))) members.push([line]);
    else last.push(line);
  }
  return members.filter((member) => member.some(isCode));
};

const indentOf = (line: string): number => line.length - line.trimStart().length;
const isCode = (line: string): boolean => line.trim() !== '' && !/^\s*(?:\/\/|\/?\*)/.test(line);
const codeOf = (member: readonly string[]): string => member.filter(isCode).join('\n').trim();

/** What a member defines: nothing else beside it has the same. */
const nameOf = (member: readonly string[]): string => {
  const code = codeOf(member);
  const [, name] =
    /^import .*?(?<=from |^import )('[^']+');$/s.exec(code) ??
    /^(test\(\s*'[^']+')/.exec(code) ??
    /^(?:export )?(?:const |type )(\w+)/.exec(code) ??
    /^(?:async )?(\w+)(?=[(:,])/.exec(code) ??
    [];
  if (name === undefined) throw Error(`This has no name by which it could be found:\n${code}`);
  return name;
};

const isImport = (member: readonly string[]): boolean => codeOf(member).startsWith('import ');

/** An import of what either of two imports from the same module. */
const mergeImports = (old: readonly string[], change: readonly string[]): string[] => {
  const namesIn = (member: readonly string[]) =>
    (/\{(.*)\}/s.exec(codeOf(member))?.[1] ?? '').split(',').map((name) => name.trim());
  const names = new Set([...namesIn(old), ...namesIn(change)].filter((name) => name !== ''));
  return [codeOf(change).replace(/\{.*\}/s, () => `{ ${[...names].join(', ')} }`)];
};

/** One member in its new form; where that says `// …` inside, with what the old one has there. */
const mergeMember = (
  old: readonly string[],
  change: readonly string[],
  indent: number,
): readonly string[] => {
  if (isImport(change)) return mergeImports(old, change);
  const inner = indent + 2;
  if (!change.some((line) => line.trim() === REST && indentOf(line) === inner)) return change;
  const [oldStart, start] = [old.findIndex(isCode) + 1, change.findIndex(isCode) + 1];
  const [oldEnd, end] = [old.findLastIndex(isCode), change.findLastIndex(isCode)];
  if (oldEnd < oldStart) throw Error(`"${REST}" stands for part of one line:\n${codeOf(old)}`);
  return [
    ...change.slice(0, start),
    ...mergeMembers(old.slice(oldStart, oldEnd), change.slice(start, end), inner),
    ...change.slice(end),
  ];
};

/** What is new stands before the next member that is not, or at the end. */
const mergeMembers = (
  old: readonly string[],
  change: readonly string[],
  indent: number,
): string[] => {
  const merged: (readonly string[])[] = membersOf(old, indent);
  let waiting: (readonly string[])[] = [];
  for (const member of membersOf(change, indent)) {
    const name = nameOf(member);
    const at = merged.findIndex((one) => nameOf([...one]) === name);
    if (at >= 0) {
      const both = mergeMember(merged[at]!, member, indent);
      merged.splice(at, 1, ...waiting.splice(0), both);
    } else if (isImport(member)) {
      merged.splice(merged.findLastIndex(isImport) + 1, 0, member);
    } else {
      waiting = [...waiting, member];
    }
  }
  return [...merged, ...waiting].flat();
};

/** @throws where the change leaves out what was never there, or names nothing that can be found again */
export const merge = (file: string, change: string): string => {
  const text = mergeMembers(file.split('\n'), change.split('\n'), 0).join('\n');
  if (text.includes(REST)) throw Error(`"${REST}" stands where nothing was before:\n${text}`);
  return `${text}\n`;
};

/** The text of a file after one more of its blocks. */
export const withBlock = (file: string | undefined, text: string): string => {
  const heading = headingOf(text);
  if (heading === undefined) throw Error('The block names no file');
  if (!heading.continued) return text;
  if (file === undefined) throw Error(`"${heading.file}" is continued, and was never begun`);
  return merge(file, text.slice(text.indexOf('\n') + 1));
};
