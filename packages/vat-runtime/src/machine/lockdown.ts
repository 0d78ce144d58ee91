/**
 * Locks down this thread's realm. To be imported before anything that holds or meets a capability.
 *
 * Stock `@endo/marshal` prints every error that it sends, with its unredacted arguments, to the
 * console (FACTS 2, fault 8). That one line is dropped here; all other use of the console stays.
 */
import './time-zone.ts';
import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import 'ses';
import '@endo/eventual-send/shim.js';

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

lockdown({ overrideTaming: 'severe', errorTrapping: 'none', reporting: 'none' });

const { console } = globalThis;
globalThis.console = Object.freeze({
  ...console,
  log: (...args: unknown[]) => {
    if (args[0] !== 'Temporary logging of sent error') console.log(...args);
  },
});
