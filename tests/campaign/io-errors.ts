/**
 * The disk refuses: a sync fails (EIO), or there is no room for a write (ENOSPC). strace makes the
 * calls fail, once or for good. Then the process has to end by itself, say why, and have acknowledged
 * nothing that is not there.
 */
import { join } from 'node:path';
import type { Campaign } from './campaign.ts';
import { compareWithDisk } from './compare-with-disk.ts';
import { makeDisk } from './disk.ts';
import { check, examine } from './examine.ts';
import { startSubject, within } from './subject.ts';
import { readTrace, traceInto } from './trace.ts';
import { type Log, makeLog } from './transfers.ts';

/** A start has a few of these calls, a transfer about three. They are counted for each thread. */
const maxCallsBefore = 40;
const transfersOfOneRun = 400;
const faultsOfOneNode = 5;

/** LevelDB numbers its files, so these are all that it can make in one round. */
const maxFileNumber = 600;

type Fault = { readonly name: string; strace(directory: string, when: string): readonly string[] };

const faults: readonly Fault[] = [
  {
    name: 'EIO at a sync',
    strace: (_directory, when) => ['-e', `inject=fsync,fdatasync:error=EIO:when=${when}`],
  },
  {
    name: 'ENOSPC at a write',
    // Sockets are written to by the same call, so this is only for the store's files, by their names.
    strace: (directory, when) => [
      ...Array.from({ length: maxFileNumber }, (_, number) => {
        const digits = String(number).padStart(6, '0');
        return [`${digits}.log`, `${digits}.ldb`, `${digits}.dbtmp`, `MANIFEST-${digits}`];
      })
        .flat()
        .flatMap((name) => ['-P', join(directory, 'store', name)]),
      '-P',
      join(directory, 'anchor'),
      '-e',
      `inject=write,pwrite64:error=ENOSPC:when=${when}`,
    ],
  },
];

export const ioErrors: Campaign = {
  name: 'io-errors',
  summary: 'a sync or a write of the store fails',
  rounds: 100,
  async run(scene) {
    const { workload, random } = scene;

    const runWithFault = async (directory: string, log: Log) => {
      const fault = faults[random.below(faults.length)]!;
      const when = `${1 + random.below(maxCallsBefore)}${random.chance(0.5) ? '+' : ''}`;
      const disk = makeDisk(directory, true);
      const output = `${directory}.trace`;
      const subject = startSubject(
        { directory, vats: workload.vats },
        traceInto(output, fault.strace(directory, when)),
      );
      const complain = (what: string) => scene.violated([`${fault.name} ${when}: ${what}`]);
      let failure: unknown;
      try {
        const roots = await check(scene, subject, log);
        const driven = workload.drive(roots, log, random.fork(), transfersOfOneRun);
        await within('the end of the transfers', driven);
        // Where the fault was not reached, this is how it ends.
        subject.stop();
      } catch (error) {
        failure = error;
      }
      const { code, stderr } = await within('the end of the node', subject.ended).catch(() => {
        complain('the node goes on');
        subject.kill();
        return subject.ended;
      });
      const { steps, faults: hit, unsure } = readTrace(output, directory);
      if (hit === 0) {
        if (failure !== undefined || code !== 0) complain(`not reached, and it ended: ${stderr}`);
        return;
      }
      scene.crashed(log);
      if (code === undefined || code === 0) complain(`the node ended with ${code}`);
      if (!/\S/.test(stderr)) complain('the node ended without a word');
      // A trace of some files only says nothing of the disk.
      if (fault.name.startsWith('ENOSPC')) return;
      for (const step of steps) disk.apply(step);
      scene.violated(compareWithDisk(directory, disk.files(), unsure));
      // What a failed sync should have kept may be gone. This also shows an acknowledgement that
      // was given although the sync before it had failed.
      const target = scene.newFolder();
      disk.cut(target, random);
      await examine(scene, target, log.asOf(Number.POSITIVE_INFINITY));
      scene.discard(target);
      scene.discard(output);
    };

    let goesOn = scene.nextRound();
    while (goesOn) {
      const directory = scene.newFolder();
      const log = makeLog();
      // A node that is founded in peace; a first start that fails has nothing to lose.
      await examine(scene, directory, log);
      for (let count = 0; goesOn && count < faultsOfOneNode; count += 1) {
        await runWithFault(directory, log);
        await examine(scene, directory, log);
        goesOn = scene.nextRound();
      }
      scene.concluded(log);
    }
  },
};
