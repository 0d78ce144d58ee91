/** Which of the project's languages a page is in, and words and numbers in it. */
import harden from '@endo/harden';
import type { Text } from '@pocas/vat-runtime';

export type Language = keyof Text;

/** The locale for numbers. Spanish is that of Mexico, where the first pocas are. */
const locales: Record<Language, string> = { en: 'en', es: 'es-MX' };

export const isLanguage = (value: unknown): value is Language => value === 'en' || value === 'es';
harden(isLanguage);

/** The first language of an `Accept-Language` header that we speak; Spanish where there is none. */
export const preferredLanguage = (header: string | undefined): Language => {
  const wishes = (header ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().split(';');
    const q = parameters.find((parameter) => parameter.trim().startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.trim().slice(2));
    return { language: tag.slice(0, 2).toLowerCase(), weight };
  });
  let best: { language: Language; weight: number } | undefined;
  for (const { language, weight } of wishes) {
    if (!isLanguage(language) || !(weight > (best?.weight ?? 0))) continue;
    best = { language, weight };
  }
  return best?.language ?? 'es';
};
harden(preferredLanguage);

/** A whole number with the language's separators. `toLocaleString` is tamed under lockdown; Intl is not. */
export const formatNumber = (value: bigint | number, language: Language): string =>
  // A true minus sign: a hyphen is easily overlooked, and read out as nothing.
  new Intl.NumberFormat(locales[language]).format(value).replace('-', '\u2212');
harden(formatNumber);
