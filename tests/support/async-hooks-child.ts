/**
 * A process of its own for `tests/async-hooks.test.ts`, because the test runner turns Node's async
 * hooks on before anything else. Prints one line of JSON.
 */
import '@pocas/vat-runtime/lockdown';
import { AsyncLocalStorage } from 'node:async_hooks';
import { MessageChannel } from 'node:worker_threads';
import { runNode } from '@pocas/pocas';

/** Whether Node marks promises, as it does while async hooks are on. */
const areHooksOn = (): boolean => Object.getOwnPropertySymbols(new Promise(() => {})).length > 0;

const afterPages = async (directory: string): Promise<boolean> => {
  const node = await runNode({
    directory,
    port: 0,
    onFatal(reason) {
      throw Error(reason);
    },
  });
  await (await fetch(new URL(node.url).origin)).text();
  await node.stop();
  return areHooksOn();
};

/** Lets a hardened promise settle that is older than the hooks, inside a callback of the host. */
const settleHardened = async (): Promise<string> => {
  let settle = (_text: string) => {};
  const promise = Object.freeze(
    new Promise<string>((resolve) => {
      settle = resolve;
    }),
  );
  const settled = Object.freeze(promise.then((text) => text));
  new AsyncLocalStorage().run({}, () => {});
  const { port1, port2 } = new MessageChannel();
  port1.once('message', () => settle('settled'));
  port2.postMessage('now');
  const text = await settled;
  port1.close();
  return text;
};

const [, , what, directory = ''] = process.argv;
const answer = what === 'pages' ? await afterPages(directory) : await settleHardened();
process.stdout.write(`${JSON.stringify(answer)}\n`);
