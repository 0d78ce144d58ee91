/**
 * The power is cut: what was not synced is gone. The node runs under strace, which tells every change
 * of a file and every sync, so that a model of the disk (`disk.ts`) says what is found afterwards:
 * for the moment at which the process is killed, and for any moment before.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign, Scene } from './campaign.ts';
import { filesIn, makeDisk } from './disk.ts';
import { attempt, check, examine } from './examine.ts';
import { startSubject, within } from './subject.ts';
import { readTrace, traceInto, type Trace } from './trace.ts';
import { type Log, makeLog } from './transfers.ts';
import type { Workload } from './workload.ts';

/** Then another directory, so that an audit does not read ever more. */
const cutsOfOneNode = 6;
/** Moments before the end that are looked at, too. */
const earlierCuts = 2;
const maxWorkMillis = 400;
/**
 * Makes every sync take as long as on an SD card. An answer that does not wait for the disk then
 * has time to leave, where on a fast disk it would hardly be noticed.
 */
const slowSync = ['-e', 'inject=fsync,fdatasync:delay_enter=15000'];

/**
 * What the trace says was written is what is there. Without this, a way of writing that the model
 * does not know would pass for one that loses nothing.
 */
export const compareWithDisk = (
  directory: string,
  files: ReadonlyMap<string, Buffer>,
  unsure: ReadonlySet<string>,
): readonly string[] => {
  const paths = new Set([...files.keys(), ...filesIn(directory).files]);
  return [...paths]
    .filter((path) => !unsure.has(path))
    .filter((path) => {
      const modelled = files.get(path);
      return modelled === undefined || !readFileSync(path).equals(modelled);
    })
    .map((path) => `the trace does not explain what is in "${path}"`);
};

/** @param acknowledgedBefore - the clock, for acknowledgements that a cut must keep */
type Cut = { readonly after: number; readonly acknowledgedBefore: number };

/** Where the power is cut: some moments after `from`, in order, and the end. */
const chooseCuts = ({ steps }: Trace, from: number, { random }: Scene): readonly Cut[] => {
  const first = steps.findIndex(({ at }) => at > from);
  const chosen = new Set<number>();
  if (first >= 0) {
    for (let i = 0; i < earlierCuts; i += 1) chosen.add(first + random.below(steps.length - first));
  }
  chosen.delete(steps.length - 1);
  return [
    ...[...chosen]
      .toSorted((a, b) => a - b)
      .map((after) => ({ after, acknowledgedBefore: steps[after]!.at })),
    { after: steps.length - 1, acknowledgedBefore: Number.POSITIVE_INFINITY },
  ];
};

/** @param unsynced - the node makes the mistake that this campaign is there to find */
export const makePowerCut = (workload: Workload, unsynced = false): Campaign => ({
  name: 'power-cut',
  summary: 'only what was synced is still there',
  rounds: 100,
  async run(scene) {
    const { random } = scene;

    /** Runs the node on a directory until the power is cut. @returns the directory that is found then */
    const cutPower = async (directory: string, exists: boolean, log: Log): Promise<string> => {
      const disk = makeDisk(directory, exists);
      const output = `${directory}.trace`;
      const order = { directory, vats: workload.vats, unsynced };
      const subject = startSubject(order, traceInto(output, random.chance(0.5) ? slowSync : []));
      // Before a node was founded it has nothing to lose.
      let founded = exists ? 0 : Number.POSITIVE_INFINITY;
      await attempt(scene, subject, async () => {
        await subject.ready;
        founded = Math.min(founded, Date.now());
        const roots = await check(scene, subject, workload, log);
        void sleep(random.below(maxWorkMillis)).then(subject.kill);
        await workload.drive(roots, log, random.fork());
        await within('the end of the node', subject.ended);
        if (!subject.wasKilled()) throw Error('The node ended by itself');
      });
      await subject.ended;
      scene.crashed(log);
      const trace = readTrace(output, directory);
      let next = 0;
      let target = '';
      for (const { after, acknowledgedBefore } of chooseCuts(trace, founded, scene)) {
        for (; next <= after; next += 1) disk.apply(trace.steps[next]!);
        target = scene.newFolder();
        disk.cut(target, random);
        if (acknowledgedBefore === Number.POSITIVE_INFINITY) break;
        await examine(scene, workload, target, log.asOf(acknowledgedBefore));
      }
      scene.violated(compareWithDisk(directory, disk.files(), trace.unsure));
      return target;
    };

    let goesOn = scene.nextRound();
    while (goesOn) {
      let directory = scene.newFolder();
      const log = makeLog();
      for (let cuts = 0; goesOn && cuts < cutsOfOneNode; cuts += 1) {
        if (cuts > 0) scene.restarted();
        const before = directory;
        directory = await cutPower(before, cuts > 0, log);
        goesOn = scene.nextRound();
      }
      await examine(scene, workload, directory, log);
      scene.concluded(log);
    }
  },
});
