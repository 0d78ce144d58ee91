/** A process in which things go wrong with a secret at hand. What it prints is looked at by its parent. */
import { fixture, sleep, start } from './nodes.ts';
import { E } from '@endo/far';
import { Fail, X, makeError, annotateError } from '@endo/errors';
import { M } from '@endo/patterns';
import { makePower } from '@pocas/vat-runtime/node';

type Any = any;

const [way, folder, secret] = process.argv.slice(2) as [string, string, string];

/** It has the form of a secret, which is masked also where somebody wrote it. */
const swiss = 'Ab1_'.repeat(11).slice(1);

const withSecret = (): Any => {
  const error = makeError(X`hidden ${secret}`);
  annotateError(error, X`noted ${secret}`);
  return error;
};

const power = makePower('Loud', M.interface('Loud', {}, { defaultGuards: 'passable' }) as Any, {
  fail: (text: string) => Fail`no ${text}`,
  parse: (text: string) => JSON.parse(text) as unknown,
  late: async (text: string) => {
    await undefined;
    return BigInt(text);
  },
}) as Any;

const withNode = async (
  body: (failing: Any, loud: Any) => Promise<void>,
  options: { owner?: string } = {},
) => {
  const node = await start(folder);
  const failing: Any = await node.makeVat({
    module: fixture('failing'),
    label: 'failing',
    ...options,
  });
  const ignore = () => {};
  try {
    await body(failing, node.definePower('loud', power));
    // The line of a rejection belongs to a crank, which waits for the disk.
    await E(failing).count().catch(ignore);
    await node.settled();
  } finally {
    await node.stop();
  }
};

const failInAllWays = async (failing: Any) => {
  for (const method of ['print', 'unheard']) await E(failing)[method](withSecret().message);
  for (const written of ['fail', 'made', 'own', 'property', 'cause']) {
    await E(failing)
      .fail(written, secret)
      .catch(() => {});
    await E(failing)
      .failLater(written, secret)
      .catch(() => {});
  }
  await E(failing).print(secret);
  await E(failing)
    .lie(secret)
    .catch(() => {});
  // The words of the engine, in a console, of a secret that has the form of one.
  await E(failing)
    .fail('bigint', swiss)
    .catch(() => {});
};

const ways: Record<string, () => unknown> = {
  'console of the main thread': () => {
    const error = withSecret();
    for (const method of [
      'log',
      'info',
      'warn',
      'error',
      'debug',
      'trace',
      'dir',
      'table',
      'group',
    ] as const) {
      console[method](error);
      console[method]('an error:', error, { error }, swiss);
      console[method]('%s and %o', error, { deep: { deep: [error] } });
    }
    console.assert(false, error, swiss);
    try {
      JSON.parse(secret);
    } catch (made) {
      console.error(made);
    }
  },
  'rejection in the main thread': async () => {
    void Promise.reject(withSecret() as Error);
    void (async () => JSON.parse(secret) as unknown)();
    void Promise.reject(swiss as never);
    await sleep(1200);
    console.log('and it went on');
  },
  'rejection at the end of the main thread': () => {
    void Promise.reject(withSecret() as Error);
    void (async () => BigInt(secret))();
  },
  'throw in the main thread': () => {
    setImmediate(() => {
      throw withSecret();
    });
  },
  'throw of the engine in the main thread': () => {
    setImmediate(() => JSON.parse(secret));
  },
  'failing power': () =>
    withNode(async (failing, loud) => {
      for (const method of ['fail', 'parse', 'late']) {
        const { message } = await E(failing)
          .pass(loud, method, secret)
          .then(
            () => Error('it was answered'),
            (reason: Error) => reason,
          );
        console.log(`${method}: ${message}`);
      }
    }),
  'failing vat': () => withNode(failInAllWays),
  'failing vat of a guest': () => withNode(failInAllWays, { owner: 'guest' }),
  'rejection in a worker': () => withNode((failing) => E(failing).unheard('said')),
  'rejection in the process of a guest': () =>
    withNode((failing) => E(failing).unheard('said'), { owner: 'guest' }),
};

await ways[way]!();
