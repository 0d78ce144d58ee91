/**
 * The node's own powers, as objects that can be handed to vats, peers and sessions.
 *
 * They stand behind one party of the switchboard, `control`, whose lasting slots are their names:
 * a vat that keeps a power finds it again after a restart. The names are known to the node only;
 * nobody can ask for a power by name.
 */
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { M } from '@endo/patterns';
import type { Enlivener, Grantor } from '../actor/powers.ts';
import { type Grant, hashSwiss, makeGrant, redeem } from '../locator/grants.ts';
import {
  type SturdyRef,
  formatSturdyRef,
  isSwissNumber,
  makeSwiss,
  parseSturdyRef,
} from '../locator/sturdy-ref.ts';
import { isRecord, parseRow } from '../store/stored-json.ts';
import type { Committer } from '../store/committer.ts';
import type { Connection, Ref } from '../switchboard/connection.ts';
import { makeCaptpEndpoint } from '../switchboard/captp-endpoint.ts';
import type { Endpoint, EndpointPowers } from '../switchboard/endpoint.ts';
import { assertGuarded, isGuarded } from '../switchboard/methods.ts';
import type { Message } from '../switchboard/wire.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { makePower } from '../vat/guard.ts';

export type ControlParty = {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  /** Makes `object` lasting under `name`, which must mean the same at every start. */
  define(name: string, object: object): object;
  /** A presence for any object on the switchboard. */
  presenceOf(ref: Ref): object;
  /** What a presence of this party stands for. @throws for anything else */
  refOf(presence: object): Ref;
};

/** An endpoint in this thread; its messages are delivered after the current job. */
export const connectLocalEndpoint = (
  switchboard: Switchboard,
  connection: Connection,
  makeEndpoint: (powers: EndpointPowers) => Endpoint,
  own: Pick<EndpointPowers, 'lasting' | 'report'> = {},
): Endpoint => {
  const endpoint = makeEndpoint({
    id: connection.id,
    send(message) {
      if (isPaused || waiting.length > 0) waiting.push(message);
      else switchboard.receive(connection, message);
    },
    later: (task) => void setImmediate(task),
    ...own,
  });
  /** What it says while nothing is taken from it. The rate of pages bounds how much that is. */
  const waiting: Message[] = [];
  let isPaused = false;
  const takeWaiting = () => {
    while (!isPaused && waiting.length > 0) switchboard.receive(connection, waiting.shift()!);
  };
  switchboard.up(connection, {
    send: (message) => queueMicrotask(() => endpoint.dispatch(message)),
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      queueMicrotask(takeWaiting);
    },
    end: (reason) => endpoint.end(reason),
  });
  return endpoint;
};

/** @param report - shows to the operator what failed, where others are told a fixed text */
export const makeControlParty = (
  switchboard: Switchboard,
  report: (failure: unknown) => void = () => {},
): ControlParty => {
  const bySlot = new Map<string, object>();
  const slots = new Map<object, string>();
  const connection = switchboard.add('control', {
    inside: false,
    remote: false,
    lasting: true,
    unlimited: true,
  });
  const endpoint = connectLocalEndpoint(switchboard, connection, makeCaptpEndpoint, {
    lasting: {
      slotOf(value) {
        const slot = slots.get(value);
        if (slot === undefined) assertGuarded(value);
        return slot;
      },
      valueAt: (slot) => bySlot.get(slot),
    },
    report,
  });
  return Object.freeze({
    connection,
    endpoint,
    define(name: string, object: object) {
      if (!/^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(name)) {
        throw TypeError(`Cannot define power "${name}": a name has letters, digits and dots`);
      }
      if (!isGuarded(object)) {
        throw TypeError(`Cannot define power "${name}": it has no guard; make it with makePower`);
      }
      bySlot.set(`o+d${name}`, object);
      slots.set(object, `o+d${name}`);
      return object;
    },
    presenceOf(ref: Ref) {
      if (ref.owner === connection) return bySlot.get(ref.slot)!;
      return endpoint.introduced(switchboard.introduce(connection, ref));
    },
    refOf(presence: object) {
      const slot = slots.get(presence) ?? endpoint.slotOf(presence);
      if (slot === undefined)
        throw TypeError('Cannot find object: it is no reference of this node');
      return switchboard.held(connection, slot);
    },
  });
};

