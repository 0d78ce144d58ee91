/** One facet: what it shows, what can be done with it, and the facets inside it. */
import type { FieldDescription } from '@pocas/vat-runtime';
import type { Markup } from './markup.ts';
import { formatNumber } from '../description/language.ts';
import {
  isList,
  isRecord,
  isReference,
  isText,
  maxItems,
  offeredReference,
  own,
} from '../description/walk.ts';
import type { FacetLook } from './look.ts';
import { Control, Controls, hasControls, itemMethods } from './control.tsx';
import { entriesOf, Heading, isRegion, Lines, Stats } from './entries.tsx';
import { Icon } from './icons.tsx';
import { Picture } from './picture.tsx';
import type { Rendering } from './rendering.ts';
import { say } from './rendering.ts';
import { FacetLink, isStat, Value } from './value.tsx';

/** Shown in place of what did not answer. The link asks again. */
export const Unreachable = ({ r }: { r: Rendering }): Markup => (
  <div class="unreachable">
    <Icon name="cloud" />
    <div>
      <p>
        <strong>{r.words.unreachable}</strong>
      </p>
      <p>{r.words.unreachableHelp}</p>
      <p>
        <a class="link" href={`/c/${r.page.root.address}`}>
          {r.words.again}
        </a>
      </p>
    </div>
  </div>
);

type Inside = { r: Rendering; level: number };

/** One element of a list: a record, or a bare reference. */
const Item = ({
  r,
  level,
  owner,
  name,
  field,
  value,
}: Inside & {
  owner: FacetLook;
  name: string;
  field: FieldDescription;
  value: unknown;
}): Markup => {
  const description = isRecord(value) ? field.item : undefined;
  const record = isRecord(value) ? value : undefined;
  const headingValue =
    description === undefined || record === undefined
      ? undefined
      : own(record, description.heading);
  const headingField = description?.fields[description.heading] ?? { label: field.label };
  const controlled =
    description?.controls === undefined || record === undefined
      ? undefined
      : own(record, description.controls);
  const controls = isReference(controlled) ? r.page.parts.get(controlled) : undefined;
  const named =
    typeof headingValue === 'string' && headingField.values !== undefined
      ? (own(headingField.values, headingValue) ?? headingValue)
      : headingValue;
  const subject =
    typeof named === 'string'
      ? named
      : typeof named === 'bigint'
        ? formatNumber(named, r.language)
        : isText(named)
          ? named[r.language]
          : undefined;
  const entries =
    description === undefined || record === undefined
      ? []
      : entriesOf(description.fields, record).filter(([key]) => key !== description.heading);
  const offered = itemMethods(owner, name).flatMap(([method, about, argument]) => {
    const reference = offeredReference(value, argument, field.item);
    return reference === undefined ? [] : [{ method, about, argument, reference }];
  });
  return (
    <li class="item">
      {headingValue === undefined ? (
        isReference(value) ? (
          <FacetLink r={r} field={field} value={value} />
        ) : (
          ''
        )
      ) : (
        <Heading level={level}>
          <Value r={r} field={headingField} value={headingValue} />
        </Heading>
      )}
      <Lines r={r} entries={entries.filter((entry) => !isRegion(entry))} />
      {record === undefined
        ? ''
        : entries
            .filter(isRegion)
            .map(([key, inner, part]) => (
              <Region
                r={r}
                level={level + 1}
                owner={owner}
                name={`${name}.${key}`}
                field={inner}
                value={part}
              />
            ))}
      {offered.map(({ method, about, argument, reference }) => (
        <Control
          r={r}
          look={owner}
          name={method}
          method={about}
          subject={subject}
          on={{ argument, reference }}
        />
      ))}
      {controls === undefined ? (
        ''
      ) : controls.description === undefined ? (
        <p class="quiet">{r.words.unreachable}</p>
      ) : (
        <Controls r={r} look={controls} subject={subject ?? ''} />
      )}
    </li>
  );
};

/** Whether the items of a field are a heading and a value or two each, with nothing to do. */
const isPlainList = (owner: FacetLook, name: string, { item }: FieldDescription): boolean =>
  item !== undefined &&
  item.controls === undefined &&
  Object.keys(item.fields).length <= 3 &&
  Object.values(item.fields).every((field) => field.item === undefined && field.embed !== true) &&
  itemMethods(owner, name).length === 0;

/** A short item on one line. */
const Row = ({
  r,
  field,
  value,
}: {
  r: Rendering;
  field: FieldDescription;
  value: unknown;
}): Markup => {
  const { heading, fields } = field.item!;
  if (!isRecord(value)) return <></>;
  const entries = entriesOf(fields, value);
  const first = entries.filter(([key]) => key === heading);
  return (
    <li>
      {[...first, ...entries.filter(([key]) => key !== heading)].map(([key, one, part, whole]) => (
        <span>
          {key === heading ? '' : <span class="unseen">{say(one.label, r.language)}: </span>}
          <Value r={r} field={one} value={part} whole={whole} />
        </span>
      ))}
    </li>
  );
};

