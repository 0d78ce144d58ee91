/** A host on this thread, over any storage with a node's rows: for tests, where no vat need be kept from looping. */
import { addRejectionTaker } from '../machine/rejections.ts';
import { digests, rowChecksum } from '../machine/integrity.ts';
import { makeCheckedStorage } from '../store/checked-storage.ts';
import type { Storage } from '../store/storage.ts';
import { makeVatHost } from '../vat/host.ts';
import type { HostEvents, HostHandle } from './host-handle.ts';
import { makeVatConsole } from './vat-console.ts';

export const startInlineHost = (storage: Storage, events: HostEvents): HostHandle => {
  const rows = makeCheckedStorage(storage, rowChecksum);
  let begun = 0;
  let isRunning = false;
  const host = makeVatHost({
    read: (vat, key) => rows.get(`v/${vat}/${key}`),
    drained: () => new Promise((resolve) => setImmediate(resolve)),
    report: events.onReport,
    onBegin() {
      begun += 1;
      isRunning = true;
    },
    onEnd() {
      isRunning = false;
      events.onCarriedOut(1);
    },
    idle: () => {},
    makeConsole: makeVatConsole,
    digests,
  });
  const stopTaking = addRejectionTaker(host.noteRejection);
  queueMicrotask(events.onReady);
  return Object.freeze({
    readsStaged: false,
    command: host.command,
    progress: () => ({ begun, isRunning }),
    stop: () =>
      void host.stop().then(() => {
        stopTaking();
        events.onEnd({ reason: 'it was stopped', isFault: false });
      }),
  });
};
