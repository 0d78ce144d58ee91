/** `pocas vault status` and `pocas vault request`: how a vault stands, and asking to see something. */
import { E } from '@endo/far';
import type { RequestItem, SegmentItem, VaultShare, VaultShareView } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { shown } from '../spreadsheet/shown.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { newRequest, reasonOf, shareOf, withVault } from './vault-key.ts';

const time = (milliseconds: bigint): string =>
  `${new Date(Number(milliseconds)).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const segmentLine = ({ segment, camera, from, to, isHeld }: SegmentItem): string =>
  `  ${segment}  ${shown(camera)}, ${time(from)} to ${time(to)}${isHeld ? ', kept for a case' : ''}\n`;
const requestLine = (item: RequestItem): string => {
  const { number, phase, by, reason, segments, viewers, opens, present, holders } = item;
  const who = by === '' ? 'somebody who was there' : shown(by);
  return `  ${number}  ${phase}: ${who} asks for ${segments}, for ${shown(viewers)}: ${shown(reason)}\n     answered from ${time(opens)} on; ${present} who were there and ${holders} holders were told\n`;
};

export type StatusOptions = { readonly keyFile: string; readonly vault?: string };

export const vaultStatus = ({ keyFile, vault }: StatusOptions): Promise<void> =>
  withVault(keyFile, async (object, view) => {
    if ('groupKey' in view && 'toDelete' in view) {
      const isOpen = view['isOpen'] === true ? 'may record' : 'may not record yet';
      process.stdout.write(
        `Camera ${shown(String(view['camera']))} ${isOpen}; files to delete: ${String(view['toDelete'])}\n`,
      );
      return;
    }
    // The cast holds for what shows itself as a share does.
    const share = (await shareOf(object, view, vault)) as Facet<VaultShare>;
    const said: VaultShareView = await E(share).view();
    const { place, phase, print, threshold, holders, left, quota, keeps } = said;
    process.stdout.write(
      `${shown(place)}: ${phase}; ${threshold} of ${holders} open together; you: ${keeps}, ${left} of ${quota} segments left to ask for\n`,
    );
    if (print !== '') process.stdout.write(`The key reads ${print}\n`);
    process.stdout.write(said.requests.map(requestLine).join(''));
    process.stdout.write(said.segments.map(segmentLine).join(''));
  });

export type RequestOptions = StatusOptions & {
  readonly reason: string;
  readonly viewer: string;
  readonly viewerCode: string;
};

export const vaultRequest = (
  segments: readonly string[],
  { keyFile, vault, reason, viewer, viewerCode }: RequestOptions,
): Promise<void> =>
  withVault(keyFile, async (object, view) => {
    const share = (await shareOf(object, view, vault)) as Facet<VaultShare>;
    const viewers = [{ name: viewer, key: viewerCode }];
    const asked = await E(share).request({ segments, reason, viewers }, newRequest());
    if (!asked.ok) throw new CommandError(`Cannot ask: ${reasonOf(asked.code)}`, exitCodes.refused);
    const { opens, present, holders } = await E(asked.request).view();
    process.stdout.write(
      `Request ${asked.number}. ${present} who were there and ${holders} holders are told. It can be answered from ${time(opens)} on.\n`,
    );
  });
