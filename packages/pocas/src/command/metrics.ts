/** `pocas metrics` */
import { E } from '@endo/far';
import { withOperator } from './operator.ts';

export type MetricsOptions = { data: string };

export const metrics = ({ data }: MetricsOptions): Promise<void> =>
  withOperator(data, async (operator) => {
    process.stdout.write(await E(operator).metrics());
  });
