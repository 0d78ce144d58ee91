/** What an operator sees of other nodes, and does about them. */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import { type Hints, makeHints, readHints } from '../locator/signed-hints.ts';
import type { SignedLocations } from '../locator/signed-locations.ts';
import { parseNodeLocator } from '../locator/sturdy-ref.ts';
import { formatNodeLocator } from '../locator/write-locator.ts';
import type { RelationStatus, Relations } from './relations.ts';

export type PeerStatus = {
  readonly designator: Designator;
  readonly label?: string;
  /** Where it was last seen. */
  readonly locations: readonly string[];
  /** Whether there is a link on which both agreed on what they remember. */
  readonly linked: boolean;
  /** Durable messages for it that wait, and those that it has and did not answer. */
  readonly waiting: number;
  readonly unanswered: number;
  /** When it was last heard, to the hour, in milliseconds since 1970. */
  readonly heard?: number;
  readonly quarantine?: RelationStatus['quarantine'] & {};
};

export type PeerAdmin = {
  /** Where other nodes find this one. */
  ownLocator(): string;
  list(): PeerStatus[];
  /** Remembers a node, and dials it. @throws where the text is no locator */
  add(locator: string, label?: string): PeerStatus;
  /**
   * Erases all that is kept of a node. What waits for it is answered as failed.
   * @param which - its designator, the beginning of it, or its label
   */
  remove(which: string): Promise<PeerStatus>;
  /** A new epoch with a node begins, once its operator wants it too. @throws where it is not quarantined */
  reconcile(which: string): PeerStatus;
};

export type PeerAdminPowers = {
  readonly designator: Designator;
  readonly ownLocations: () => SignedLocations | undefined;
  readonly relations: Relations;
  readonly locationsOf: (node: Designator) => readonly string[];
  /** Notes where a node is said to be, and that it is to be remembered. */
  readonly introduce: (node: Designator, hints: Hints) => void;
  /** Erases all that was given to a node and what is kept of it, beside the relation itself. */
  readonly erase: (node: Designator) => Promise<void>;
  /** Dials a node. */
  readonly reach: (node: Designator) => void;
};

const shortest = 6;

export const makePeerAdmin = (powers: PeerAdminPowers): PeerAdmin => {
  const { designator: own, relations, locationsOf } = powers;

  const statusOf = (designator: Designator): PeerStatus => {
    const { row, isUp, waiting, asks, quarantine } = relations.statusOf(designator);
    return {
      ...{ designator, locations: locationsOf(designator), linked: isUp, waiting },
      unanswered: asks,
      ...(row?.label === undefined ? {} : { label: row.label }),
      ...(row?.heard === undefined ? {} : { heard: row.heard }),
      ...(quarantine === undefined ? {} : { quarantine }),
    };
  };
  const find = (action: string, which: string): Designator => {
    const found = relations.nodes().filter((node) => {
      const isNamed = relations.statusOf(node).row?.label === which;
      return isNamed || node === which || (which.length >= shortest && node.startsWith(which));
    });
    if (found.length === 1) return found[0]!;
    throw Error(
      found.length === 0
        ? `Cannot ${action} peer: no node is known by this; see "pocas peer list"`
        : `Cannot ${action} peer: more than one node is known by this; give its whole designator`,
    );
  };

  return harden({
    ownLocator() {
      const signed = powers.ownLocations();
      const hints = signed === undefined ? {} : makeHints(signed);
      return formatNodeLocator({ designator: own, transport: 'websocket', hints });
    },
    list: () => relations.nodes().map(statusOf),
    add(text: string, label?: string) {
      const locator = parseNodeLocator(text);
      const { designator } = locator;
      if (designator === own) throw Error('Cannot add peer: it is this node itself');
      powers.introduce(designator, readHints(locator));
      relations.remember(designator, label);
      relations.readmit(designator);
      powers.reach(designator);
      return statusOf(designator);
    },
    async remove(which: string) {
      const node = find('remove', which);
      const status = statusOf(node);
      relations.forget(node);
      await powers.erase(node);
      relations.forgotten(node);
      return status;
    },
    reconcile(which: string) {
      const node = relations.isRefused(which) ? which : find('reconcile', which);
      relations.agree(node);
      powers.reach(node);
      return statusOf(node);
    },
  }) as PeerAdmin;
};
