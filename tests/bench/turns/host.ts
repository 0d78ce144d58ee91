/** A vat host with a bank, driven by hand: what a node does with a crank, and nothing else. */
import { fileURLToPath } from 'node:url';
import { makeMemoryStorage } from '@pocas/vat-runtime/testing';
import {
  bundleVat,
  startInlineHost,
  type Committer,
  type HostEvents,
  type HostHandle,
  type HostReport,
} from '@pocas/vat-runtime/node';

export type Rows = readonly (readonly [key: string, value: string | undefined])[];

export type Bank = {
  /** Begins a transfer; its name comes back with its rows. */
  transfer(name: string): void;
};

const vat = '1';
const call = (questionID: string, target: string, body: string) =>
  ({
    type: 'deliver',
    vat,
    time: 0n,
    delivery: {
      kind: 'message',
      message: {
        type: 'CTP_CALL',
        epoch: 0,
        questionID,
        target,
        method: { body, slots: [] },
      },
    },
  }) as const;

/** Loads the bank into a host and opens two accounts, which are its objects 2 and 3. */
export const openBank = async (host: HostHandle): Promise<Bank> => {
  const { text, hash } = await bundleVat(fileURLToPath(new URL('./bank-vat.js', import.meta.url)));
  host.command({ type: 'module', module: hash, text });
  host.command({ type: 'load', vat, load: 1, module: hash, incarnation: 'bench' });
  host.command(call('q+1', 'o-dvat', '["make",[{},{"@qclass":"undefined"},{}]]'));
  host.command(call('q+2', 'o-d1.payer', '["open",[]]'));
  const args = { body: '#["$0","+1"]', slots: ['d3.account'] };
  return {
    transfer(name) {
      host.command({
        type: 'deliver',
        vat,
        time: 0n,
        delivery: { kind: 'send', item: name, target: 'd2.account', method: 'pay', args },
      });
    },
  };
};

/** Hears a host's reports, and nothing else of it. */
const reportsTo = (onReport: (report: HostReport) => void): HostEvents => ({
  onReport,
  onReady: () => {},
  onCarriedOut: () => {},
  onEnd({ reason }) {
    throw Error(`Cannot measure: the host ended (${reason})`);
  },
});

/** What a transfer writes: the rows of one in the middle of a run. */
export const sampleRows = (): Promise<Rows> =>
  new Promise((resolve) => {
    const transfers = 300;
    // Nothing is ever said to be on disk, so all rows stay in the host.
    const events = reportsTo((report) => {
      if (report.type !== 'crank') throw Error('Cannot measure: the bank was not loaded');
      if (report.done !== String(transfers)) return;
      resolve(report.crank.rows.map(([key, value]) => [`v/${vat}/${key}`, value]));
    });
    const host = startInlineHost(makeMemoryStorage(), events);
    void openBank(host).then(({ transfer }) => {
      for (let i = 1; i <= transfers; i += 1) transfer(String(i));
    });
  });

/** Takes reports as a node does. @returns what begins a transfer and says when it is on disk */
export const driveBank = async (
  store: Committer,
  startHost: (events: HostEvents) => HostHandle,
): Promise<(caller: number, done: () => void) => void> => {
  const waiting = new Map<string, () => void>();
  const onReport = (report: HostReport) => {
    if (report.type !== 'crank') throw Error('Cannot measure: the bank was not loaded');
    const { crank, number, done } = report;
    store.stage(crank.rows.map(([key, value]) => [`v/${vat}/${key}`, value] as const));
    store.whenDurable(() => {
      host.command({ type: 'durable', crank: number });
      if (done === undefined) return;
      const settle = waiting.get(done)!;
      waiting.delete(done);
      settle();
    });
  };
  const host = startHost(reportsTo(onReport));
  const bank = await openBank(host);
  return (caller, done) => {
    waiting.set(String(caller), done);
    bank.transfer(String(caller));
  };
};
