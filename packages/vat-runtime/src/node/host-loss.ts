/** What becomes of the vats of a host that ended: who is to blame, and what their callers are told. */
import harden from '@endo/harden';
import type { Guilty, HostLoss } from '../hosts/hosts.ts';
import type { Log } from '../monitor/log.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { HostCommand } from '../vat/host.ts';
import type { AwakeVats } from './awake-vats.ts';
import type { Cranks } from './cranks.ts';
import type { Suspensions } from './suspensions.ts';

export type HostLossPowers = {
  readonly awake: Pick<AwakeVats, 'all' | 'fallAsleep'>;
  readonly switchboard: Switchboard;
  readonly cranks: Cranks;
  readonly suspensions: Suspensions;
  /** Its records wait for the disk. */
  readonly told: Log;
};

const LOST_HOST = 'its host was stopped';

/** The last answer to an item that a vat did not survive. */
const stoppedFailure = harden({
  code: 'stopped',
  message: 'the vat was stopped each time, since the message took too long or too much memory',
} as const);

/** @returns what is told of each loss, once all that the host reported was taken */
export const makeOnHostLoss = (powers: HostLossPowers): ((loss: HostLoss) => void) => {
  const { awake, switchboard, cranks, suspensions, told } = powers;

  const answerFor = (command: HostCommand, fate: 'failed' | 'not begun') => {
    if (command.type !== 'deliver' || command.delivery.kind !== 'message') return;
    const { message } = command.delivery;
    const party = switchboard.get(`v${command.vat}`);
    if (message.type !== 'CTP_CALL' || party === undefined) return;
    switchboard.answerFor(party, message.questionID, fate);
  };

  /** The vat of a command answers for what that did to their host. */
  const blame = (guilty: Guilty, host: string, fault: string) => {
    const { vat: id } = guilty;
    const isSuspended = suspensions.strike(id);
    told.tell('vat.struck', { vat: id, host, strikes: suspensions.strikesOf(id), fault });
    if (isSuspended) told.tell('vat.suspended', { vat: id, fault: suspensions.why(id)! });
    if (guilty.type !== 'deliver') return;
    const { delivery } = guilty;
    if (delivery.kind === 'message') return answerFor(guilty, 'failed');
    // It would only do it again.
    if (isSuspended) {
      cranks.drop(id, delivery.item, 'the vat did not survive it', stoppedFailure);
    }
  };

  return ({ host, reason, guilty, notBegun }) => {
    const { place } = host;
    const name = place.kind === 'owner' ? `of "${place.owner}"` : `number ${place.number}`;
    const lost = awake.all().filter((vat) => vat.host === host);
    // Whatever the end of one sets off for another waits until that one has ended too.
    for (const { party } of lost) switchboard.pause(party);
    if (guilty === undefined) told.tell('host.ended', { host: name, fault: reason });
    else blame(guilty, name, reason);
    for (const command of notBegun) answerFor(command, 'not begun');
    for (const vat of lost) awake.fallAsleep(vat, LOST_HOST);
  };
};
