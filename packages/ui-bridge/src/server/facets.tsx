/** The pages of facets: showing one, and calling its methods. */
import type { MethodDescription } from '@pocas/vat-runtime';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { acceptDescription } from '../description/accept.ts';
import { fieldName, readArguments } from '../description/arguments.ts';
import { formatNumber } from '../description/language.ts';
import { itemArgument, own } from '../description/walk.ts';
import type { Code } from '../session/code.ts';
import { welcome } from '../session/home.ts';
import { invitationLink } from '../session/invitation.ts';
import type { Visit } from '../session/visits.ts';
import {
  MistakesAnswer,
  NothingDoneAnswer,
  RefusalAnswer,
  SecretAnswer,
  UnknownAnswer,
} from '../view/answer.tsx';
import { Control } from '../view/control.tsx';
import type { Inner } from '../view/markup.ts';
import { FacetPart } from '../view/facet.tsx';
import { controlKey, makeRendering, say } from '../view/rendering.ts';
import type { Draft } from '../view/rendering.ts';
import { meaningOf } from './answer.ts';
import { callFacet, makeDeadline } from './call.ts';
import { readForm } from './form.ts';
import type { FormFields } from './form.ts';
import { lookAt } from './look.ts';
import type { BridgeEvent, BridgeLimits } from './powers.ts';
import type { Replies } from './replies.tsx';
import type { Scene, SceneMaker } from './scene.ts';

type Needs = {
  scenes: SceneMaker;
  replies: Replies;
  code: Code;
  limits: BridgeLimits;
  log(event: BridgeEvent): void;
  /** Where invitation links lead, and the node's own designator. */
  originOf(request: Request): string;
  designator: string | undefined;
};

type Extras = { status?: 200 | 403 | 404 | 409 | 422; answer?: Inner; notice?: string; draft?: Draft };

const gone = (c: Context, scene: Scene, replies: Replies): Response =>
  replies.message(c, scene, scene.words.goneTitle, scene.words.goneHelp, 404);

