/** Composes the bridge from its rooms. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { makeCode } from '../session/code.ts';
import { makeVisits } from '../session/visits.ts';
import { makeActs } from './acts.tsx';
import { makeAssets } from './assets.ts';
import { makeEntrance } from './entrance.tsx';
import { makeEvents } from './events.tsx';
import { makeFacets } from './facets.ts';
import { isForm } from './form.ts';
import { isForeign, securityHeaders } from './gate.ts';
import { defaultLimits } from './powers.ts';
import type { BridgeEvent, BridgePowers } from './powers.ts';
import { makeRates } from './rates.ts';
import { makeReplies } from './replies.tsx';
import { makeSceneMaker } from './scene.ts';
import { makeShow } from './show.tsx';

export type Bridge = {
  /**
   * Answers a request. It never rejects.
   * @param address - where it came from. Without it only sessions are held to a rate
   */
  fetch(request: Request, address?: string): Promise<Response>;
};

/**
 * Makes the web pages of a node. Each browser sees exactly what its session was handed:
 * a page for each facet, a control for each method, and nothing that is found by name.
 *
 * @example
 * const bridge = makeBridge({ sessions, randomBytes, hmacSha256, key, assets: { htmx, sse } });
 * const response = await bridge.fetch(new Request('http://node.local/'));
 */
export const makeBridge = (powers: BridgePowers): Bridge => {
  const { sessions, title = { en: 'pocas', es: 'pocas' } } = powers;
  const limits = { ...defaultLimits, ...powers.limits };
  const log = (event: BridgeEvent) => powers.log?.(event);
  const code = makeCode(powers);
  const visits = makeVisits(sessions, code, limits);
  const scenes = makeSceneMaker(visits, code);
  const assets = makeAssets(powers);
  const replies = makeReplies(assets.paths, title);
  const originOf = (request: Request) => powers.origin ?? new URL(request.url).origin;
  const designator = powers.designator;

  const rates = makeRates(limits, powers.now ?? (() => performance.now()));
  const app = new Hono<{ Bindings: { address?: string } }>();

  app.use(async (c, next) => {
    await next();
    for (const [name, value] of securityHeaders) c.header(name, value);
    if (c.res.headers.has('Cache-Control')) return;
    c.header('Cache-Control', 'no-store');
    // The output gate: what this answer rests on is on disk before it leaves.
    await sessions.settled();
  });

  app.get('/assets/:file', (c) =>
    assets.serve(c.req.param('file'), c.req.header('Accept-Encoding')),
  );

  app.use(async (c, next) => {
    const cookie = scenes.cookieOf(c);
    const { address } = c.env;
    const wait = rates.wait({
      ...(cookie === undefined ? {} : { cookie }),
      ...(address === undefined ? {} : { address }),
    });
    if (wait === 0) return next();
    log({ kind: 'tooMany' });
    const scene = scenes.outside(c);
    const { tooManyTitle, tooManyHelp } = scene.words;
    c.header('Retry-After', String(wait));
    return replies.message(c, scene, tooManyTitle, tooManyHelp, 429);
  });

  const tooLarge = (c: Context) => c.text('Too large. Demasiado grande.', 413);
  app.post('*', bodyLimit({ maxSize: limits.bodyBytes, onError: tooLarge }), async (c, next) => {
    if (!(await isForm(c))) return c.text('No form of ours. No es de aquí.', 400);
    if (!isForeign(c.req.raw)) return next();
    log({ kind: 'foreign' });
    const scene = await scenes.begin(c);
    const { foreignTitle, foreignHelp } = scene.words;
    return replies.message(c, scene, foreignTitle, foreignHelp, 403);
  });

  app.route('/', makeEvents({ scenes, sessions, code, limits }));
  const show = makeShow(replies, code, limits);
  app.route('/', makeFacets(scenes, show));
  app.route('/', makeActs({ scenes, show, replies, code, limits, log, originOf, designator }));
  app.route('/', makeEntrance({ scenes, replies, limits, title, log }));

  app.notFound(async (c) => {
    const scene = await scenes.begin(c);
    return replies.message(c, scene, scene.words.goneTitle, scene.words.goneHelp, 404);
  });

  app.onError(async (error, c) => {
    log({ kind: 'fault', name: error.name });
    for (const [name, value] of securityHeaders) c.header(name, value);
    c.header('Cache-Control', 'no-store');
    // Plain text: whatever failed must not be needed to say so.
    return c.text('Something went wrong here. Algo falló aquí.', 500);
  });

  return {
    fetch: async (request, address) => app.fetch(request, address === undefined ? {} : { address }),
  };
};
