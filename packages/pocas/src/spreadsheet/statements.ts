/** What a set-off was for one participant, in sentences. */
import { type Explanation, type Result, makeExplainer, sentencesOf } from '@pocas/clearing/setoff';
import type { Circle, Part } from './circle.ts';
import { formatDecimal } from './decimals.ts';
import { byName } from './positions.ts';
import { networkOf } from './solving.ts';

export type Naming = {
  readonly language: 'en' | 'es';
  /** What a row without an id is called. */
  readonly line: (line: number) => string;
  readonly creditLine: (line: number) => string;
};

/** Obligations are called by their ids or lines: their origins are hashes. */
const makeLabels = ({ debts, lines }: Part, { line, creditLine }: Naming): Map<string, string> =>
  new Map([
    ...debts.map((debt) => [debt.origin, debt.id === '' ? line(debt.line) : debt.id] as const),
    ...lines.map((one) => [one.origin, creditLine(one.line)] as const),
  ]);

const relabel = (explanation: Explanation, labels: ReadonlyMap<string, string>): Explanation => ({
  ...explanation,
  edges: explanation.edges.map((edge) => ({
    ...edge,
    origin: labels.get(edge.origin) ?? edge.origin,
  })),
});

/** Sentences for any participant of one currency. Names stand in them as they are. */
export const makeStatements = (
  { sign }: Circle,
  part: Part,
  result: Result,
  naming: Naming,
): ((participant: string) => readonly string[]) => {
  const explainer = makeExplainer(networkOf(part), result);
  const labels = makeLabels(part, naming);
  const write = (value: bigint): string => {
    const amount = formatDecimal(value, part.places, sign);
    return part.currency === '' ? amount : `${amount} ${part.currency}`;
  };
  return (participant) =>
    sentencesOf(relabel(explainer(participant), labels), write).map(
      (text) => text[naming.language],
    );
};

/** More are too many to read, and are asked for one by one. */
const mostStatements = 300;

/** All statements as one text, by name; undefined where there are too many. */
export const writeStatements = (
  circle: Circle,
  results: readonly Result[],
  naming: Naming,
): string | undefined => {
  const blocks: string[] = [];
  for (const [i, part] of circle.parts.entries()) {
    const names = new Set(part.debts.flatMap(({ debtor, creditor }) => [debtor, creditor]));
    for (const { lender, borrower } of part.lines) names.add(lender).add(borrower);
    if (names.size > mostStatements || part.debts.length > 10 * mostStatements) return undefined;
    const statementOf = makeStatements(circle, part, results[i]!, naming);
    for (const name of [...names].toSorted(byName)) {
      blocks.push(
        statementOf(name)
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
  }
  return blocks.join('\n');
};
