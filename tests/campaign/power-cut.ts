/**
 * The power is cut: what was not synced is gone. The node runs under strace, which tells every change
 * of a file and every sync, so that a model of the disk (`disk.ts`) says what is found afterwards:
 * for the moment at which the process is killed, and for any moment before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign } from './campaign.ts';
import { compareWithDisk } from './compare-with-disk.ts';
import { makeDisk } from './disk.ts';
import { attempt, check, examine } from './examine.ts';
import type { Random } from './random.ts';
import { startSubject, within } from './subject.ts';
import { readTrace, traceInto, type Trace } from './trace.ts';
import { type Log, makeLog } from './transfers.ts';

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

/** @returns numbers of steps after `from`, in order, after which the power may be cut */
const chooseMoments = ({ steps }: Trace, from: number, random: Random): readonly number[] => {
  const first = steps.findIndex(({ at }) => at > from);
  if (first < 0) return [];
  return Array.from(
    { length: earlierCuts },
    () => first + random.below(steps.length - first),
  ).toSorted((a, b) => a - b);
};

/** @param unsynced - the node makes the mistake that this campaign is there to find */
export const makePowerCut = (unsynced = false): Campaign => ({
  name: 'power-cut',
  summary: 'only what was synced is still there',
  rounds: 100,
  async run(scene) {
    const { workload, random } = scene;

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
        const roots = await check(scene, subject, log);
        void sleep(random.below(maxWorkMillis)).then(subject.kill);
        await workload.drive(roots, log, random.fork());
        await within('the end of the node', subject.ended);
        if (!subject.wasKilled()) throw Error('The node ended by itself');
      });
      await subject.ended;
      scene.crashed(log);
      const trace = readTrace(output, directory);
      let next = 0;
      const applyTo = (end: number) => {
        for (; next < end; next += 1) disk.apply(trace.steps[next]!);
      };
      for (const moment of chooseMoments(trace, founded, random)) {
        applyTo(moment + 1);
        const target = scene.newFolder();
        disk.cut(target, random);
        // An answer that came before this step had waited for earlier ones only.
        await examine(scene, target, log.asOf(trace.steps[moment]!.at));
        scene.discard(target);
      }
      applyTo(trace.steps.length);
      scene.violated(compareWithDisk(directory, disk.files(), trace.unsure));
      const target = scene.newFolder();
      disk.cut(target, random);
      scene.discard(directory);
      scene.discard(output);
      return target;
    };

    let goesOn = scene.nextRound();
    while (goesOn) {
      let directory = scene.newFolder();
      const log = makeLog();
      for (let cuts = 0; goesOn && cuts < cutsOfOneNode; cuts += 1) {
        if (cuts > 0) scene.restarted();
        directory = await cutPower(directory, cuts > 0, log);
        goesOn = scene.nextRound();
      }
      await examine(scene, directory, log);
      scene.concluded(log);
    }
  },
});
