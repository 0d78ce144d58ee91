/** One answer to a need, for both sides. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { AnswerInsideI, AskerAnswerI } from './guards.ts';
import type { AnswerInside, AnswerItem, Brought, DeskInside, Done, GivenItem } from './types.ts';

export type AnswerParts = {
  readonly what: string;
  /** The name of whoever answers. */
  readonly from: string;
  readonly message: string;
  readonly brought: Brought;
  readonly asker: Facet<DeskInside>;
  readonly answerer: Facet<DeskInside>;
};

const makeAnswerKit = defineActor({
  name: 'NeedAnswer',
  state: {
    parts: typed<AnswerParts>(M.record()),
    reply: M.string(),
    isReplied: M.boolean(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (parts: AnswerParts) => ({
    parts,
    reply: '',
    isReplied: false,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { asker: AskerAnswerI, inside: AnswerInsideI },
  facets: {
    asker: {
      reply(message: string, requestId: string): Done | Refusal {
        return once<Done | Refusal>(this.state.outcomes, 'reply', requestId, () => {
          if (this.state.isReplied) return refuse('closed');
          this.state.isReplied = true;
          this.state.reply = message;
          const { asker, answerer } = this.state.parts;
          asker.waiting(-1n);
          answerer.touch();
          return { ok: true };
        });
      },
    },
    inside: {
      given(): GivenItem {
        const { parts, reply } = this.state;
        return { what: parts.what, message: parts.message, reply };
      },
      asked(): AnswerItem {
        const { parts, reply, isReplied } = this.state;
        const { from, message, brought } = parts;
        const { asker: answer } = this.facets;
        return {
          from,
          message,
          reply,
          answer,
          ...(isReplied ? {} : { act: answer }),
          ...brought,
        };
      },
    },
  },
});

/** Makes an answer that nobody has replied to, and tells who asked. */
export const makeAnswer = (parts: AnswerParts): Facet<AnswerInside> => {
  const { inside } = makeAnswerKit(parts);
  parts.asker.waiting(1n);
  return inside;
};
