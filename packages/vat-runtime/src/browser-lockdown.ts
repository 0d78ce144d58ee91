/**
 * Locks down a page. To be imported before everything else that it runs, and to be bundled into the same
 * file: a bundler that splits a page into several may run the others first, which fails, in words.
 *
 * `E`'s promises are loaded after the lockdown, not before it as in Node: so a page may be bundled for a
 * realm that has a `harden` (the condition `hardened` of `@endo/harden`), and leave out its other ones.
 * They take what they are made of from frozen intrinsics, and are frozen here, as a lockdown would do.
 */
import './client/page-realm.ts';
import '@endo/eventual-send/shim.js';

const { harden, HandledPromise } = globalThis as unknown as {
  harden: (value: unknown) => void;
  HandledPromise: unknown;
};
harden(HandledPromise);
