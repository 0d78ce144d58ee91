/** Makes responses from pages: whole documents, or the part that htmx asked for. */
import type { Text } from '@pocas/vat-runtime';
import type { Context } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { Layout, Partial } from '../view/layout.tsx';
import type { AssetPaths, PageParts } from '../view/layout.tsx';
import type { Inner } from '../view/markup.ts';
import { MessagePage } from '../view/pages.tsx';
import type { Scene } from './scene.ts';

export type Replies = {
  page(c: Context, scene: Scene, parts: PageParts, status?: StatusCode): Response;
  /** A title, a sentence and a way back to the start. */
  message(c: Context, scene: Scene, title: string, text: string, status: StatusCode): Response;
  /** Only the place above the page changes. For htmx: the forms stay as the person left them. */
  answerOnly(c: Context, answer: Inner, status: StatusCode): Response;
  redirect(c: Context, scene: Scene, path: string): Response;
};

export const makeReplies = (assets: AssetPaths, title: Text): Replies => {
  const html = (c: Context, text: string, status: StatusCode): Response => {
    c.header('Content-Type', 'text/html; charset=utf-8');
    c.status(status);
    return c.body(text);
  };

  const page: Replies['page'] = (c, scene, parts, status = 200) => {
    const { language, token, visit } = scene;
    if (scene.partial) return html(c, String(<Partial parts={parts} />), status);
    const { path, method } = c.req;
    const frame = {
      language,
      assets,
      siteTitle: title[language],
      token,
      here: method === 'GET' ? path : '/',
      known: visit !== undefined,
    };
    return html(c, `<!doctype html>${String(<Layout frame={frame} parts={parts} />)}`, status);
  };

  return {
    page,
    message(c, scene, heading, text, status) {
      const back = { href: '/', label: scene.words.home };
      const children = <MessagePage title={heading} text={text} back={back} />;
      return page(c, scene, { title: heading, children }, status);
    },
    answerOnly(c, answer, status) {
      c.header('HX-Retarget', '#answer');
      c.header('HX-Reswap', 'innerHTML');
      return html(c, String(<>{answer}</>), status);
    },
    redirect(c, scene, path) {
      if (!scene.partial) return c.redirect(path, 303);
      c.header('HX-Redirect', path);
      return html(c, '', 200);
    },
  };
};
