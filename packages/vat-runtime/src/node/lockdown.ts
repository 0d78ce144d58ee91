/**
 * Locks down this thread's realm. To be imported before anything that holds or meets a capability.
 *
 * Stock `@endo/marshal` prints every error that it sends, with its unredacted arguments, to the
 * console (FACTS 2, fault 8). That one line is dropped here; all other use of the console stays.
 */
import { AsyncResource } from 'node:async_hooks';
import 'ses';
import '@endo/eventual-send/shim.js';

// Where async hooks are on (`node:test`, debuggers), Node marks each promise with numbers under two
// symbols. `@endo/pass-style` accepts the marks only where `Promise.prototype` knows the symbols too.
for (const symbol of Object.getOwnPropertySymbols(new AsyncResource('probe'))) {
  if (!/^(?:trigger_)?async_id_symbol$/.test(symbol.description ?? '')) continue;
  Object.defineProperty(Promise.prototype, symbol, {
    configurable: true,
    get: () => undefined,
    set(value: unknown) {
      if (Object.isExtensible(this)) Object.defineProperty(this, symbol, { value, writable: true });
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
