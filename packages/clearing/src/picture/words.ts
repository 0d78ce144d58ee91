/** What the picture says, in Spanish and English. */
import type { PictureLanguage } from './types.ts';

const en = {
  before: 'Before',
  after: 'After',
  cleared: (sum: string, percent: string) => `${sum} cleared, ${percent} %`,
  others: (count: string) => `${count} others`,
  owes: (debtor: string, creditor: string, sum: string) => `${debtor} owes ${creditor} ${sum}`,
  ghost: (debtor: string, creditor: string) => `${debtor} owes ${creditor} nothing any more`,
  isOwedNet: 'is owed on balance',
  owesNet: 'owes on balance',
  even: 'owes as much as it is owed',
  arrows:
    'Each arrow goes from who owes to who is owed, as wide as the amount, which is written where there is room. Dotted: nothing is left.',
  circles:
    'Full circle, +: is owed on balance. Hollow circle, −: owes on balance. The balance of each is the same before and after.',
  largest: (drawn: string, all: string) =>
    `The ${drawn} largest of ${all} participants are drawn, and all the others as one.`,
  hidden: (before: string, after: string) =>
    `What the others owe among themselves is not drawn: ${before} before, ${after} after.`,
  widest: (drawn: string, all: string) => `Only the ${drawn} widest arrows of ${all} are drawn.`,
  description: (participants: string, before: string, after: string, cleared: string) =>
    `Who owes whom among ${participants} participants, before and after a set-off. They owed each other ${before} in all, and owe ${after} after it: ${cleared} less. The balance of each is unchanged.`,
};

const es: typeof en = {
  before: 'Antes',
  after: 'Después',
  cleared: (sum, percent) => `${sum} compensado, ${percent} %`,
  others: (count) => `${count} más`,
  owes: (debtor, creditor, sum) => `${debtor} debe a ${creditor} ${sum}`,
  ghost: (debtor, creditor) => `${debtor} ya no debe nada a ${creditor}`,
  isOwedNet: 'le deben, en saldo',
  owesNet: 'debe, en saldo',
  even: 'debe tanto como le deben',
  arrows:
    'Cada flecha va de quien debe a quien se le debe, tan ancha como el monto, que se escribe donde hay lugar. Con puntos: ya no queda nada.',
  circles:
    'Círculo lleno, +: le deben, en saldo. Círculo vacío, −: debe, en saldo. El saldo de cada quien es el mismo antes y después.',
  largest: (drawn, all) =>
    `Se dibujan los ${drawn} participantes más grandes de ${all}, y los demás como uno solo.`,
  hidden: (before, after) =>
    `No se dibuja lo que los demás se deben entre sí: ${before} antes, ${after} después.`,
  widest: (drawn, all) => `Solo se dibujan las ${drawn} flechas más anchas de ${all}.`,
  description: (participants, before, after, cleared) =>
    `Quién debe a quién entre ${participants} participantes, antes y después de una compensación. Se debían ${before} en total, y después se deben ${after}: ${cleared} menos. El saldo de cada quien no cambia.`,
};

export type PictureWords = typeof en;

export const pictureWords: { readonly [language in PictureLanguage]: PictureWords } = { en, es };
