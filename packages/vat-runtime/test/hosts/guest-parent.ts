/** Starts the process of a guest, says what that one has, and ends it; then a rogue, which says what it can do. */
import '@pocas/vat-runtime/lockdown';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startVatProcess } from '#src/hosts/process.js';

const descriptorsOf = (pid: string): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`];
    } catch {
      // That of the folder that is read.
      return [];
    }
  });
const childOf = (pid: number): string =>
  readFileSync(`/proc/self/task/${pid}/children`, 'utf8').trim().split(' ').at(-1)!;

const options = { heapMebibytes: 128, maxReportBytes: 1 << 20 };
const nothing = () => {};

const lookAtHost = (): Promise<object> =>
  new Promise((resolve) => {
    let seen = {};
    const handle = startVatProcess(
      options,
      {
        onReady() {
          const pid = childOf(process.pid);
          const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
          seen = { environment, descriptors: descriptorsOf(pid), mine: descriptorsOf('self') };
          handle.kill!();
        },
        onReport: nothing,
        onCarriedOut: nothing,
        onEnd: () => resolve(seen),
      },
      nothing as () => undefined,
    );
  });

const askRogue = (): Promise<object> =>
  new Promise((resolve) => {
    const program = fileURLToPath(new URL('./rogue.js', import.meta.url));
    let found = {};
    const handle = startVatProcess(
      { ...options, program },
      {
        onReady: nothing,
        onReport(report) {
          if (report.type !== 'crank') return;
          found = JSON.parse(report.crank.lines[0]!) as object;
          handle.kill!();
        },
        onCarriedOut: nothing,
        onEnd: () => resolve(found),
      },
      nothing as () => undefined,
    );
    handle.command({ type: 'load', vat: '1', load: 1, module: 'm', incarnation: '1' });
    handle.command({ type: 'module', module: 'LOOK', text: '' });
  });

process.stdout.write(JSON.stringify({ ...(await lookAtHost()), found: await askRogue() }));
