/** The shapes of what comes to a vault, and the parts that its descriptions share. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { ArgumentDescription, FieldDescription, Text } from '@pocas/vat-runtime';
import { typed } from '@pocas/vat-runtime';
import type { RequestWish, Seal } from './types.ts';

/** A key, a digest, a share: bytes in base64url, of at most so many characters. */
export const CodeShape: CastedPattern<string> = typed<string>(
  M.and(M.string({ stringLengthLimit: 200 }), M.neq('')),
);
export const SealedShape: CastedPattern<string> = typed<string>(
  M.string({ stringLengthLimit: 8_000 }),
);
export const SegmentShape: CastedPattern<string> = typed<string>(
  M.and(M.string({ stringLengthLimit: 80 }), M.neq('')),
);
export const ReasonShape: CastedPattern<string> = typed<string>(
  M.and(M.string({ stringLengthLimit: 500 }), M.neq('')),
);
const PersonShape = M.and(M.string({ stringLengthLimit: 100 }), M.neq(''));

export const SealShape: CastedPattern<Seal> = typed<Seal>(
  M.splitRecord(
    {
      ...{ vault: CodeShape, camera: SegmentShape, segment: SegmentShape },
      ...{ from: M.nat(), to: M.nat(), epoch: M.bigint() },
      encapsulation: M.splitRecord({ point: CodeShape, proof: CodeShape }, {}, {}),
      ...{ headerDigest: CodeShape, ciphertextDigest: CodeShape, size: M.nat() },
      ...{ chain: CodeShape, signature: CodeShape },
    },
    {},
    {},
  ),
);
const wish = {
  segments: M.arrayOf(SegmentShape, { arrayLengthLimit: 10 }),
  reason: ReasonShape,
  viewers: M.arrayOf(M.splitRecord({ name: PersonShape, key: CodeShape }, {}, {}), {
    arrayLengthLimit: 3,
  }),
};
export const WishShape: CastedPattern<RequestWish> = typed<RequestWish>(
  M.splitRecord(wish, {}, {}),
);
export const PresentWishShape: CastedPattern<unknown> = typed<unknown>(
  M.splitRecord({ ...wish, budget: M.remotable('budget') }, {}, {}),
);

export const phaseWords: { readonly [phase: string]: Text } = {
  pending: { en: 'waiting', es: 'en espera' },
  open: { en: 'being answered', es: 'se está respondiendo' },
  answered: { en: 'seen', es: 'vista' },
  lapsed: { en: 'lapsed', es: 'venció' },
  withdrawn: { en: 'withdrawn', es: 'retirada' },
};
export const milliseconds: Text = { en: 'ms since 1970', es: 'ms desde 1970' };
/** What everybody sees of a request. */
export const requestFields: { readonly [key: string]: FieldDescription } = {
  by: { label: { en: 'Who asks', es: 'Quién pide' } },
  segments: { label: { en: 'What', es: 'Qué' } },
  viewers: { label: { en: 'Who would see it', es: 'Quién lo vería' } },
  phase: { label: { en: 'How it stands', es: 'Cómo va' }, values: phaseWords },
  present: { label: { en: 'People who were there and are told', es: 'Avisos a quienes estaban' } },
  holders: { label: { en: 'Holders who are told', es: 'Avisos a quienes guardan una parte' } },
};
export const requestItem: NonNullable<FieldDescription['item']> = {
  heading: 'reason',
  fields: requestFields,
  empty: { en: 'None.', es: 'Ninguna.' },
};
export const reasonArgument: ArgumentDescription = {
  ...{ name: 'reason', kind: 'longText' },
  label: { en: 'Why?', es: '¿Por qué?' },
  help: {
    en: 'All who were there and all who keep a share read it.',
    es: 'Lo leen quienes estaban y quienes guardan una parte.',
  },
};
