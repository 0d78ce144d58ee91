/** Words that the pages of this room share. */
import type { Description, FieldDescription, MethodDescription, Text } from '@pocas/vat-runtime';

const text = (en: string, es: string): Text => ({ en, es });

export const endings: { readonly [ending: string]: Text } = {
  carried: text('agreed', 'acordado'),
  notCarried: text('not agreed', 'no se acordó'),
  blocked: text('somebody objects', 'alguien objeta'),
  noQuorum: text('too few took part', 'participó muy poca gente'),
  withdrawn: text('taken back', 'retirada'),
  drawn: text('drawn', 'sorteado'),
};
export const stands: { readonly [stand: string]: Text } = {
  consent: text('consents', 'consiente'),
  objection: text('objects', 'objeta'),
  aside: text('stands aside', 'se hace a un lado'),
  agree: text('agrees', 'de acuerdo'),
  disagree: text('disagrees', 'en desacuerdo'),
  abstain: text('abstains', 'se abstiene'),
  advice: text('advises', 'aconseja'),
  decide: text('decides', 'decide'),
  attest: text('attests it', 'da fe'),
  contest: text('remembers it otherwise', 'lo recuerda de otro modo'),
};
export const methodWords: { readonly [method: string]: Text } = {
  consent: text('by consent', 'por consentimiento'),
  advice: text('one decides after asking', 'una persona decide después de preguntar'),
  agree: text('yes and no', 'sí y no'),
  score: text('points from 0 to 5', 'de 0 a 5 puntos'),
  dot: text('dots', 'puntitos'),
  ranked: text('by order', 'por orden'),
  record: text('record of an assembly', 'acta de una asamblea'),
  sortition: text('by lot', 'por sorteo'),
};

export const title: FieldDescription = { label: text('What', 'Qué') };
export const words: FieldDescription = { label: text('In words', 'Con palabras') };
export const until: FieldDescription = { label: text('Open until', 'Abierta hasta') };
export const said: FieldDescription = { label: text('You said', 'Dijiste') };
export const acts: FieldDescription = { label: text('What would be done', 'Qué se haría') };
export const voices: FieldDescription = {
  label: text('What people say', 'Lo que dice la gente'),
  item: {
    heading: 'name',
    fields: {
      name: { label: text('Who', 'Quién') },
      stand: { label: text('Says', 'Dice'), values: stands },
      reason: { label: text('Because', 'Porque') },
    },
    empty: text('Nobody has spoken yet.', 'Todavía nadie ha hablado.'),
  },
};
export const alternatives: FieldDescription = {
  label: text('To choose from', 'Para escoger'),
  item: {
    heading: 'words',
    fields: {
      words: { label: text('What', 'Qué') },
      number: { label: text('Number', 'Número') },
    },
  },
};

/** What a refusal means in this room. */
export const refusals: NonNullable<MethodDescription['refusals']> = {
  closed: text('This decision is over.', 'Esta decisión ya terminó.'),
  expired: text('It came too late.', 'Llegó demasiado tarde.'),
  revoked: text('You do not speak with this ballot any more.', 'Ya no hablas con esta boleta.'),
  conflict: text(
    'The person whose ballot it is has spoken.',
    'Ya habló la persona de quien es la boleta.',
  ),
  invalid: text('That cannot be said here.', 'Eso aquí no se puede decir.'),
  unsupported: text('That cannot be decided here.', 'Eso no se puede decidir aquí.'),
  quota: text(
    'You have as many proposals open as one may have.',
    'Ya tienes abiertas todas las propuestas que se puede.',
  ),
};

export const look: MethodDescription = { label: text('Look', 'Ver'), args: [], hidden: true };
export type Fields = NonNullable<Description['fields']>;
