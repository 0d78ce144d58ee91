/** The pages at fixed addresses: landing, entering, what is held, language, leaving. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Text } from '@pocas/vat-runtime';
import { isLanguage } from '../description/language.ts';
import { heldOf, homeOf, welcome } from '../session/home.ts';
import { readInvitation } from '../session/invitation.ts';
import { EnterPage, HeldPage, LeavePage } from '../view/pages.tsx';
import { makeDeadline } from './call.ts';
import { readForm } from './form.ts';
import { describeAll } from './look.ts';
import type { BridgeEvent, BridgeLimits } from './powers.ts';
import type { Replies } from './replies.tsx';
import type { Scene, SceneMaker } from './scene.ts';

type Needs = {
  scenes: SceneMaker;
  replies: Replies;
  limits: BridgeLimits;
  title: Text;
  log(event: BridgeEvent): void;
};

/** Only paths of ours, so that the language form cannot lead elsewhere. */
const safePath = (path: string | undefined): string =>
  path !== undefined && /^\/(c\/[A-Za-z0-9_-]+|held|enter|leave)?$/.test(path) ? path : '/';

export const makeEntrance = ({ scenes, replies, limits, title, log }: Needs): Hono => {
  const app = new Hono();

  const enterPage = (c: Context, scene: Scene, how: { greet: boolean; wrong?: boolean }) => {
    const { words, token, language } = scene;
    const children = <EnterPage words={words} token={token} siteTitle={title[language]} {...how} />;
    const heading = how.greet
      ? title[language]
      : how.wrong === true
        ? words.enteredWrong
        : words.useInvitation;
    return replies.page(c, scene, { title: heading, children }, how.wrong === true ? 403 : 200);
  };

  const heldPage = async (c: Context, scene: Scene) => {
    const { visit, words, language } = scene;
    if (visit === undefined) return replies.redirect(c, scene, '/');
    const held = heldOf(visit.web);
    const looks = await describeAll(held, visit.book.addressOf, limits.answerMillis);
    const children = <HeldPage words={words} language={language} looks={looks} />;
    return replies.page(c, scene, { title: words.heldTitle, children });
  };

  const home = (c: Context, scene: Scene) => {
    const { visit } = scene;
    if (visit === undefined) return undefined;
    const facet = homeOf(visit.web);
    return facet === undefined
      ? heldPage(c, scene)
      : replies.redirect(c, scene, `/c/${visit.book.addressOf(facet)}`);
  };

  const foreignForm = (c: Context, scene: Scene) => {
    log({ kind: 'foreign' });
    const { foreignTitle, foreignHelp } = scene.words;
    return replies.message(c, scene, foreignTitle, foreignHelp, 403);
  };

  app.get('/', async (c) => {
    const scene = await scenes.begin(c);
    return home(c, scene) ?? enterPage(c, scene, { greet: true });
  });

  // From the landing page, for a browser that came by a link of another site: that request
  // carried no cookie, this one does.
  app.get('/home', async (c) => {
    const scene = await scenes.begin(c);
    return home(c, scene) ?? replies.redirect(c, scene, '/');
  });

  app.get('/enter', async (c) => enterPage(c, await scenes.begin(c), { greet: false }));
  app.get('/held', async (c) => heldPage(c, await scenes.begin(c)));

  app.post('/enter', async (c) => {
    const scene = await scenes.begin(c);
    const field = await readForm(c);
    if (!scenes.isOwnForm(c, field('token'))) return foreignForm(c, scene);
    // Unknown, expired, used, revoked and mistyped: one and the same page.
    const wrong = () => {
      log({ kind: 'entered', ok: false });
      return enterPage(c, scene, { greet: false, wrong: true });
    };
    const swiss = readInvitation(field('secret') ?? '');
    if (swiss === undefined) return wrong();
    const { visit, commit, abandon } = await scenes.provide(c);
    const deadline = makeDeadline(limits.answerMillis);
    try {
      const presence = await Promise.race([
        visit.web.enliven(swiss),
        deadline.over.then(() => Promise.reject(new Error('Cannot enliven: no answer in time'))),
      ]);
      welcome(visit.web, presence);
      commit();
      log({ kind: 'entered', ok: true });
      return replies.redirect(c, scene, `/c/${visit.book.addressOf(presence)}`);
    } catch {
      abandon();
      return wrong();
    } finally {
      deadline.cancel();
    }
  });

  app.post('/lang', async (c) => {
    const scene = await scenes.begin(c);
    const field = await readForm(c);
    if (!scenes.isOwnForm(c, field('token'))) return foreignForm(c, scene);
    const language = field('lang');
    if (isLanguage(language)) {
      const web = scene.visit?.web;
      if (web === undefined) scenes.rememberLanguage(c, language);
      else web.setData({ ...web.getData(), lang: language });
    }
    return replies.redirect(c, scene, safePath(field('here')));
  });

  app.get('/leave', async (c) => {
    const scene = await scenes.begin(c);
    if (scene.visit === undefined) return replies.redirect(c, scene, '/');
    const children = <LeavePage words={scene.words} token={scene.token} />;
    return replies.page(c, scene, { title: scene.words.leaveTitle, children });
  });

  app.post('/leave', async (c) => {
    const scene = await scenes.begin(c);
    const field = await readForm(c);
    if (!scenes.isOwnForm(c, field('token'))) return foreignForm(c, scene);
    scenes.leave(c, scene.visit);
    log({ kind: 'left' });
    const { left, landingTitle } = scene.words;
    return replies.message(c, { ...scene, visit: undefined }, landingTitle, left, 200);
  });

  return app;
};
