/** The pages of facets. */
import { Hono } from 'hono';
import type { SceneMaker } from './scene.ts';
import type { Show } from './show.tsx';

export const makeFacets = (scenes: SceneMaker, show: Show): Hono => {
  const app = new Hono();

  app.get('/c/:address', async (c) => {
    const scene = await scenes.begin(c);
    const { visit } = scene;
    const address = c.req.param('address');
    const facet = visit?.book.find(address);
    if (visit === undefined || facet === undefined) return show.gone(c, scene);
    const { notice } = visit;
    if (notice?.address !== address) return show.facet(c, scene, visit, facet);
    visit.notice = undefined;
    return show.facet(c, scene, visit, facet, { notice: notice.text });
  });

  return app;
};
