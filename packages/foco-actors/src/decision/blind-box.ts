/**
 * Where blind ballots are cast (SPEC F15, 7.2). It is the same for everybody, and neither what it keeps nor the
 * journal of its vat says who came: what is kept is the token's input, which nobody has seen before.
 */
import { M } from '@endo/patterns';
import type { Described, Facet } from '@pocas/vat-runtime';
import { defineActor, describe, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { BlindInside } from './inside.ts';
import type { Answer } from './methods/types.ts';
import { AnswerShape, BytesShape, ConstituencyShape, type Methods } from './shapes.ts';
import type { BlindBox, Done } from './types.ts';

const BlindBoxI: Described<Methods<'keys' | 'cast'>> = describe(
  M.interface('BlindBox', {
    keys: M.call().returns(M.array()),
    cast: M.call(ConstituencyShape, BytesShape, BytesShape, AnswerShape).returns(M.record()),
  }),
  {
    label: { en: 'The box', es: 'La urna' },
    help: {
      en: 'A wallet casts here what nobody can tell whose it is.',
      es: 'Aquí una cartera deposita lo que nadie puede saber de quién es.',
    },
    methods: {
      keys: { label: { en: 'Keys', es: 'Llaves' }, args: [], hidden: true },
      cast: {
        label: { en: 'Cast', es: 'Depositar' },
        args: [
          { name: 'constituency', kind: 'text', label: { en: 'Of whom', es: 'De quiénes' } },
          { name: 'input', kind: 'secret', label: { en: 'Input', es: 'Entrada' } },
          { name: 'output', kind: 'secret', label: { en: 'Token', es: 'Ficha' } },
          { name: 'answer', kind: 'text', label: { en: 'Answer', es: 'Respuesta' } },
        ],
        hidden: true,
      },
    },
  },
);

const makeBoxKit = defineActor({
  name: 'BlindBox',
  state: { decision: typed<Facet<BlindInside>>(M.remotable('decision')) },
  init: (decision: Facet<BlindInside>) => ({ decision }),
  // Whoever comes here is nobody's business: no cause, sender or time of it is kept.
  unlinked: ['box'],
  guards: { box: BlindBoxI },
  facets: {
    box: {
      keys(): ReturnType<BlindBox['keys']> {
        return this.state.decision.blindKeys();
      },
      cast(constituency: string, input: string, output: string, answer: Answer): Done | Refusal {
        return this.state.decision.blindCast(constituency, input, output, answer);
      },
    },
  },
});

export const makeBlindBox = (decision: Facet<BlindInside>): Facet<BlindBox> =>
  makeBoxKit(decision).box;
