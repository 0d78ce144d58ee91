/** Makes the response that shows one facet. */
import type { Context } from 'hono';
import type { Code } from '../session/code.ts';
import type { Visit } from '../session/visits.ts';
import { FacetPart } from '../view/facet.tsx';
import type { Inner } from '../view/markup.ts';
import { makeRendering, say } from '../view/rendering.ts';
import type { Draft } from '../view/rendering.ts';
import { lookAt } from './look.ts';
import type { BridgeLimits } from './powers.ts';
import type { Replies } from './replies.tsx';
import type { Scene } from './scene.ts';

/** What stands on the page besides the facet, after an act. */
export type Extras = {
  status?: 200 | 404 | 409 | 422;
  answer?: Inner;
  notice?: string;
  draft?: Draft;
};

export type Show = {
  facet(c: Context, scene: Scene, visit: Visit, facet: object, extras?: Extras): Promise<Response>;
  /** The one answer for an address that means nothing to this browser. */
  gone(c: Context, scene: Scene): Response;
};

export const makeShow = (replies: Replies, code: Code, limits: BridgeLimits): Show => ({
  async facet(c, scene, visit, facet, extras = {}) {
    const { status = 200, draft, ...rest } = extras;
    const page = await lookAt(facet, visit.book.addressOf, limits.answerMillis);
    const r = makeRendering(scene.language, page, code.freshRequestId, draft);
    const label = page.root.description?.label;
    const parts = {
      title: label === undefined ? scene.words.unreachable : say(label, scene.language),
      live: page.root.address,
      children: <FacetPart r={r} level={1} look={page.root} />,
      ...rest,
    };
    return replies.page(c, scene, parts, status);
  },
  gone: (c, scene) => replies.message(c, scene, scene.words.goneTitle, scene.words.goneHelp, 404),
});
