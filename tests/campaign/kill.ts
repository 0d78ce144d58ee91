/** SIGKILL at random moments: while the node starts, while it is asked what it knows, at work. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign } from './campaign.ts';
import { attempt, check, examine } from './examine.ts';
import { startSubject, within } from './subject.ts';
import { makeLog } from './transfers.ts';

/** Then another directory, so that an audit does not read ever more. */
const crashesOfOneNode = 20;
/** A node is ready after about 400 ms, and has been asked all after 100 more. */
const maxEarlyMillis = 700;
const maxWorkMillis = 400;

export const kill: Campaign = {
  name: 'kill',
  summary: 'SIGKILL at random moments',
  rounds: 300,
  async run(scene) {
    const { workload, random } = scene;
    let goesOn = scene.nextRound();
    while (goesOn) {
      const directory = scene.newFolder();
      const log = makeLog();
      for (let crashes = 0; goesOn && crashes < crashesOfOneNode; crashes += 1) {
        if (crashes > 0) scene.restarted();
        const subject = startSubject({ directory, vats: workload.vats });
        const early = random.chance(0.25);
        const millis = random.below(early ? maxEarlyMillis : maxWorkMillis);
        const worker = random.fork();
        const work = attempt(scene, subject, async () => {
          const roots = await check(scene, subject, log);
          if (!early) void sleep(millis).then(subject.kill);
          await workload.drive(roots, log, worker);
          await within('the end of the node', subject.ended);
          if (!subject.wasKilled()) throw Error('The node ended by itself');
        });
        if (early) {
          await sleep(millis);
          subject.kill();
        }
        await work;
        await subject.ended;
        scene.crashed(log);
        goesOn = scene.nextRound();
      }
      await examine(scene, directory, log);
      scene.concluded(log);
      scene.discard(directory);
    }
  },
};