/** A field with room of its own: a list of items, or facets shown in place. */
const Region = ({
  r,
  level,
  owner,
  name,
  field,
  value,
}: Inside & {
  owner: FacetLook;
  name: string;
  field: FieldDescription;
  value: unknown;
}): Markup => {
  if (isReference(value)) {
    const look = r.page.parts.get(value);
    // Past the depth limit, or shown further up already: a link.
    const inPlace =
      look !== undefined &&
      (look.view !== undefined || !look.reachable || look.description?.view === undefined);
    if (!inPlace || !r.embed(value)) {
      return (
        <p>
          <FacetLink r={r} field={field} value={value} />
        </p>
      );
    }
    return <FacetPart r={r} level={level} look={look} field={field} />;
  }
  const elements = isList(value) ? value : [value];
  if (field.embed === true && elements.length > 0 && elements.every(isReference)) {
    return (
      <>
        {elements.slice(0, maxItems).map((element) => (
          <Region r={r} level={level} owner={owner} name={name} field={field} value={element} />
        ))}
      </>
    );
  }
  const left = elements.length - maxItems;
  return (
    <section class="region">
      <Heading level={level}>{say(field.label, r.language)}</Heading>
      <Picture r={r} field={field} elements={elements} />
      {elements.length === 0 ? (
        <p class="quiet">
          {field.item?.empty === undefined ? r.words.empty : say(field.item.empty, r.language)}
        </p>
      ) : isPlainList(owner, name, field) ? (
        <ul class="rows">
          {elements.slice(0, maxItems).map((element) => (
            <Row r={r} field={field} value={element} />
          ))}
        </ul>
      ) : (
        <ul class="items">
          {elements.slice(0, maxItems).map((element) => (
            <Item r={r} level={level + 1} owner={owner} name={name} field={field} value={element} />
          ))}
        </ul>
      )}
      {left > 0 ? <p class="quiet">{r.words.more(formatNumber(left, r.language))}</p> : ''}
    </section>
  );
};

/** A facet with everything in it. `field` is the one it is embedded by, if any: its label stands in for one that does not come. */
export const FacetPart = ({
  r,
  level,
  look,
  field,
}: Inside & { look: FacetLook; field?: FieldDescription }): Markup => {
  const { description, view } = look;
  const label = description?.label ?? field?.label;
  const kind = label === undefined ? r.words.unreachable : say(label, r.language);
  const given =
    view === undefined || description?.title === undefined ? '' : own(view, description.title);
  const named = isText(given) ? given[r.language] : given;
  const isNamed = typeof named === 'string' && named !== '';
  const title = isNamed ? named : kind;
  const entries = view === undefined ? [] : entriesOf(description?.fields ?? {}, view);
  const lines = entries.filter(
    (entry) => !isRegion(entry) && !(isNamed && entry[0] === description?.title),
  );
  const stats = lines.filter(([, one, value]) => isStat(one, value));
  const id = r.id(`f.${look.address}`);
  return (
    <section
      class={level === 1 ? 'facet root' : 'facet'}
      aria-labelledby={isNamed ? `${id}.kind ${id}` : id}
    >
      <header class="facet-head">
        {isNamed ? (
          <p class="eyebrow" id={`${id}.kind`}>
            {kind}
          </p>
        ) : (
          ''
        )}
        <Heading level={level} id={id}>
          {level > 1 && description !== undefined ? (
            <a href={`/c/${look.address}`}>{title}</a>
          ) : (
            title
          )}
        </Heading>
        {description?.help === undefined ? (
          ''
        ) : (
          <p class="lead">{say(description.help, r.language)}</p>
        )}
      </header>
      <div class="facet-body">
        {look.reachable ? '' : <Unreachable r={r} />}
        {lines.length === 0 ? (
          ''
        ) : (
          <div class="facts">
            <Stats r={r} entries={stats} />
            <Lines r={r} entries={lines.filter((entry) => !stats.includes(entry))} />
          </div>
        )}
        {hasControls(look) ? (
          <div class="acts" role="group" aria-label={`${r.words.acts}: ${title}`}>
            <Controls r={r} look={look} main={level === 1} />
          </div>
        ) : (
          ''
        )}
      </div>
      {entries.filter(isRegion).map(([key, one, value]) => (
        <Region r={r} level={level + 1} owner={look} name={key} field={one} value={value} />
      ))}
    </section>
  );
};
