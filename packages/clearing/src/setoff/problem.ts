/** What a problem has to be, before anybody works on it. */
import { maxEdges, maxParticipants, shown } from './limits.ts';
import type { Debts, Problem } from './types.ts';

const isCount = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

const checkEnds = (
  action: string,
  what: string,
  participants: number,
  column: readonly number[],
): void => {
  for (let i = 0; i < column.length; i += 1) {
    if (isCount(column[i], participants - 1)) continue;
    throw RangeError(
      `Cannot ${action}: ${what} ${i} is ${shown(column[i])}, not one of ${participants} participants`,
    );
  }
};

/** @throws TypeError, RangeError where columns are not as long as each other, or say what cannot be */
export const checkDebts = (action: string, debts: Debts): void => {
  const { participants, debtors, creditors, amounts } = debts;
  if (!isCount(participants, maxParticipants)) {
    throw RangeError(
      `Cannot ${action}: ${shown(participants)} is no number of participants up to ${maxParticipants}`,
    );
  }
  for (const [name, column] of Object.entries({ debtors, creditors, amounts })) {
    if (!Array.isArray(column)) throw TypeError(`Cannot ${action}: its ${name} are no array`);
    if (column.length === debtors.length) continue;
    throw RangeError(
      `Cannot ${action}: it has ${debtors.length} debtors and ${column.length} ${name}`,
    );
  }
  if (debtors.length > maxEdges) {
    throw RangeError(`Cannot ${action}: it has ${debtors.length} edges, more than ${maxEdges}`);
  }
  checkEnds(action, 'debtor', participants, debtors);
  checkEnds(action, 'creditor', participants, creditors);
  for (let i = 0; i < amounts.length; i += 1) {
    const amount: unknown = amounts[i];
    if (typeof amount !== 'bigint') {
      throw TypeError(`Cannot ${action}: amount ${i} is ${shown(amount)}, not a bigint`);
    }
    if (amount < 0n)
      throw RangeError(`Cannot ${action}: amount ${i} is ${shown(amount)}, below zero`);
  }
};

/** @throws TypeError, RangeError as `checkDebts` */
export const checkProblem = (action: string, problem: Problem): void => {
  checkDebts(action, problem);
  const { debtors, weights } = problem;
  if (!Array.isArray(weights)) throw TypeError(`Cannot ${action}: its weights are no array`);
  if (weights.length !== debtors.length) {
    throw RangeError(
      `Cannot ${action}: it has ${debtors.length} debtors and ${weights.length} weights`,
    );
  }
  for (let i = 0; i < weights.length; i += 1) {
    const weight: unknown = weights[i];
    if (typeof weight === 'bigint') continue;
    throw TypeError(`Cannot ${action}: weight ${i} is ${shown(weight)}, not a bigint`);
  }
};