/** What every peer, client and session is given at first. */
export type Greeter = { enliven(swiss: string): unknown };

export type NodePowers = {
  readonly greeter: Greeter;
  readonly enlivener: Enlivener;
  readonly grantor: Grantor;
};

export type NodePowersInput = {
  readonly control: ControlParty;
  readonly switchboard: Switchboard;
  readonly store: Committer;
  readonly grantKey: Uint8Array;
  readonly random: (byteLength: number) => Uint8Array;
  readonly designator: string;
  readonly locations: () => readonly string[];
  /** The party of any node; dialled when needed. */
  readonly providePeer: (sturdyRef: SturdyRef) => Connection;
  readonly provideParty: (id: string) => Connection | undefined;
};

const GreeterI = M.interface('Greeter', { enliven: M.call(M.string()).returns(M.any()) });
const EnlivenerI = M.interface('Enlivener', { enliven: M.call(M.string()).returns(M.any()) });
const GrantorI = M.interface('Grantor', {
  sturdy: M.call(M.remotable())
    .optional(M.splitRecord({}, { uses: M.opt(M.bigint()) }, {}))
    .returns(M.string()),
});

const NOT_ENLIVENED = 'Cannot enliven: the reference is unknown, expired, used or revoked';

export const makeNodePowers = (input: NodePowersInput): NodePowers => {
  const { control, switchboard, store, grantKey, random, designator } = input;

  const enlivenHere = (swiss: string): object => {
    if (!isSwissNumber(swiss)) throw Error(NOT_ENLIVENED);
    const key = `g/${hashSwiss(grantKey, swiss)}`;
    const row = store.get(key);
    const redemption = redeem(row === undefined ? undefined : parseRow<Grant>(key, row, isRecord));
    if (redemption === undefined) throw Error(NOT_ENLIVENED);
    const { target, rest } = redemption;
    const owner = input.provideParty(target[0]);
    if (owner === undefined) throw Error(NOT_ENLIVENED);
    store.stage([[key, rest === undefined ? undefined : JSON.stringify(rest)]]);
    return control.presenceOf(switchboard.refAt(owner, target[1]));
  };

  const greeter: Greeter = makePower('Greeter', GreeterI, { enliven: enlivenHere });

  const enlivener: Enlivener = makePower('Enlivener', EnlivenerI, {
    enliven(text: string) {
      const sturdyRef = parseSturdyRef(text);
      if (sturdyRef.designator === designator) return enlivenHere(sturdyRef.swiss);
      const peer = input.providePeer(sturdyRef);
      const farGreeter = control.presenceOf(switchboard.refAt(peer, 'o+dgreeter')) as Greeter;
      return E(farGreeter).enliven(sturdyRef.swiss);
    },
  });

  const grantor: Grantor = makePower('Grantor', GrantorI, {
    sturdy(target: object, { uses }: { uses?: bigint } = {}) {
      const { owner, slot, lasting } = control.refOf(target);
      if (!lasting || owner.kind.remote) {
        throw TypeError('Cannot make sturdy ref: the object is not a lasting one of this node');
      }
      const swiss = makeSwiss(random);
      store.stage([
        [`g/${hashSwiss(grantKey, swiss)}`, JSON.stringify(makeGrant([owner.id, slot], uses))],
      ]);
      const [url] = input.locations();
      return formatSturdyRef({
        designator,
        transport: 'websocket',
        swiss,
        hints: url === undefined ? {} : { url },
      });
    },
  });

  control.define('greeter', greeter);
  control.define('enlivener', enlivener);
  control.define('grantor', grantor);
  return harden({ greeter, enlivener, grantor });
};
