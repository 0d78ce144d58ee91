/** Single values: text, numbers, words for an enumeration, links. */
import type { FieldDescription } from '@pocas/vat-runtime';
import type { Markup } from './markup.ts';
import { formatNumber } from '../description/language.ts';
import { isList, isReference, isText, maxItems } from '../description/walk.ts';
import { Icon } from './icons.tsx';
import type { Rendering } from './rendering.ts';
import { say } from './rendering.ts';

type Props = { r: Rendering; field: FieldDescription; value: unknown; whole?: unknown };

/** A link to the page of a facet, under the facet's own label where it tells one. */
export const FacetLink = ({ r, field, value }: Props & { value: object }): Markup => {
  const label = r.page.parts.get(value)?.description?.label ?? field.label;
  return (
    <a class="link" href={`/c/${r.page.addressOf(value)}`}>
      {say(label, r.language)}
      <Icon name="arrow" />
    </a>
  );
};

const Amount = ({ r, field, value }: Props & { value: bigint | number }): Markup => (
  <span class="amount">
    <data value={String(value)}>{formatNumber(value, r.language)}</data>
    {field.unit === undefined ? '' : <span class="unit"> {say(field.unit, r.language)}</span>}
  </span>
);

/** How full a bar is: in thousandths, since the whole may be larger than a number of the page can say. */
const thousandths = (value: bigint, whole: bigint): number =>
  value <= 0n ? 0 : value >= whole ? 1000 : Number((value * 1000n) / whole);

/** The bar of a part. The number beside it says the same in words, so that a reader need not hear it twice. */
const Bar = ({ value, whole }: { value: unknown; whole: unknown }): Markup =>
  typeof value === 'bigint' && typeof whole === 'bigint' && whole > 0n ? (
    <meter max="1000" value={String(thousandths(value, whole))} aria-hidden="true" />
  ) : (
    <></>
  );

/**
 * One value in its field. A text from a facet stands in `<bdi>`,
 * so that no direction mark in it reaches beyond it.
 */
export const Value = ({ r, field, value: given, whole }: Props): Markup => {
  const value = isText(given) ? given[r.language] : given;
  const named =
    typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean'
      ? Object.entries(field.values ?? {}).find(([key]) => key === String(value))?.[1]
      : undefined;
  if (named !== undefined) return <span class="tag">{say(named, r.language)}</span>;
  if (typeof value === 'string') {
    return (
      <span class="text">
        <bdi>{value}</bdi>
        {field.unit === undefined ? '' : <span class="unit"> {say(field.unit, r.language)}</span>}
      </span>
    );
  }
  if (typeof value === 'bigint' || typeof value === 'number') {
    return (
      <>
        <Amount r={r} field={field} value={value} />
        <Bar value={value} whole={whole} />
      </>
    );
  }
  if (typeof value === 'boolean') return <span>{value ? r.words.yes : r.words.no}</span>;
  if (isReference(value)) return <FacetLink r={r} field={field} value={value} />;
  if (isList(value) && value.length > 0) {
    return (
      <ul class="plain">
        {value.slice(0, maxItems).map((element) => (
          <li>
            <Value r={r} field={field} value={element} />
          </li>
        ))}
      </ul>
    );
  }
  return <span class="quiet">{r.words.none}</span>;
};

/** Whether a value is a number to be shown large, on its own. */
export const isStat = (field: FieldDescription, value: unknown): boolean =>
  typeof value === 'bigint' && field.values === undefined;
