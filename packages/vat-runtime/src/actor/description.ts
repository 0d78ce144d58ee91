/**
 * What a facet tells people about itself: labels, argument names and units, in each language.
 *
 * The interface guard says which calls are well formed; a description says what they mean to a person.
 * It decides nothing. A client that holds the facet reads it with `E(facet).__describe__()`
 * and makes its forms from it (SPEC U1).
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';

/** One sentence or label in every language that the project speaks. */
export type Text = { readonly en: string; readonly es: string };

/** How an argument is asked for and how its text becomes a value. */
export type ArgumentKind =
  /** one line of text, a `string` */
  | 'text'
  /** several lines of text, a `string` */
  | 'longText'
  /** a whole number, not negative, a `bigint` */
  | 'nat'
  /** a secret such as an invitation, a `string` that is never shown again */
  | 'secret'
  /** chosen by the client, at random, once for each intended act: makes a repetition harmless */
  | 'requestId'
  /** a reference that the page already shows; see `from` */
  | 'facet';

export type ArgumentDescription = {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** Needed for every kind that a person fills in. */
  readonly label?: Text;
  readonly help?: Text;
  readonly unit?: Text;
  /** The value that the form starts with. */
  readonly initial?: string;
  readonly min?: bigint;
  readonly max?: bigint;
  /** For `facet`: the field of the view whose items offer the reference; the control is shown on each item. */
  readonly from?: string;
  /** For `text` and `nat`: the only values there are, and the words for them. A person chooses one. */
  readonly values?: { readonly [value: string]: Text };
};

export type MethodDescription = {
  readonly label: Text;
  readonly help?: Text;
  /** In call order; as many as the guard takes. */
  readonly args: readonly ArgumentDescription[];
  /** Shown before an act that a person should think about. */
  readonly confirm?: Text;
  /** What to say when it was done, such as “Ordered.” */
  readonly done?: Text;
  /** What a refusal means here, by its code, where the general words would leave a person guessing. */
  readonly refusals?: { readonly [code: string]: Text };
  /** True where the method only makes a program's life easier and has no control on a page. */
  readonly hidden?: boolean;
};

export type FieldDescription = {
  readonly label: Text;
  readonly unit?: Text;
  /** The figure that matters most, to be seen first. */
  readonly prominent?: boolean;
  /** For a number that is a part of another field of the same record: shown as a bar too. */
  readonly bar?: { readonly of: string };
  /** Words for the values of an enumeration, by value. */
  readonly values?: { readonly [value: string]: Text };
  /**
   * For a field that holds an array of records.
   * `heading` and `controls` name keys of the record: the text that heads an item,
   * and the reference whose own controls belong to it.
   */
  readonly item?: {
    readonly heading: string;
    readonly fields: { readonly [key: string]: FieldDescription };
    readonly controls?: string;
    /**
     * Draws the array, above its items, as one strip with a cell for each, as wide as the number in the field
     * `width` says: a shelf, a fund. `empty` names a field that is true where nobody has the cell.
     */
    readonly picture?: { readonly width: string; readonly empty?: string };
    /** Shown where the array is empty. */
    readonly empty?: Text;
    /** Filled in by `describe`. */
    readonly order?: readonly string[];
  };
  /** For a field that holds a reference or an array of them: show its page here, not only a link. */
  readonly embed?: boolean;
};

export type Description = {
  readonly label: Text;
  readonly help?: Text;
  /** The field of the view whose text names this very facet, such as a market's name: it heads the page. */
  readonly title?: string;
  /** The method, without arguments, that answers the record to show. */
  readonly view?: string;
  /**
   * The method `(since?: string) => Promise<string>` that answers a version as soon as the view
   * may have changed from version `since`, and at once when `since` is absent or not the current one.
   */
  readonly changes?: string;
  /** The view's fields, in the order in which they are shown. Others are not shown. */
  readonly fields?: { readonly [key: string]: FieldDescription };
  /** The methods, in the order in which their controls are shown. */
  readonly methods: { readonly [method: string]: MethodDescription };
  /** The keys of `fields` and `methods` as they were written, filled in by `describe`: a message sorts a record's keys. */
  readonly order?: { readonly fields: readonly string[]; readonly methods: readonly string[] };
};

/** An interface guard with the words for it. */
export type Described<G> = { readonly guard: G; readonly description: Description };

type Fields = NonNullable<Description['fields']>;

const withItemOrders = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      if (field.item === undefined) return [name, field];
      const inner = withItemOrders(field.item.fields);
      return [
        name,
        { ...field, item: { ...field.item, fields: inner, order: Object.keys(inner) } },
      ];
    }),
  );

/**
 * Puts a description beside a guard. `defineActor` takes the result where it takes a guard.
 *
 * @example
 * const DoorI = describe(M.interface('Door', { open: M.call().returns() }), {
 *   label: { en: 'Door', es: 'Puerta' },
 *   methods: { open: { label: { en: 'Open', es: 'Abrir' }, args: [] } },
 * });
 */
export const describe = <G extends InterfaceGuard<Record<string, MethodGuard>>>(
  guard: G,
  description: Description,
): Described<G> => {
  const { fields = {}, methods } = description;
  return Object.freeze({
    guard,
    description: {
      ...description,
      ...(description.fields === undefined ? {} : { fields: withItemOrders(fields) }),
      order: { fields: Object.keys(fields), methods: Object.keys(methods) },
    },
  });
};
