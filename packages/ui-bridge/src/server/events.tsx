/** Live updates: one stream of server-sent events for each page on a screen. */
import { Hono } from 'hono';
import type { WebSessions } from '@pocas/vat-runtime';
import type { Code } from '../session/code.ts';
import type { Visit } from '../session/visits.ts';
import type { News } from '../session/watch.ts';
import type { Language } from '../description/language.ts';
import { FacetPart } from '../view/facet.tsx';
import { makeRendering } from '../view/rendering.ts';
import { lookAt, watchedFacets } from './look.ts';
import type { PageLook } from '../view/look.ts';
import type { BridgeLimits } from './powers.ts';
import type { SceneMaker } from './scene.ts';

/** An event whose data is `text`: a line each, as the format demands. */
const dataEvent = (text: string): string => `data: ${text.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`;
const heartbeat = ': still here\n\n';

const sleep = (milliseconds: number, stopped: Promise<void>): Promise<void> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([slept, stopped]).finally(() => clearTimeout(timer));
};

type Waited = News | 'idle' | 'stopped';

/**
 * Waits for news of any facet on the page, or until the heartbeat is due.
 * Facets in `resting` are not asked.
 */
const waitForNews = (
  visit: Visit,
  page: PageLook,
  resting: ReadonlyMap<object, number>,
  milliseconds: number,
  stopped: Promise<void>,
): Promise<{ news: Waited; facet?: object }> =>
  new Promise((resolve) => {
    const cancels: (() => void)[] = [];
    const finish = (result: { news: Waited; facet?: object }) => {
      for (const cancel of cancels) cancel();
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => finish({ news: 'idle' }), milliseconds);
    void stopped.then(() => finish({ news: 'stopped' }));
    for (const [facet, method] of watchedFacets(page)) {
      if (resting.has(facet)) continue;
      cancels.push(visit.watch.once(facet, method, (news) => finish({ news, facet })));
    }
  });

type Needs = {
  scenes: SceneMaker;
  sessions: WebSessions;
  code: Code;
  limits: BridgeLimits;
};

/** The events of one page, made one at a time as the reader takes them. */
async function* pageEvents(
  { sessions, code, limits }: Needs,
  visit: Visit,
  facet: object,
  language: Language,
  stopped: Promise<void>,
  isStopped: () => boolean,
): AsyncGenerator<string> {
  let shown: string | undefined;
  /** Facets that did not answer: how often in a row, and when each may be asked again. */
  const failures = new Map<object, number>();
  const resting = new Map<object, number>();

  const render = (page: PageLook, freshRequestId: () => string): string => {
    const r = makeRendering(language, page, freshRequestId);
    return String(<FacetPart r={r} level={1} look={page.root} />);
  };

  while (!isStopped()) {
    // The node may have ended the session.
    if ((await sessions.find(visit.id)) === undefined) return;
    const page = await lookAt(facet, visit.book.addressOf, limits.answerMillis);
    // Request ids differ at every rendering; without them, equal pages are equal texts.
    const text = render(page, () => '');
    if (text !== shown) {
      shown = text;
      const event = dataEvent(render(page, code.freshRequestId));
      // What the page says may rest on turns that are not on disk yet.
      await sessions.settled();
      yield event;
    }
    for (;;) {
      const now = Date.now();
      let wait = limits.heartbeatMillis;
      let rested = false;
      for (const [one, until] of resting) {
        if (until > now) wait = Math.min(wait, until - now);
        else {
          resting.delete(one);
          rested = true;
        }
      }
      // The part that did not answer may answer now.
      if (rested) break;
      const anyDown = [page.root, ...page.parts.values()].some(({ reachable }) => !reachable);
      if (anyDown) wait = Math.min(wait, limits.retryMillis * 5);
      const { news, facet: about } = await waitForNews(visit, page, resting, wait, stopped);
      if (news === 'stopped') return;
      if (news === 'idle') {
        if (resting.size === 0 && !anyDown) {
          yield heartbeat;
          continue;
        }
        break;
      }
      if (news === 'lost') {
        const count = (failures.get(about!) ?? 0) + 1;
        failures.set(about!, count);
        resting.set(about!, Date.now() + Math.min(limits.retryMillis * 2 ** (count - 1), 30_000));
      } else failures.delete(about!);
      break;
    }
    await sleep(limits.updateMillis, stopped);
  }
}

export const makeEvents = (needs: Needs): Hono => {
  const { scenes, limits } = needs;
  const app = new Hono();
  let streams = 0;

  app.get('/c/:address/events', async (c) => {
    const { visit, language } = await scenes.begin(c);
    const facet = visit?.book.find(c.req.param('address'));
    // The page stays as it is when it gets no stream.
    c.header('HX-Reswap', 'none');
    if (visit === undefined || facet === undefined) return c.body('', 404);
    if (visit.streams.size >= limits.streams || streams >= limits.streamsInAll) {
      return c.body('', 429);
    }

    let over = false;
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const end = () => {
      if (over) return;
      over = true;
      visit.streams.delete(end);
      streams -= 1;
      stop();
    };
    visit.streams.add(end);
    streams += 1;
    c.req.raw.signal.addEventListener('abort', end);
    const encoder = new TextEncoder();
    const events = pageEvents(needs, visit, facet, language, stopped, () => over);
    const stream = new ReadableStream<Uint8Array>({
      // Called when the reader has room: a slow one gets fewer updates, not a longer queue.
      async pull(controller) {
        try {
          const { done, value } = await events.next();
          if (done !== true) return controller.enqueue(encoder.encode(value));
          end();
          controller.close();
        } catch {
          // A fault of ours: the browser connects again, after a pause of its own.
          end();
          if (c.req.raw.signal.aborted) return;
          controller.close();
        }
      },
      cancel: end,
    });
    return c.body(stream, 200, { 'Content-Type': 'text/event-stream' });
  });

  return app;
};
