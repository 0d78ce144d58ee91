/** Explanations as sentences, in each language of the project: for pages and the command line. Fit for vats. */
import type { Text } from '@pocas/vat-runtime';
import type { ExplainedEdge, ExplainedLoop, Explanation, Reason } from './explain.ts';

/** How an amount is written. Default: its digits. */
export type WriteAmount = (value: bigint, language: keyof Text) => string;

/** What each reason means. */
export const reasonWords: { readonly [reason in Reason]: Text } = {
  capped: {
    en: 'all that was lodged of it is cleared',
    es: 'se compensó todo lo que se presentó de ella',
  },
  noLoop: {
    en: 'it is in no loop: no chain of debts leads back',
    es: 'no está en ningún círculo: ninguna cadena de deudas regresa',
  },
  spent: {
    en: 'nothing is left on the other side to set it off against, so it is part of the balance',
    es: 'del otro lado ya no queda nada con que compensarla, así que es parte del saldo',
  },
  used: {
    en: 'all loops through it are used up, or using them would clear less elsewhere',
    es: 'todos los círculos que pasan por ella están agotados, o usarlos compensaría menos en otra parte',
  },
};

type Writer = (value: bigint) => Text;

const edgeSentence = (edge: ExplainedEdge, write: Writer): Text => {
  const { origin, kind, end, with: other } = edge;
  const cleared = write(edge.cleared);
  const amount = write(edge.amount);
  const left = write(edge.left);
  if (kind === 'line') {
    return end === 'from'
      ? {
          en: `Of the line of ${amount.en} to ${other} (${origin}), ${cleared.en} was drawn: ${other} owes it newly.`,
          es: `De la línea de ${amount.es} a ${other} (${origin}) se usaron ${cleared.es}: ${other} los debe ahora.`,
        }
      : {
          en: `Of the line of ${amount.en} from ${other} (${origin}), ${cleared.en} was drawn: it is newly owed to ${other}.`,
          es: `De la línea de ${amount.es} de ${other} (${origin}) se usaron ${cleared.es}: ahora se le deben a ${other}.`,
        };
  }
  const why = edge.reason === undefined ? undefined : reasonWords[edge.reason];
  const rest: Text =
    why === undefined
      ? { en: 'Nothing is left.', es: 'No queda nada.' }
      : { en: `${left.en} is left: ${why.en}.`, es: `Quedan ${left.es}: ${why.es}.` };
  return end === 'from'
    ? {
        en: `Owed to ${other} (${origin}): ${cleared.en} of ${amount.en} was cleared. ${rest.en}`,
        es: `Se debía a ${other} (${origin}): se compensaron ${cleared.es} de ${amount.es}. ${rest.es}`,
      }
    : {
        en: `Owed by ${other} (${origin}): ${cleared.en} of ${amount.en} was cleared. ${rest.en}`,
        es: `Lo debía ${other} (${origin}): se compensaron ${cleared.es} de ${amount.es}. ${rest.es}`,
      };
};

const loopSentence = (loop: ExplainedLoop, write: Writer): Text => {
  const { from, to, length } = loop;
  const value = write(loop.value);
  if (length === 1n) {
    return {
      en: `${value.en} was a debt to oneself.`,
      es: `${value.es} eran una deuda consigo.`,
    };
  }
  return {
    en: `${value.en} came round a loop of ${length}: from ${from}, and on to ${to}.`,
    es: `${value.es} dieron la vuelta en un círculo de ${length}: desde ${from}, y de ahí a ${to}.`,
  };
};

const othersSentence = ({ en, es }: Text): Text => ({
  en: `${en} came round other loops, which are too many to tell.`,
  es: `${es} dieron la vuelta en otros círculos, que son demasiados para contarlos.`,
});

const balance = (net: bigint, write: Writer): Text => {
  if (net === 0n) {
    return {
      en: 'The balance is zero, before and after.',
      es: 'El saldo es cero, antes y después.',
    };
  }
  const size = write(net < 0n ? -net : net);
  return net < 0n
    ? {
        en: `On balance ${size.en} is owed, before and after.`,
        es: `En saldo se deben ${size.es}, antes y después.`,
      }
    : {
        en: `On balance ${size.en} is to be received, before and after.`,
        es: `En saldo se han de recibir ${size.es}, antes y después.`,
      };
};

/** An explanation as sentences, each in both languages. Names and origins stand in them as they are: escape them. */
export const sentencesOf = (
  { participant, net, owes, isOwed, edges, loops, otherLoops }: Explanation,
  writeAmount: WriteAmount = String,
): Text[] => {
  const write = (value: bigint): Text => ({
    en: writeAmount(value, 'en'),
    es: writeAmount(value, 'es'),
  });
  const both = [owes.before, owes.cleared, isOwed.before, isOwed.cleared].map(write);
  const [owed, clearedOwed, claims, clearedClaims] = both as [Text, Text, Text, Text];
  return [
    {
      en: `${participant} owed ${owed.en}, of which ${clearedOwed.en} was cleared, and was owed ${claims.en}, of which ${clearedClaims.en} was cleared.`,
      es: `${participant} debía ${owed.es}, de los que se compensaron ${clearedOwed.es}, y le debían ${claims.es}, de los que se compensaron ${clearedClaims.es}.`,
    },
    balance(net, write),
    ...loops.map((loop) => loopSentence(loop, write)),
    ...(otherLoops === 0n ? [] : [othersSentence(write(otherLoops))]),
    ...edges
      .filter(({ kind, cleared }) => kind === 'obligation' || cleared > 0n)
      .map((edge) => edgeSentence(edge, write)),
  ];
};
