/** `pocas status` */
import { E } from '@endo/far';
import { withOperator } from './operator.ts';

export type StatusOptions = { data: string; json?: true };

export const status = ({ data, json }: StatusOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    const now = await E(operator).status();
    if (json) {
      process.stdout.write(`${JSON.stringify(now)}\n`);
      return;
    }
    const width = Math.max(...Object.keys(now).map(({ length }) => length));
    for (const [name, value] of Object.entries(now)) {
      process.stdout.write(`${name.padEnd(width)}  ${String(value)}\n`);
    }
  });
