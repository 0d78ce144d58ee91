/** Who asks, as far as it is known: the browser's session, its language, the token of its forms. */
import harden from '@endo/harden';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { isLanguage, preferredLanguage } from '../description/language.ts';
import type { Language } from '../description/language.ts';
import type { Code } from '../session/code.ts';
import type { Visit, Visits } from '../session/visits.ts';
import { words } from '../view/messages.ts';
import type { Words } from '../view/messages.ts';

/** One request. */
export type Scene = {
  readonly visit: Visit | undefined;
  readonly language: Language;
  readonly words: Words;
  readonly token: string;
  /** Whether htmx asks, so that a part of the page is enough. */
  readonly partial: boolean;
};

export type SceneMaker = {
  begin(c: Context): Promise<Scene>;
  /** What a browser shows for its session, whether or not there is one. */
  cookieOf(c: Context): string | undefined;
  /** What is known without looking at the session. */
  outside(c: Context): Scene;
  /** Whether a form came from a page that this browser was given. */
  isOwnForm(c: Context, token: string | undefined): boolean;
  /**
   * The visit of this browser, with a new session where it has none.
   * `commit` gives the browser the new cookie; `abandon` ends the session that was made now.
   */
  provide(c: Context): Promise<{ visit: Visit; commit(): void; abandon(): void }>;
  /** Ends the session, if there is one, and clears its cookie. */
  leave(c: Context, visit: Visit | undefined): void;
  rememberLanguage(c: Context, language: Language): void;
};

const sessionCookie = 'pocas';
/** For a browser without a session: ties its forms to it, and designates nothing. */
const doorCookie = 'pocas-door';
const languageCookie = 'pocas-lang';
// Browsers keep a cookie 400 days at most. A session ends by "End this session".
const keptSeconds = 400 * 24 * 60 * 60;

export const makeSceneMaker = (visits: Visits, code: Code): SceneMaker => {
  const put = (c: Context, name: string, value: string) =>
    setCookie(c, name, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: new URL(c.req.url).protocol === 'https:',
      maxAge: keptSeconds,
    });
  const tokenOf = (cookie: string) => code.derive('form', cookie);

  const find = async (c: Context) => {
    const cookie = getCookie(c, sessionCookie);
    const visit = cookie === undefined ? undefined : await visits.find(cookie);
    return { cookie, visit };
  };

  return harden({
    async begin(c: Context) {
      const { cookie, visit } = await find(c);
      let tied = visit === undefined ? getCookie(c, doorCookie) : cookie;
      if (tied === undefined) {
        tied = code.freshCookie();
        put(c, doorCookie, tied);
      }
      const chosen = visit?.web.getData()['lang'] ?? getCookie(c, languageCookie);
      const language = isLanguage(chosen)
        ? chosen
        : preferredLanguage(c.req.header('Accept-Language'));
      const partial = c.req.header('HX-Request') === 'true';
      return { visit, language, words: words[language], token: tokenOf(tied), partial };
    },

    cookieOf: (c: Context) => getCookie(c, sessionCookie),

    outside(c: Context) {
      const chosen = getCookie(c, languageCookie);
      const language = isLanguage(chosen)
        ? chosen
        : preferredLanguage(c.req.header('Accept-Language'));
      const partial = c.req.header('HX-Request') === 'true';
      return { visit: undefined, language, words: words[language], token: '', partial };
    },

    isOwnForm(c: Context, token: string | undefined) {
      const cookies = [getCookie(c, sessionCookie), getCookie(c, doorCookie)];
      // The tokens are compared as texts: each was derived by a keyed hash, so timing tells nothing of use.
      return cookies.some((cookie) => cookie !== undefined && tokenOf(cookie) === token);
    },

    async provide(c: Context) {
      const { visit } = await find(c);
      if (visit !== undefined) return { visit, commit() {}, abandon() {} };
      const cookie = code.freshCookie();
      const made = await visits.provide(cookie);
      const commit = () => {
        put(c, sessionCookie, cookie);
        deleteCookie(c, doorCookie, { path: '/' });
      };
      return { visit: made, commit, abandon: () => visits.end(made) };
    },

    leave(c: Context, visit: Visit | undefined) {
      if (visit !== undefined) visits.end(visit);
      deleteCookie(c, sessionCookie, { path: '/' });
    },

    rememberLanguage(c: Context, language: Language) {
      put(c, languageCookie, language);
    },
  });
};
harden(makeSceneMaker);
