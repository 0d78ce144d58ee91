/** The text form of Prometheus, read by a parser that is not ours. */
import parse from 'parse-prometheus-text-format';

export type Family = {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** Of a histogram, `buckets` by their upper ends. */
  readonly metrics: readonly {
    readonly value?: string;
    readonly labels?: { readonly [name: string]: string };
    readonly buckets?: { readonly [end: string]: string };
    readonly count?: string;
  }[];
};

/** The families in a text, by name. */
export const parseMetrics = (text: string): Map<string, Family> =>
  new Map((parse(text) as Family[]).map((family) => [family.name, family]));

/** The values of one metric, by the value of its only label; '' without one. */
export const valuesOf = (text: string, name: string): { readonly [label: string]: number } =>
  Object.fromEntries(
    (parseMetrics(text).get(name)?.metrics ?? []).map(({ value, labels = {} }) => [
      Object.values(labels).join(),
      Number(value),
    ]),
  );
