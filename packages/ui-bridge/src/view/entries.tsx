/** The fields of a record: large numbers, lines, and what needs room of its own. */
import type { FieldDescription } from '@pocas/vat-runtime';
import { isList, isRecord, isReference, own } from '../description/walk.ts';
import type { ViewRecord } from '../description/walk.ts';
import type { Inner, Markup } from './markup.ts';
import type { Rendering } from './rendering.ts';
import { say } from './rendering.ts';
import { Value } from './value.tsx';

/** A heading of a level that follows the nesting, at most six deep. */
export const Heading = ({
  level,
  id,
  children,
}: {
  level: number;
  id?: string;
  children: Inner;
}): Markup => {
  const Tag = (['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const)[Math.min(level, 6) - 1]!;
  return <Tag {...(id === undefined ? {} : { id })}>{children}</Tag>;
};

/** A field that the view has, with its value, and what that is a part of, for a bar. */
export type Entry = readonly [
  key: string,
  field: FieldDescription,
  value: unknown,
  whole?: unknown,
];

export const entriesOf = (
  fields: { readonly [key: string]: FieldDescription },
  view: ViewRecord,
): Entry[] =>
  Object.entries(fields).flatMap(([key, field]): Entry[] =>
    Object.hasOwn(view, key)
      ? [[key, field, own(view, key), field.bar && own(view, field.bar.of)]]
      : [],
  );

/** Whether a field needs room of its own rather than a line. */
export const isRegion = ([, field, value]: Entry): boolean =>
  (field.embed === true && (isReference(value) || isList(value))) ||
  (field.item !== undefined && (isList(value) || isRecord(value))) ||
  (isList(value) && value.some(isReference));

export const Lines = ({ r, entries }: { r: Rendering; entries: readonly Entry[] }): Markup =>
  entries.length === 0 ? (
    <></>
  ) : (
    <dl class="lines">
      {entries.map(([, field, value, whole]) => (
        <div>
          <dt>{say(field.label, r.language)}</dt>
          <dd>
            <Value r={r} field={field} value={value} whole={whole} />
          </dd>
        </div>
      ))}
    </dl>
  );

export const Stats = ({ r, entries }: { r: Rendering; entries: readonly Entry[] }): Markup =>
  entries.length === 0 ? (
    <></>
  ) : (
    <dl class="stats">
      {entries.map(([, field, value, whole]) => (
        <div {...(field.prominent === true ? { class: 'prominent' } : {})}>
          <dt>{say(field.label, r.language)}</dt>
          <dd>
            <Value r={r} field={field} value={value} whole={whole} />
          </dd>
        </div>
      ))}
    </dl>
  );
