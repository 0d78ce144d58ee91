/**
 * Clients: parties without a lasting identity, programs and pages that dial this node. Each link of one is
 * a new party, which goes with it.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { Link } from './link.ts';

export type ClientsPowers = {
  readonly switchboard: Switchboard;
  /** Gives a new party what it gets at first. */
  readonly greet: (connection: Connection, designator: Designator) => void;
  /** Its session begins. */
  readonly up: (connection: Connection, link: Link) => void;
};

export type Clients = {
  /** The party of an open link. */
  partyOf(link: Link): Connection | undefined;
  opened(link: Link): void;
  closed(link: Link, reason: string): void;
};

export const makeClients = ({ switchboard, greet, up }: ClientsPowers): Clients => {
  const clients = new Map<Link, Connection>();
  let lastClient = 0;

  return harden({
    partyOf: (link: Link) => clients.get(link),
    opened(link: Link) {
      lastClient += 1;
      const connection = switchboard.add(`client:${lastClient}`, {
        inside: false,
        remote: false,
        lasting: false,
      });
      greet(connection, link.peer.designator);
      clients.set(link, connection);
      up(connection, link);
    },
    closed(link: Link, reason: string) {
      const party = clients.get(link);
      clients.delete(link);
      if (party === undefined) return;
      if (party.link !== undefined) switchboard.down(party, reason);
      switchboard.remove(party);
    },
  });
};
harden(makeClients);