export const makeFacets = (needs: Needs): Hono => {
  const { scenes, replies, code, limits, log, originOf, designator } = needs;
  const app = new Hono();

  const show = async (c: Context, scene: Scene, visit: Visit, facet: object, extras: Extras = {}) => {
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
  };

  app.get('/c/:address', async (c) => {
    const scene = await scenes.begin(c);
    const { visit } = scene;
    const address = c.req.param('address');
    const facet = visit?.book.find(address);
    if (visit === undefined || facet === undefined) return gone(c, scene, replies);
    const { notice } = visit;
    if (notice?.address !== address) return show(c, scene, visit, facet);
    visit.notice = undefined;
    return show(c, scene, visit, facet, { notice: notice.text });
  });

  /** What was written, to be shown again. Hidden values and secrets are not among it. */
  const writtenIn = (method: MethodDescription, field: FormFields): Map<string, string> => {
    const written = new Map<string, string>();
    for (const { name, kind } of method.args) {
      const text = field(fieldName(name));
      if (text === undefined || kind === 'secret' || kind === 'requestId') continue;
      written.set(name, text);
    }
    return written;
  };

  /**
   * The page after a call without an answer: only the form, with its request id, made from what is
   * known. The facet is not asked again, since it would keep the person from sending it once more.
   */
  const retryPage = (
    c: Context,
    scene: Scene,
    visit: Visit,
    form: { facet: object; page: object; name: string; method: MethodDescription; draft: Draft; item: { argument: string; reference: object } | undefined; label: string },
    answer: Inner,
  ) => {
    const { addressOf } = visit.book;
    const look = {
      facet: form.facet,
      address: addressOf(form.facet),
      description: undefined,
      view: undefined,
      reachable: true,
    };
    const root = { ...look, facet: form.page, address: addressOf(form.page) };
    const r = makeRendering(
      scene.language,
      { root, parts: new Map(), addressOf },
      code.freshRequestId,
      form.draft,
    );
    const children = (
      <section class="narrow">
        <h1>{form.label}</h1>
        <Control r={r} look={look} name={form.name} method={form.method} on={form.item} />
        <p>
          <a class="link" href={`/c/${root.address}`}>
            {scene.words.back}
          </a>
        </p>
      </section>
    );
    return replies.page(c, scene, { title: form.label, answer, children }, 503);
  };

  app.post('/c/:address/:method', async (c) => {
    const scene = await scenes.begin(c);
    const { visit, words, language } = scene;
    const facet = visit?.book.find(c.req.param('address'));
    if (visit === undefined || facet === undefined) return gone(c, scene, replies);
    const field = await readForm(c);
    const page = visit.book.find(field('page') ?? '') ?? facet;
    const name = c.req.param('method');
    const again = (answer: Inner, status: 404 | 409 | 422, draft?: Draft) =>
      show(c, scene, visit, page, { answer, status, ...(draft === undefined ? {} : { draft }) });

    const deadline = makeDeadline(limits.answerMillis);
    const told = await callFacet(facet, '__describe__', [], deadline);
    deadline.cancel();
    const description = told.kind === 'answered' ? acceptDescription(told.value) : undefined;
    if (description === undefined) {
      const answer = <NothingDoneAnswer title={words.unreachable} text={words.notSent} />;
      return scene.partial
        ? replies.answerOnly(c, answer, 503)
        : replies.message(c, scene, words.unreachable, words.notSent, 503);
    }
    // Only what the facet itself offers to people now. What it may do is decided by the facet;
    // this keeps the page and the forms in step.
    const method = own(description.methods, name) as MethodDescription | undefined;
    if (method === undefined || method.hidden === true) {
      log({ kind: 'act', method: 'unknown', outcome: 'gone' });
      const { methodGoneTitle, methodGoneHelp } = words;
      return again(<NothingDoneAnswer title={methodGoneTitle} text={methodGoneHelp} />, 404);
    }

    const read = readArguments(method, field, visit.book.find);
    const itemName = itemArgument(method)?.name;
    const itemAddress = itemName === undefined ? undefined : field(fieldName(itemName));
    const draft: Draft = {
      key: controlKey(visit.book.addressOf(facet), name, itemAddress),
      values: writtenIn(method, field),
      mistakes: read.ok ? new Map() : read.mistakes,
      requestId: undefined,
    };
    if (!read.ok) {
      if (read.broken) {
        return replies.message(c, scene, words.formBrokenTitle, words.formBrokenHelp, 400);
      }
      const summary = <MistakesAnswer words={words} language={language} draft={draft} method={method} />;
      return again(summary, 422, draft);
    }

    const patience = makeDeadline(limits.answerMillis);
    const outcome = await callFacet(facet, name, read.args, patience);
    patience.cancel();
    const label = say(method.label, language);

    if (outcome.kind === 'unknown') {
      log({ kind: 'act', method: name, outcome: 'unknown' });
      const answer = <UnknownAnswer words={words} repeatable={read.repeatable} />;
      // With htmx the form is still on the page, as it was sent.
      if (scene.partial) return replies.answerOnly(c, answer, 503);
      const requestName = method.args.find(({ kind }) => kind === 'requestId')?.name;
      const requestId = requestName === undefined ? undefined : field(fieldName(requestName));
      const reference = itemAddress === undefined ? undefined : visit.book.find(itemAddress);
      const item =
        itemName === undefined || reference === undefined
          ? undefined
          : { argument: itemName, reference };
      const sent = { facet, page, name, method, label, item, draft: { ...draft, requestId } };
      return retryPage(c, scene, visit, sent, answer);
    }
    if (outcome.kind === 'refused') {
      log({ kind: 'act', method: name, outcome: 'malformed' });
      const answer = <NothingDoneAnswer title={words.refusedTitle} text={words.malformed} />;
      return again(answer, 422, draft);
    }

    const meaning = meaningOf(outcome.value);
    log({ kind: 'act', method: name, outcome: meaning.kind });
    switch (meaning.kind) {
      case 'refused':
        // The refusal is the outcome of that request id; another try is another act.
        return again(<RefusalAnswer words={words} code={meaning.code} />, 409, draft);
      case 'secret': {
        const { secret, next } = meaning;
        const link = invitationLink(secret, originOf(c.req.raw), designator);
        const answer = (
          <SecretAnswer
            words={words}
            language={language}
            secret={link ?? secret}
            method={method}
            next={next === undefined ? undefined : `/c/${visit.book.addressOf(next)}`}
          />
        );
        return show(c, scene, visit, page, { answer });
      }
      case 'goto': {
        const { next, home } = meaning;
        const hasHome = 'home' in visit.web.getData();
        if (home || !hasHome) welcome(visit.web, next, home);
        return replies.redirect(c, scene, `/c/${visit.book.addressOf(next)}`);
      }
      case 'done': {
        const { value } = meaning;
        const text = typeof value === 'bigint' ? formatNumber(value, language) : value;
        const notice = text === undefined ? words.done(label) : words.doneWith(label, text.slice(0, 200));
        if (scene.partial) return show(c, scene, visit, page, { notice });
        const address = visit.book.addressOf(page);
        visit.notice = { address, text: notice };
        return replies.redirect(c, scene, `/c/${address}`);
      }
    }
  });

  return app;
};
