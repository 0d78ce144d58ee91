/** Calls the methods of facets, as forms ask for it. */
import type { MethodDescription } from '@pocas/vat-runtime';
import { Hono } from 'hono';
import { acceptDescription } from '../description/accept.ts';
import { fieldName, readArguments, requestIdIn } from '../description/arguments.ts';
import { formatNumber } from '../description/language.ts';
import { itemArgument, own } from '../description/walk.ts';
import type { Code } from '../session/code.ts';
import { homeOf, welcome } from '../session/home.ts';
import { invitationLink } from '../session/invitation.ts';
import {
  MistakesAnswer,
  NothingDoneAnswer,
  RefusalAnswer,
  SecretAnswer,
  UnknownAnswer,
} from '../view/answer.tsx';
import type { Inner } from '../view/markup.ts';
import { controlKey, say } from '../view/rendering.ts';
import type { Draft } from '../view/rendering.ts';
import { meaningOf } from './answer.ts';
import { callFacet, makeDeadline } from './call.ts';
import { readForm } from './form.ts';
import type { BridgeEvent, BridgeLimits } from './powers.ts';
import type { Replies } from './replies.tsx';
import { retryParts, writtenIn } from './retry.tsx';
import type { SceneMaker } from './scene.ts';
import type { Show } from './show.tsx';

type Needs = {
  scenes: SceneMaker;
  show: Show;
  replies: Replies;
  code: Code;
  limits: BridgeLimits;
  log(event: BridgeEvent): void;
  /** Where invitation links lead. */
  originOf(request: Request): string;
  /** The node's own, as in its sturdy refs. */
  designator: string | undefined;
};

export const makeActs = (needs: Needs): Hono => {
  const { scenes, show, replies, code, limits, log, originOf, designator } = needs;
  const app = new Hono();

  app.post('/c/:address/:method', async (c) => {
    const scene = await scenes.begin(c);
    const { visit, words, language } = scene;
    const facet = visit?.book.find(c.req.param('address'));
    if (visit === undefined || facet === undefined) return show.gone(c, scene);
    const field = await readForm(c);
    const page = visit.book.find(field('page') ?? '') ?? facet;
    const name = c.req.param('method');
    const again = (answer: Inner, status: 404 | 409 | 422, draft?: Draft) =>
      show.facet(c, scene, visit, page, {
        answer,
        status,
        ...(draft === undefined ? {} : { draft }),
      });

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
      // Kept until something was decided under it: the form may have been sent before, without an answer.
      requestId: requestIdIn(method, field),
    };
    if (!read.ok) {
      if (read.broken) {
        return replies.message(c, scene, words.formBrokenTitle, words.formBrokenHelp, 400);
      }
      const summary = (
        <MistakesAnswer words={words} language={language} draft={draft} method={method} />
      );
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
      const reference = itemAddress === undefined ? undefined : visit.book.find(itemAddress);
      const item =
        itemName === undefined || reference === undefined
          ? undefined
          : { argument: itemName, reference };
      const sent = { facet, page, name, method, label, item, draft };
      const parts = { ...retryParts(scene, visit, sent, code.freshRequestId), answer };
      return replies.page(c, scene, parts, 503);
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
        return again(
          <RefusalAnswer words={words} language={language} code={meaning.code} method={method} />,
          409,
          {
            ...draft,
            requestId: undefined,
          },
        );
      case 'secret': {
        const { secret, next, toPaste } = meaning;
        const link = toPaste ? undefined : invitationLink(secret, originOf(c.req.raw), designator);
        const answer = (
          <SecretAnswer
            words={words}
            language={language}
            secret={link ?? secret}
            method={method}
            next={next === undefined ? undefined : `/c/${visit.book.addressOf(next)}`}
          />
        );
        return show.facet(c, scene, visit, page, { answer });
      }
      case 'goto': {
        const { next, home } = meaning;
        if (home || homeOf(visit.web) === undefined) welcome(visit.web, next, home);
        return replies.redirect(c, scene, `/c/${visit.book.addressOf(next)}`);
      }
      case 'done': {
        const { value } = meaning;
        const text = typeof value === 'bigint' ? formatNumber(value, language) : value;
        const done = method.done === undefined ? words.done(label) : say(method.done, language);
        const notice = text === undefined ? done : words.doneWith(label, text.slice(0, 200));
        if (scene.partial) return show.facet(c, scene, visit, page, { notice });
        const address = visit.book.addressOf(page);
        visit.notice = { address, text: notice };
        return replies.redirect(c, scene, `/c/${address}`);
      }
    }
  });

  return app;
};
