/** SIGKILL around every single write of a short life, from the founding of the node on. */
import type { Campaign } from './campaign.ts';
import { type Moment, places } from './die-at.ts';
import { attempt, check, examine } from './examine.ts';
import { startSubject, within } from './subject.ts';
import { type Log, makeLog } from './transfers.ts';
import { makeRandom } from './random.ts';

const transfersOfOneLife = 30;
const seedOfEachLife = 1;

export const writePoints: Campaign = {
  name: 'write-points',
  summary:
    'SIGKILL around each write: before it is issued, when it is on disk, when it is anchored',
  rounds: 1_000,
  async run(scene) {
    const { workload } = scene;

    /** @returns how many writes it had, where it was not ended before its time */
    const live = async (directory: string, log: Log, moment?: Moment) => {
      const order = { directory, vats: workload.vats };
      const subject = startSubject(moment === undefined ? order : { ...order, moment });
      const work = async () => {
        const roots = await check(scene, subject, log);
        const chance = makeRandom(seedOfEachLife);
        const driven = workload.drive(roots, log, chance, transfersOfOneLife);
        await within('the end of the transfers', driven);
        subject.stop();
      };
      if (moment === undefined) await attempt(scene, subject, work);
      // The process may end at any moment, so that any of this may fail.
      else await work().catch(() => {});
      const { code, writes, stderr } = await within('the end of the node', subject.ended);
      if (code !== undefined && code !== 0) scene.violated([`It ended with ${code}: ${stderr}`]);
      return writes;
    };

    // How turns share writes depends on the machine a little, so that a life may have a few more.
    const writes = (await live(scene.newFolder(), makeLog()))! + 2;
    const moments = places.flatMap((place) =>
      Array.from({ length: writes }, (_, index): Moment => ({ write: index + 1, place })),
    );
    // In any order, so that a run which is cut short has seen some of all.
    while (moments.length > 0 && scene.nextRound()) {
      const [moment] = moments.splice(scene.random.below(moments.length), 1);
      const directory = scene.newFolder();
      const log = makeLog();
      if ((await live(directory, log, moment)) === undefined) scene.crashed(log);
      await examine(scene, directory, log);
      scene.concluded(log);
      scene.discard(directory);
    }
  },
};
