/** Finds what a source file imports, without a parser: lexes far enough to tell code from the rest. */

export type Import = {
  readonly specifier: string;
  /** `import type` or `export type`: gone at run time. */
  readonly typeOnly: boolean;
  /** The text between `import` and `from`; empty where there is none. */
  readonly clause: string;
};

// After one of these a slash begins a regular expression, otherwise it divides.
const beforeRegExp =
  /(?:^|[([{,;:=!&|?+\-*%<>~^}]|\b(?:return|typeof|case|in|of|yield|await|void))\s*$/;

/** Where the regular expression that begins at `start` ends. */
const endOfRegExp = (source: string, start: number): number => {
  let inClass = false;
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\n') return start + 1;
    if (char === '\\') at += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return start + 1;
};

/** Where the quoted string that begins at `start` ends. */
const endOfString = (source: string, start: number): number => {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === source[start] || source[at] === '\n') return at + 1;
  }
  return source.length;
};

/**
 * The source with comments, regular expressions and the text of templates taken out.
 * Quoted strings stay, and so does the code inside `${…}`.
 */
export const codeOf = (source: string): string => {
  let code = '';
  let at = 0;
  // For each template that we are inside of, how many braces its `${` has open.
  const templates: number[] = [];

  const skipTemplateText = () => {
    while (at < source.length) {
      if (source[at] === '\\') at += 2;
      else if (source[at] === '`') {
        at += 1;
        templates.pop();
        return;
      } else if (source.startsWith('${', at)) {
        at += 2;
        return;
      } else at += 1;
    }
  };

  while (at < source.length) {
    const char = source[at]!;
    if (source.startsWith('//', at)) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      at = end < 0 ? source.length : end + 2;
    } else if (char === '/' && beforeRegExp.test(code.slice(-80))) {
      at = endOfRegExp(source, at);
      code += ' ';
    } else if (char === "'" || char === '"') {
      const end = endOfString(source, at);
      code += source.slice(at, end);
      at = end;
    } else if (char === '`') {
      at += 1;
      templates.push(0);
      code += ' ';
      skipTemplateText();
    } else {
      const open = templates.at(-1);
      if (open !== undefined && char === '}' && open === 0) {
        at += 1;
        skipTemplateText();
        continue;
      }
      if (open !== undefined && char === '{') templates[templates.length - 1] = open + 1;
      if (open !== undefined && char === '}') templates[templates.length - 1] = open - 1;
      code += char;
      at += 1;
    }
  }
  return code;
};

const withFrom =
  /(?<=^|[;}\n])[ \t]*(?:import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?([\w\s{},*$]*?)\bfrom\s*(['"])([^'"\n]+)\3/g;
const sideEffect = /(?<=^|[;}\n])[ \t]*import\s*(['"])([^'"\n]+)\1/g;
const called =
  /\b(?:import|import\.meta\.resolve|require|require\.resolve)\s*\(\s*(['"])([^'"\n]+)\1/g;

/** Everything that a module imports, exports from elsewhere, or resolves. */
export const importsOf = (source: string): Import[] => {
  const code = codeOf(source);
  const found: Import[] = [];
  for (const [, type, clause, , specifier] of code.matchAll(withFrom)) {
    found.push({ specifier: specifier!, typeOnly: type !== undefined, clause: clause!.trim() });
  }
  for (const pattern of [sideEffect, called]) {
    for (const [, , specifier] of code.matchAll(pattern)) {
      found.push({ specifier: specifier!, typeOnly: false, clause: '' });
    }
  }
  return found;
};
