/**
 * Locks down this thread's realm. To be imported before anything that holds or meets a capability.
 *
 * Nothing that a thread prints shows more of an error than its words for others, nor a secret that can be
 * told by its form. Stock `@endo/marshal` says to the console which error it is about to send, with its
 * unredacted arguments (FACTS 2, fault 8); that is where `switchboard/errors.ts` looks at each of them.
 */
import './time-zone.ts';
import './finalizers.ts';
import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import 'ses';
import '@endo/eventual-send/shim.js';
import { asWriter, errorNames, onMarshalled } from '../switchboard/errors.ts';
import { makeThreadConsole, printLast, shownError } from './console.ts';
import { watchRejections } from './rejections.ts';

// Where async hooks are on (`node:test`, debuggers, any use of `AsyncLocalStorage`), Node marks each
// promise with numbers under two symbols, a hardened one too, if it is older than the hooks. A mark that
// does not hold leaves Node's stack of async contexts out of step, and Node aborts. So the marks are
// kept beside the promises: `Promise.prototype` takes them, and promises keep no property of their own.
for (const symbol of Object.getOwnPropertySymbols(new AsyncResource('probe'))) {
  if (!/^(?:trigger_)?async_id_symbol$/.test(symbol.description ?? '')) continue;
  const marks = new WeakMap<object, unknown>();
  Object.defineProperty(Promise.prototype, symbol, {
    configurable: true,
    get() {
      return marks.get(this);
    },
    set(value: unknown) {
      // Anything else may be shared between vats, and would let them pass each other notes.
      if (types.isPromise(this)) marks.set(this, value);
    },
  });
}

const stockConsole = globalThis.console;

lockdown({
  overrideTaming: 'severe',
  // Whatever is printed goes through our own console, which shows less than that of SES.
  consoleTaming: 'unsafe',
  errorTrapping: 'none',
  unhandledRejectionTrapping: 'none',
  reporting: 'none',
});

for (const name of errorNames) {
  const global = globalThis as unknown as Record<string, ErrorConstructor>;
  global[name] = asWriter(global[name]!);
}

const ownConsole = makeThreadConsole(stockConsole);
globalThis.console = Object.freeze({
  ...ownConsole,
  log: (...args: unknown[]) => {
    if (args[0] === 'Temporary logging of sent error') onMarshalled(args[1]);
    else ownConsole.log(...args);
  },
});

watchRejections((reason) => {
  printLast(`A promise was rejected, and nobody listened: ${shownError(reason)}`);
});
process.on('uncaughtException', (reason) => {
  // Whoever listens too says what becomes of the process.
  if (process.listenerCount('uncaughtException') > 1) return;
  printLast(`Cannot go on: ${shownError(reason)}`);
  process.exit(process.exitCode ?? 1);
});
