/** Whether this realm is one in which capabilities hold. */

/** What every object inherits, and what code of ours calls: whoever changes one of these is everywhere. */
const shared: readonly object[] = [
  ...[Object, Function, Array, Promise, Error, TypeError, Map, Set, WeakMap, WeakSet, RegExp, Date],
  ...[String, Number, Boolean, BigInt, Symbol, Proxy, JSON, Math, Reflect, ArrayBuffer, Uint8Array],
];

/** With what only syntax reaches. */
const inherited = (): readonly object[] => [
  ...shared.flatMap((value) => (value as { prototype?: object }).prototype ?? []),
  ...[async () => {}, function* () {}, async function* () {}, [][Symbol.iterator]()].map(
    (value) => Object.getPrototypeOf(value) as object,
  ),
];

/**
 * To be called before a socket is opened: where the intrinsics can be changed, any module that was
 * loaded may be at work in every reference that comes or goes.
 *
 * @param action - what is refused otherwise, "open a link"
 * @throws unless the intrinsics are frozen and `harden` hardens
 */
export const assertLockedDown = (action: string): void => {
  const refuse = (reason: string): never => {
    throw Error(
      `Cannot ${action}: ${reason}; import "@pocas/vat-runtime/lockdown", or call lockdown of "ses", before everything else`,
    );
  };
  if (![...shared, ...inherited()].every((value) => Object.isFrozen(value))) {
    refuse('this realm is not locked down');
  }
  const { harden } = globalThis as { harden?: (value: object) => void };
  const probe = { inner: { innermost: [] } };
  harden?.(probe);
  if (!Object.isFrozen(probe.inner.innermost)) refuse('this realm has no harden');
};
