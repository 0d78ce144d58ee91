/** One control: the form that calls one method of one facet. */
import type { ArgumentDescription, MethodDescription } from '@pocas/vat-runtime';
import type { Markup } from './markup.ts';
import { fieldName, isRequired } from '../description/arguments.ts';
import type { Mistake } from '../description/arguments.ts';
import { formatNumber } from '../description/language.ts';
import type { Language } from '../description/language.ts';
import {
  isList,
  isRecord,
  isText,
  itemArgument,
  offeredReference,
  own,
} from '../description/walk.ts';
import type { FacetLook } from './look.ts';
import { controlKey, say } from './rendering.ts';
import type { Draft, Rendering } from './rendering.ts';
import type { Words } from './messages.ts';

/** The item that a control stands on: the reference it hands over, and the words that name it. */
export type OnItem = { readonly argument: string; readonly reference: object };

/** A mistake in words. */
export const mistakeText = (mistake: Mistake, words: Words, language: Language): string =>
  mistake.code === 'small' || mistake.code === 'large'
    ? words[mistake.code](formatNumber(mistake.bound, language))
    : words.mistakes[mistake.code];

/** The id of the form field of an argument, as the error summary links to it. */
export const fieldId = (control: string, argument: string): string => `${control}.${argument}`;

type FieldProps = {
  r: Rendering;
  look: FacetLook;
  control: string;
  argument: ArgumentDescription;
  draft: Draft | undefined;
};

/** The items of a field as choices, for a second reference that a method takes. */
const Choices = ({
  r,
  look,
  argument,
  chosen,
}: FieldProps & { chosen: string | undefined }): Markup => {
  const from = argument.from ?? '';
  const field = look.description?.fields?.[from];
  const items = look.view === undefined ? undefined : own(look.view, from);
  const choices = (isList(items) ? items : []).flatMap((item) => {
    const reference = offeredReference(item, argument.name, field?.item);
    if (reference === undefined) return [];
    const heading =
      isRecord(item) && field?.item !== undefined ? own(item, field.item.heading) : undefined;
    const label = r.page.parts.get(reference)?.description?.label;
    const words = field?.item?.fields[field.item.heading]?.values;
    const named =
      typeof heading === 'string' && words !== undefined ? own(words, heading) : heading;
    const text = String(
      isText(named)
        ? named[r.language]
        : (named ?? heading ?? (label === undefined ? r.words.open : say(label, r.language))),
    );
    return [{ address: r.page.addressOf(reference), text }];
  });
  return (
    <>
      <option value="">{r.words.choose}</option>
      {choices.map(({ address, text }) => (
        <option value={address} selected={address === chosen}>
          {text}
        </option>
      ))}
    </>
  );
};

const Field = (props: FieldProps): Markup => {
  const { r, control, argument, draft } = props;
  const { name, kind, label, help, unit, initial, values } = argument;
  const id = fieldId(control, name);
  const mistake = draft?.mistakes.get(name);
  const value = draft?.values.get(name) ?? initial ?? '';
  const described = [
    help === undefined ? '' : `${id}.help`,
    mistake === undefined ? '' : `${id}.mistake`,
  ].filter((one) => one !== '');
  const common = {
    id,
    name: fieldName(name),
    autocomplete: 'off',
    required: isRequired(argument),
    ...(described.length > 0 ? { 'aria-describedby': described.join(' ') } : {}),
    ...(mistake === undefined ? {} : { 'aria-invalid': 'true' as const }),
  };
  return (
    <div class="field">
      <label for={id}>
        {label === undefined ? name : say(label, r.language)}
        {unit === undefined ? '' : <span class="unit"> ({say(unit, r.language)})</span>}
      </label>
      {help === undefined ? (
        ''
      ) : (
        <p class="help" id={`${id}.help`}>
          {say(help, r.language)}
        </p>
      )}
      {kind === 'longText' ? (
        <textarea rows={4} {...common}>
          {value}
        </textarea>
      ) : kind === 'facet' ? (
        <select {...common}>
          <Choices {...props} chosen={draft?.values.get(name)} />
        </select>
      ) : values !== undefined && (kind === 'text' || kind === 'nat') ? (
        <select {...common}>
          {initial === undefined ? <option value="">{r.words.choose}</option> : ''}
          {Object.entries(values).map(([one, words]) => (
            <option value={one} selected={one === value}>
              {say(words, r.language)}
            </option>
          ))}
        </select>
      ) : kind === 'nat' ? (
        <input type="text" inputmode="numeric" class="nat" value={value} {...common} />
      ) : kind === 'secret' ? (
        <input type="password" spellcheck={false} value="" {...common} />
      ) : (
        <input type="text" value={value} {...common} />
      )}
      {mistake === undefined ? (
        ''
      ) : (
        <p class="mistake" id={`${id}.mistake`}>
          {mistakeText(mistake, r.words, r.language)}
        </p>
      )}
    </div>
  );
};

