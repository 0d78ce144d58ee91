/**
 * A notifier: the last value of something, with a version that only grows, for whoever wants to follow it.
 *
 * It is durable, versions too, so a follower goes on where it was after any restart and any lost link,
 * and is never shown an older value than it has seen. It is told the newest value and not each: what
 * changed in between is left out (that is a journal's). `watch` follows one from outside of vats.
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor } from '@pocas/vat-runtime';

export type Notice<Value = unknown> = { readonly value: Value; readonly version: bigint };

export type Notifier<Value = unknown> = {
  current(): Notice<Value>;
  /**
   * A promise for the newest value, once its version is past `after`. It may come sooner, with the
   * version that was known: where too many wait, those that waited longest are answered.
   */
  changedSince(after: bigint): Promise<Notice<Value>>;
};

/** To keep. */
export type Updater<Value = unknown> = {
  /** @returns the version of the new value */
  update(value: Value): bigint;
};

export type NotifierKit<Value = unknown> = {
  /** To hand out. */
  readonly notifier: Facet<Notifier<Value>>;
  readonly updater: Facet<Updater<Value>>;
};

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const NotifierI: Methods<'current' | 'changedSince'> = M.interface('Notifier', {
  current: M.call().returns(M.record()),
  changedSince: M.call(M.bigint()).returns(M.promise()),
});
const UpdaterI: Methods<'update'> = M.interface('Updater', {
  update: M.call(M.any()).returns(M.bigint()),
});

const makeKit = defineActor({
  name: 'Notifier',
  state: { value: M.any(), version: M.nat() },
  init: (value: unknown) => ({ value: value as any, version: 0n }),
  guards: { notifier: NotifierI, updater: UpdaterI },
  facets: {
    notifier: {
      current(): Notice {
        const { value, version } = this.state;
        return { value, version };
      },
      async changedSince(after: bigint): Promise<Notice> {
        const { notifier } = this.facets;
        const { version } = this.state;
        if (version <= after) {
          const mark = await changed(undefined, notifier);
          // What changed since this call began is not waited for.
          if (this.state.version === version) await changed(mark, notifier);
        }
        return { value: this.state.value, version: this.state.version };
      },
    },
    updater: {
      update(value: unknown): bigint {
        this.state.value = value as any;
        this.state.version += 1n;
        return this.state.version;
      },
    },
  },
  readOnly: ['notifier.changedSince'],
});

/** @param value - the first, in version 0 */
export const makeNotifier = <Value>(value: Value): NotifierKit<Value> => {
  const { notifier, updater } = makeKit(value);
  // Nothing in the actor looks at the value, so it is of the type that its maker says.
  return { notifier, updater } as unknown as NotifierKit<Value>;
};
