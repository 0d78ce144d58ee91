/** One start of a node on a directory that a crash has left: is all there, and does it work again? */
import { existsSync } from 'node:fs';
import type { Scene } from './campaign.ts';
import { type Subject, startSubject, within } from './subject.ts';
import type { Log } from './transfers.ts';

/** Enough to see that value moves. */
const fewTransfers = 12;

/**
 * Runs a part of a campaign with a subject. An error is a violation, unless the subject was killed
 * meanwhile: then whatever was under way has failed, as it should.
 */
export const attempt = async (
  scene: Scene,
  subject: Subject,
  body: () => Promise<void>,
): Promise<void> => {
  try {
    await body();
  } catch (error) {
    if (subject.wasKilled()) return;
    scene.violated([error instanceof Error ? error.message : String(error)]);
    subject.kill();
  }
};

export const check = async (
  scene: Scene,
  subject: Subject,
  log: Log,
): Promise<readonly unknown[]> => {
  const roots = await within('the link', subject.connect());
  scene.violated(await within('the audit', scene.workload.check(roots, log)));
  return roots;
};

export const examine = async (scene: Scene, directory: string, log: Log): Promise<void> => {
  const { workload } = scene;
  if (existsSync(directory)) scene.restarted();
  const subject = startSubject({ directory, vats: workload.vats });
  await attempt(scene, subject, async () => {
    const roots = await check(scene, subject, log);
    const driven = workload.drive(roots, log, scene.random.fork(), fewTransfers);
    await within('the end of new transfers', driven);
    scene.violated(await within('the second audit', workload.check(roots, log)));
    subject.stop();
    const { code, stderr } = await within('the end of the node', subject.ended);
    if (code !== 0) throw Error(`The node did not stop as it was told (${code}): ${stderr}`);
  });
  await subject.ended;
};