type ControlProps = {
  r: Rendering;
  look: FacetLook;
  name: string;
  method: MethodDescription;
  /** Words that tell this control from the same one on other items. */
  subject?: string | undefined;
  on?: OnItem | undefined;
  /** The only thing to do on the page: not folded away. */
  alone?: boolean;
};

/** Hidden field values: what the form hands over without asking. */
const Hidden = ({ name, value }: { name: string; value: string }): Markup => (
  // autocomplete off: a browser that goes back must not fill in an earlier request id.
  <input type="hidden" name={name} value={value} autocomplete="off" />
);

/**
 * A button where nothing is asked; otherwise a fold with the form in it, unless there is nothing
 * else to do. The fold is also the
 * confirmation: its text stands between the first press and the button that acts, with or
 * without scripts.
 */
export const Control = (props: ControlProps): Markup => {
  const { r, look, name, method, subject, on, alone = false } = props;
  const item = on === undefined ? undefined : r.page.addressOf(on.reference);
  const key = controlKey(look.address, name, item);
  const draft = r.draft?.key === key ? r.draft : undefined;
  const id = r.id(key);
  const label = say(method.label, r.language);
  const asked = method.args.filter(
    ({ kind, name: argument }) => kind !== 'requestId' && argument !== on?.argument,
  );
  const hiddenSubject =
    subject === undefined ? (
      ''
    ) : (
      <span class="unseen">
        {' '}
        <bdi>{r.words.for(subject)}</bdi>
      </span>
    );
  const action = `/c/${look.address}/${name}`;
  const form = (
    <form
      id={`${id}.form`}
      class="form"
      method="post"
      action={action}
      hx-post={action}
      novalidate
      autocomplete="off"
      {...(draft === undefined ? {} : { 'data-draft': '' })}
    >
      <Hidden name="page" value={r.page.root.address} />
      {method.args.map((argument) =>
        argument.kind === 'requestId' ? (
          <Hidden name={fieldName(argument.name)} value={draft?.requestId ?? r.freshRequestId()} />
        ) : (
          ''
        ),
      )}
      {on === undefined ? '' : <Hidden name={fieldName(on.argument)} value={item!} />}
      {asked.map((argument) => (
        <Field r={r} look={look} control={id} argument={argument} draft={draft} />
      ))}
      {method.confirm === undefined ? '' : <p class="confirm">{say(method.confirm, r.language)}</p>}
      <button type="submit">
        {label}
        {hiddenSubject}
      </button>
    </form>
  );
  if (asked.length === 0 && method.confirm === undefined) {
    return (
      <div class="control" id={id}>
        {form}
        {method.help === undefined ? '' : <p class="help">{say(method.help, r.language)}</p>}
      </div>
    );
  }
  if (alone) {
    return (
      <div class="control card" id={id}>
        {method.help === undefined ? '' : <p class="help">{say(method.help, r.language)}</p>}
        {form}
      </div>
    );
  }
  return (
    <details class="control" id={id} open={draft !== undefined}>
      <summary>
        {label}
        {hiddenSubject}
      </summary>
      {method.help === undefined ? '' : <p class="help">{say(method.help, r.language)}</p>}
      {form}
    </details>
  );
};

/** Whether a method has a control of its own on its facet's page. */
const isOnPage = (method: MethodDescription): boolean =>
  method.hidden !== true && method.args.every(({ kind }) => kind !== 'facet');

/** The methods of a facet that stand on the items of its field `from`. */
export const itemMethods = (look: FacetLook, from: string): [string, MethodDescription, string][] =>
  Object.entries(look.description?.methods ?? {}).flatMap(
    ([name, method]): [string, MethodDescription, string][] => {
      const argument = itemArgument(method);
      // Every reference it takes must be one that the page can offer.
      const whole = method.args.every((one) => one.kind !== 'facet' || one.from !== undefined);
      return method.hidden !== true && whole && argument?.from === from
        ? [[name, method, argument.name]]
        : [];
    },
  );

/** All controls that belong to a facet as a whole, or to an item through its own facet. */
export const Controls = ({
  r,
  look,
  subject,
  main = false,
}: {
  r: Rendering;
  look: FacetLook;
  subject?: string | undefined;
  /** Whether the page is about this facet. */
  main?: boolean;
}): Markup => {
  const methods = Object.entries(look.description?.methods ?? {}).filter(([, method]) =>
    isOnPage(method),
  );
  return (
    <>
      {methods.map(([name, method]) => (
        <Control
          r={r}
          look={look}
          name={name}
          method={method}
          subject={subject}
          alone={main && methods.length === 1}
        />
      ))}
    </>
  );
};

/** Whether `Controls` would show anything. */
export const hasControls = (look: FacetLook): boolean =>
  Object.values(look.description?.methods ?? {}).some(isOnPage);
