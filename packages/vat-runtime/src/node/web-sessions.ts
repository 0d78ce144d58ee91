/** Web sessions as parties of the switchboard. @see WebSessions */
import { E } from '@endo/eventual-send';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { WebSession, WebSessions } from '../actor/web-session.ts';
import type { Asker } from '../locator/grants.ts';
import { GREETER_SLOT } from '../session/peers.ts';
import { type Check, isRecord, isText, parseRow } from '../store/stored-json.ts';
import type { Committer } from '../store/committer.ts';
import type { Ref } from '../switchboard/connection.ts';
import type { Limits } from '../switchboard/limits.ts';
import { makeOwnEndpoint } from '../switchboard/own-endpoint.ts';
import type { LastingSlots } from '../switchboard/c-lists.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { connectLocalEndpoint } from './powers.ts';
import { type Greeter, webAsker } from './sturdy-powers.ts';

const isTexts: Check = (value) => isRecord(value) && Object.values(value as object).every(isText);

export type WebSessionsInput = {
  readonly switchboard: Switchboard;
  readonly store: Committer;
  readonly slots: Pick<LastingSlots, 'erase'>;
  readonly greeterFor: (asker: Asker) => Ref;
  readonly limits: Limits;
};

/** A session in memory. */
type Awake = {
  readonly session: Promise<WebSession>;
  /** Frees its memory, unless it waits for something. What it keeps is in the store. */
  sleep?: () => boolean;
};

/** @returns also how many sessions are in memory */
export const makeWebSessions = ({
  switchboard,
  store,
  slots,
  greeterFor,
  limits: { maxWebSessions },
}: WebSessionsInput): WebSessions & { size(): number } => {
  /** The longest unused first. */
  const sessions = new Map<string, Awake>();

  const open = async (id: string): Promise<WebSession> => {
    const party = `w:${id}`;
    const dataKey = `s/${id}`;
    const kept = new Set((await store.list(`c/${party}/`)).map(([key]) => key.split('/').at(-1)!));
    const connection = switchboard.add(party, { inside: false, remote: false, lasting: true });
    switchboard.place(connection, GREETER_SLOT, greeterFor(webAsker(sha256(utf8ToBytes(id)))));
    const endpoint = connectLocalEndpoint(switchboard, connection, makeOwnEndpoint);
    let data = parseRow<Record<string, string>>(dataKey, store.get(dataKey) ?? '{}', isTexts);
    if (store.get(dataKey) === undefined) store.stage([[dataKey, '{}']]);
    const leave = (reason: string) => {
      sessions.delete(id);
      endpoint.end(reason);
      switchboard.down(connection, reason);
      switchboard.remove(connection);
    };
    sessions.get(id)!.sleep = () => {
      if (connection.asked.size > 0) return false;
      leave('the session sleeps');
      return true;
    };
    return Object.freeze({
      enliven: (swiss: string) =>
        E(endpoint.presenceAt(GREETER_SLOT) as Greeter).enliven(swiss) as Promise<object>,
      slotOf(presence: object) {
        const slot = endpoint.slotOf(presence);
        if (slot === undefined)
          throw TypeError('Cannot find slot: the session holds no such reference');
        return slot;
      },
      presenceAt(slot: string) {
        if (!kept.has(slot) && !connection.bySlot.has(slot)) return undefined;
        return slot === GREETER_SLOT ? undefined : endpoint.presenceAt(slot);
      },
      slots: () => [...kept],
      keep(slot: string) {
        if (!switchboard.keep(connection, slot)) return false;
        kept.add(slot);
        return true;
      },
      getData: () => data,
      setData(changed: { readonly [key: string]: string }) {
        data = { ...changed };
        store.stage([[dataKey, JSON.stringify(data)]]);
      },
      end() {
        if (switchboard.get(party) === connection) leave('the session was ended');
        // In one step: nothing is left of it after a crash, and nothing that came later is erased.
        store.stage([
          [dataKey, undefined],
          [`k/${party}`, undefined],
        ]);
        for (const slot of kept) slots.erase(party, slot);
      },
    });
  };

  const makeRoom = () => {
    let tooMany = sessions.size + 1 - maxWebSessions;
    for (const { sleep } of [...sessions.values()]) {
      if (tooMany <= 0) return;
      if (sleep?.() === true) tooMany -= 1;
    }
  };

  const provide = (id: string): Promise<WebSession> => {
    const known = sessions.get(id);
    if (known !== undefined) {
      sessions.delete(id);
      sessions.set(id, known);
      return known.session;
    }
    if (sessions.size >= maxWebSessions) makeRoom();
    // It says how it sleeps once it is open.
    const awake: Awake = { session: Promise.resolve().then(() => open(id)) };
    sessions.set(id, awake);
    awake.session.catch(() => sessions.delete(id));
    return awake.session;
  };

  return Object.freeze({
    provide,
    find: async (id: string) =>
      sessions.has(id) || store.get(`s/${id}`) !== undefined ? provide(id) : undefined,
    settled: () => store.settled(),
    size: () => sessions.size,
  });
};
