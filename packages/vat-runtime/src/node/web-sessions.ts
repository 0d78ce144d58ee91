/** Web sessions as parties of the switchboard. @see WebSessions */
import { E } from '@endo/eventual-send';
import type { WebSession, WebSessions } from '../actor/web-session.ts';
import { GREETER_SLOT } from '../session/peers.ts';
import { type Check, isRecord, isText, parseRow } from '../store/stored-json.ts';
import type { Committer } from '../store/committer.ts';
import type { Ref } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { eraseLastingSlots } from './lasting-slots.ts';
import { type Greeter, connectLocalEndpoint } from './powers.ts';

const isTexts: Check = (value) => isRecord(value) && Object.values(value as object).every(isText);

export type WebSessionsInput = {
  readonly switchboard: Switchboard;
  readonly store: Committer;
  readonly greeter: Ref;
};

/** @returns also how many sessions are in memory */
export const makeWebSessions = ({
  switchboard,
  store,
  greeter,
}: WebSessionsInput): WebSessions & { size(): number } => {
  const sessions = new Map<string, Promise<WebSession>>();

  const open = async (id: string): Promise<WebSession> => {
    const party = `w:${id}`;
    const dataKey = `s/${id}`;
    const kept = new Set((await store.list(`c/${party}/`)).map(([key]) => key.split('/').at(-1)!));
    const connection = switchboard.add(party, { inside: false, remote: false, lasting: true });
    switchboard.place(connection, GREETER_SLOT, greeter);
    const endpoint = connectLocalEndpoint(switchboard, connection);
    let data = parseRow<Record<string, string>>(dataKey, store.get(dataKey) ?? '{}', isTexts);
    if (store.get(dataKey) === undefined) store.stage([[dataKey, '{}']]);
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
        sessions.delete(id);
        endpoint.end('the session was ended');
        switchboard.down(connection, 'the session was ended');
        switchboard.remove(connection);
        store.stage([[dataKey, undefined]]);
        void eraseLastingSlots(store, party);
      },
    });
  };

  const provide = (id: string): Promise<WebSession> => {
    let session = sessions.get(id);
    if (session === undefined) {
      session = open(id);
      sessions.set(id, session);
    }
    return session;
  };

  return Object.freeze({
    provide,
    find: async (id: string) =>
      sessions.has(id) || store.get(`s/${id}`) !== undefined ? provide(id) : undefined,
    settled: () => store.settled(),
    size: () => sessions.size,
  });
};
