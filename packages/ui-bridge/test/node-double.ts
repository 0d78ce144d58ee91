/**
 * Test doubles. `makeNodeDouble` stands in for a node's `WebSessions`: its presences are local
 * far objects, any of which it gives a slot when asked (the real one throws for an object that
 * the session was never handed). `makeBrowser` stands in for a browser: it keeps cookies, follows
 * no redirects, and reads forms out of pages.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { WebSession, WebSessions } from '@pocas/vat-runtime';
import { makeBridge } from '@pocas/ui-bridge';
import type { Bridge, BridgeEvent, BridgePowers } from '@pocas/ui-bridge';

export type NodeDouble = {
  sessions: WebSessions;
  /** Makes `object` obtainable once or often by the swiss number that it returns. */
  invite(object: object, options?: { once?: boolean }): string;
  /** Forgets what a restart forgets: presences that no session keeps. */
  restart(): void;
  /** Objects for which `keep` answers false. */
  ephemeral: WeakSet<object>;
  /** How often `settled` was asked. */
  settledCount(): number;
};

type Row = { data: Record<string, string>; kept: Map<string, object> };

export const makeNodeDouble = (): NodeDouble => {
  const rows = new Map<string, Row>();
  const live = new Map<string, WebSession>();
  const swissNumbers = new Map<string, { object: object; once: boolean }>();
  const ephemeral = new WeakSet<object>();
  let settledCount = 0;

  const open = (id: string, row: Row): WebSession => {
    const slots = new Map<object, string>();
    const objects = new Map<string, object>();
    for (const [slot, object] of row.kept) {
      slots.set(object, slot);
      objects.set(slot, object);
    }
    let next = 1 + row.kept.size;
    return {
      async enliven(swiss) {
        const entry = swissNumbers.get(swiss);
        if (entry === undefined) throw new Error('Cannot enliven: no such sturdy ref');
        if (entry.once) swissNumbers.delete(swiss);
        return entry.object;
      },
      slotOf(presence) {
        let slot = slots.get(presence);
        if (slot === undefined) {
          slot = `${ephemeral.has(presence) ? 'o-' : 'o-d'}${next}`;
          next += 1;
          slots.set(presence, slot);
          objects.set(slot, presence);
        }
        return slot;
      },
      presenceAt: (slot) => objects.get(slot),
      slots: () => [...row.kept.keys()],
      keep(slot) {
        const object = objects.get(slot);
        if (object === undefined || ephemeral.has(object)) return false;
        row.kept.set(slot, object);
        return true;
      },
      getData: () => ({ ...row.data }),
      setData(data) {
        row.data = { ...data };
      },
      end() {
        rows.delete(id);
        live.delete(id);
      },
    };
  };

  const find = (id: string) => {
    const row = rows.get(id);
    if (row === undefined) return undefined;
    let session = live.get(id);
    if (session === undefined) {
      session = open(id, row);
      live.set(id, session);
    }
    return session;
  };

  return {
    sessions: {
      async provide(id) {
        if (!rows.has(id)) rows.set(id, { data: {}, kept: new Map() });
        return find(id)!;
      },
      find: async (id) => find(id),
      async settled() {
        settledCount += 1;
      },
    },
    invite(object, { once = false } = {}) {
      const swiss = randomBytes(32).toString('base64url');
      swissNumbers.set(swiss, { object, once });
      return swiss;
    },
    restart: () => live.clear(),
    ephemeral,
    settledCount: () => settledCount,
  };
};

export const origin = 'http://node.test';
const key = randomBytes(32);

export const makeTestBridge = (
  node: NodeDouble,
  more: Partial<BridgePowers> = {},
): Bridge & { events: BridgeEvent[] } => {
  const events: BridgeEvent[] = [];
  const bridge = makeBridge({
    sessions: node.sessions,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    hmacSha256: (secret, data) =>
      new Uint8Array(createHmac('sha256', secret).update(data).digest()),
    key,
    assets: { htmx: '/* htmx */', sse: '/* sse */' },
    log: (event) => events.push(event),
    ...more,
    limits: {
      answerMillis: 200,
      updateMillis: 5,
      retryMillis: 20,
      heartbeatMillis: 1_000,
      ...more.limits,
    },
  });
  return { ...bridge, events };
};

export type Form = { id: string; action: string; html: string; fields: Record<string, string> };

const unescapeHtml = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

const attribute = (tag: string, name: string) => {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag);
  return found === null ? undefined : unescapeHtml(found[1]!);
};

/** Every form of a page with the values that its fields start with. */
export const formsIn = (html: string): Form[] =>
  [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([whole, tag, body]) => {
    const fields: Record<string, string> = {};
    for (const [, input] of body!.matchAll(/<input\b([^>]*)>/g)) {
      const name = attribute(input!, 'name');
      if (name !== undefined) fields[name] = attribute(input!, 'value') ?? '';
    }
    for (const [, area, text] of body!.matchAll(/<textarea\b([^>]*)>(.*?)<\/textarea>/gs)) {
      fields[attribute(area!, 'name') ?? ''] = unescapeHtml(text!);
    }
    for (const [, select] of body!.matchAll(/<select\b([^>]*)>/g)) {
      fields[attribute(select!, 'name') ?? ''] = '';
    }
    return {
      id: attribute(tag!, 'id') ?? '',
      action: attribute(tag!, 'action') ?? '',
      html: whole,
      fields,
    };
  });

export type Page = { status: number; html: string; headers: Headers; location: string | undefined };

export type Browser = {
  cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Page>;
  post(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Page>;
  /** Submits the only form whose action ends so, with `fields` written over its own. */
  submit(
    page: Page,
    actionEnd: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Page>;
  /** Goes through the landing page with an invitation; answers the page that it leads to. */
  enter(swiss: string): Promise<Page & { path: string }>;
};

export const makeBrowser = (bridge: Bridge, language = 'en'): Browser => {
  const cookies = new Map<string, string>();

  const send = async (
    path: string,
    init: RequestInit & { headers: Record<string, string> },
  ): Promise<Page> => {
    const headers = new Headers({
      Host: new URL(origin).host,
      'Accept-Language': language,
      ...init.headers,
    });
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (jar !== '') headers.set('Cookie', jar);
    const response = await bridge.fetch(new Request(new URL(path, origin), { ...init, headers }));
    for (const set of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = set.split('; ');
      const [name = '', value = ''] = pair.split('=');
      if (attributes.includes('Max-Age=0')) cookies.delete(name);
      else cookies.set(name, value);
    }
    return {
      status: response.status,
      html: await response.text(),
      headers: response.headers,
      location: response.headers.get('Location') ?? undefined,
    };
  };

  const browser: Browser = {
    cookies,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, fields, headers = {}) =>
      send(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      }),
    async submit(page, actionEnd, fields = {}, headers = {}) {
      const found = formsIn(page.html).filter(({ action }) => action.endsWith(actionEnd));
      if (found.length !== 1) throw new Error(`${found.length} forms for ${actionEnd}`);
      return browser.post(found[0]!.action, { ...found[0]!.fields, ...fields }, headers);
    },
    async enter(swiss) {
      const landing = await browser.get('/enter');
      const token = formsIn(landing.html).find(({ id }) => id === 'door')!.fields['token']!;
      const entered = await browser.post('/enter', { token, secret: swiss });
      if (entered.location === undefined) return { ...entered, path: '' };
      return { ...(await browser.get(entered.location)), path: entered.location };
    },
  };
  return browser;
};
