/** A strip of cells, each as wide as its share: a shelf with what stands on it, a fund with its parts. */
import type { FieldDescription } from '@pocas/vat-runtime';
import { formatNumber } from '../description/language.ts';
import { isRecord, maxItems, own } from '../description/walk.ts';
import type { Markup } from './markup.ts';
import type { Rendering } from './rendering.ts';

const width = 1000;
const height = 120;
/** Colours of the style sheet, in turn. A cell also has its words and its edge. */
const shades = 6;
/** Below this a word is no more than its first letters. */
const narrowest = 60;

type Cell = { readonly words: string; readonly size: bigint; readonly isEmpty: boolean };

const cellsOf = (field: FieldDescription, elements: readonly unknown[]): Cell[] => {
  const { picture, heading } = field.item!;
  return elements.slice(0, maxItems).flatMap((element): Cell[] => {
    const record = isRecord(element) ? element : undefined;
    const size = record && own(record, picture!.width);
    if (record === undefined || typeof size !== 'bigint' || size <= 0n) return [];
    const words = own(record, heading);
    const isEmpty = picture!.empty !== undefined && own(record, picture!.empty) === true;
    return [{ words: typeof words === 'string' ? words : '', size, isEmpty }];
  });
};

/**
 * The picture of a list, where its description asks for one. All that it shows stands in the list below it,
 * in words, so it is hidden from those who have the page read to them.
 */
export const Picture = ({
  r,
  field,
  elements,
}: {
  r: Rendering;
  field: FieldDescription;
  elements: readonly unknown[];
}): Markup => {
  if (field.item?.picture === undefined) return <></>;
  const cells = cellsOf(field, elements);
  const whole = cells.reduce((sum, { size }) => sum + size, 0n);
  if (whole === 0n) return <></>;
  const at = (position: bigint): number => Number((position * BigInt(width)) / whole);
  let from = 0n;
  let shade = 0;
  return (
    <svg class="picture" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      {cells.map(({ words, size, isEmpty }) => {
        const x = at(from);
        from += size;
        const room = at(from) - x;
        return (
          <svg x={x} y="0" width={room} height={height}>
            <rect
              width={room}
              height={height}
              class={isEmpty ? 'free' : `shade${shade++ % shades}`}
            />
            {room < narrowest ? (
              ''
            ) : (
              <>
                <text x="12" y="52">
                  {words}
                </text>
                <text x="12" y="94" class="size">
                  {formatNumber(size, r.language)}
                </text>
              </>
            )}
          </svg>
        );
      })}
    </svg>
  );
};
