/** Pictures of who owes whom. Pure: texts in, a text out. */
export { drawPicture, percentOf } from './draw.ts';
export type { Owed, PictureLanguage, PictureOptions } from './types.ts';
