/** The node's pages, by somebody who is no browser. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attack, type Attacker } from '../attack.ts';
import { soon } from '../peer.ts';

const origin = ({ refs }: Attacker) => new URL(refs.url).origin;

type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

const request = async (
  attacker: Attacker,
  path: string,
  options: RequestInit = {},
): Promise<Answer> => {
  const response = await fetch(`${origin(attacker)}${path}`, { redirect: 'manual', ...options });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const tokenIn = (html: string): string => /name="token" value="([^"]*)"/.exec(html)?.[1] ?? '';
const cookieOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]!)
    .join('; ');

const form = (fields: Record<string, string>, cookie = ''): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(cookie === '' ? {} : { Cookie: cookie }),
  },
});

/** A browser session with the wallet of the operator. */
const enter = async (attacker: Attacker): Promise<{ cookie: string; path: string }> => {
  const landing = await request(attacker, '/');
  const cookie = cookieOf(landing);
  const secret = new URL(attacker.refs.url).hash.slice(1);
  const entered = await request(
    attacker,
    '/enter',
    form({ secret, token: tokenIn(landing.text) }, cookie),
  );
  assert.equal(entered.status, 303, 'the invitation is good');
  return {
    cookie: [cookie, cookieOf(entered)].filter((one) => one !== '').at(-1)!,
    path: entered.headers.get('location')!,
  };
};

const openRaw = async (attacker: Attacker): Promise<Socket> => {
  const { hostname, port } = new URL(attacker.refs.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  await soon('the connection', Promise.race([once(socket, 'connect'), once(socket, 'close')]));
  return socket;
};

/** Keeps many requests under way. @returns how often each status came */
const keepAsking = async (
  attacker: Attacker,
  lanes: number,
  ask: (round: number) => Promise<Answer>,
): Promise<void> => {
  const statuses = new Map<number | string, number>();
  let round = 0;
  const lane = async () => {
    do {
      round += 1;
      const status = await ask(round).then(
        (answer) => answer.status,
        (error: unknown) => {
          if (error instanceof assert.AssertionError) throw error;
          return 'cut';
        },
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    } while (attacker.goesOn());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  attacker.note([...statuses].map(([status, count]) => `${status} × ${count}`).join(', '));
};

/** Holds connections on which a little more is written from time to time. */
const trickle = async (attacker: Attacker, count: number, begin: string, more: () => string) => {
  const sockets = await Promise.all(Array.from({ length: count }, () => openRaw(attacker)));
  for (const socket of sockets) {
    socket.resume();
    socket.write(begin);
  }
  while (attacker.goesOn()) {
    await sleep(50);
    for (const socket of sockets) if (!socket.destroyed) socket.write(more());
  }
  attacker.note(`${sockets.filter((socket) => !socket.destroyed).length} of ${count} held`);
  for (const socket of sockets) socket.destroy();
};

const lanes = 20;
const cookieNamed = (cookie: string, value: string) => cookie.replace(/=.*/, `=${value}`);

export const pages: readonly Attack[] = [
  {
    name: 'requests whose headers come byte by byte',
    run: (attacker) =>
      trickle(attacker, 300, 'GET / HTTP/1.1\r\nHost: node\r\nX-Slow: ', () => 'x'),
  },
  {
    name: 'forms whose body comes byte by byte',
    run: (attacker) =>
      trickle(
        attacker,
        300,
        'POST /enter HTTP/1.1\r\nHost: node\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nsecret=',
        () => 'x',
      ),
  },
  {
    name: 'forms in chunks of one byte without end',
    run: (attacker) =>
      trickle(
        attacker,
        100,
        'POST /enter HTTP/1.1\r\nHost: node\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n',
        () => '1\r\nx\r\n'.repeat(100),
      ),
  },
  {
    name: 'forms of 20 MiB are refused',
    run: (attacker) =>
      keepAsking(attacker, 4, async () => {
        const answer = await request(attacker, '/enter', form({ secret: 'x'.repeat(20 << 20) }));
        assert.equal(answer.status, 413);
        return answer;
      }),
  },
  {
    name: 'forms of 60 kB with 20,000 fields',
    run: (attacker) =>
      keepAsking(attacker, lanes, async () =>
        request(attacker, '/enter', {
          ...form({}),
          body: Array.from({ length: 15_000 }, (_, i) => `a${i}`)
            .join('=&')
            .slice(0, 60_000),
        }),
      ),
  },
  {
    name: 'forms in many parts',
    run: (attacker) =>
      keepAsking(attacker, lanes, () =>
        request(attacker, '/enter', {
          method: 'POST',
          headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
          body:
            '--b\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n'.repeat(900) +
            '--b--',
        }),
      ),
  },
  {
    name: 'requests with headers of 100 kB',
    run: (attacker) =>
      keepAsking(attacker, lanes, () =>
        request(attacker, '/', { headers: { 'X-Large': 'x'.repeat(100_000) } }),
      ),
  },
  {
    name: 'a flood of requests without a cookie',
    run: (attacker) => keepAsking(attacker, lanes, () => request(attacker, '/')),
  },
  {
    name: 'a flood of requests with a new cookie each',
    async run(attacker) {
      const cookie = cookieOf(await request(attacker, '/'));
      await keepAsking(attacker, lanes, (round) =>
        request(attacker, '/', {
          headers: { Cookie: cookieNamed(cookie, String(round).padStart(43, 'A')) },
        }),
      );
    },
  },
  {
    name: 'a flood of requests for pages that are not there',
    run: (attacker) => keepAsking(attacker, lanes, (round) => request(attacker, `/c/${round}`)),
  },
  {
    name: 'a flood of requests for a page of one session',
    async run(attacker) {
      const { cookie, path } = await enter(attacker);
      await keepAsking(attacker, lanes, () =>
        request(attacker, path, { headers: { Cookie: cookie } }),
      );
    },
  },
  {
    name: 'a flood of wrong invitations',
    async run(attacker) {
      const landing = await request(attacker, '/');
      const cookie = cookieOf(landing);
      const token = tokenIn(landing.text);
      await keepAsking(attacker, lanes, () =>
        request(attacker, '/enter', form({ secret: 'A'.repeat(43), token }, cookie)),
      );
    },
  },
  {
    name: 'a flood of new sessions',
    run: (attacker) =>
      keepAsking(attacker, 4, async () => {
        const { cookie, path } = await enter(attacker);
        return request(attacker, path, { headers: { Cookie: cookie } });
      }),
  },
  {
    name: 'two hundred event streams of one session',
    async run(attacker) {
      const { cookie, path } = await enter(attacker);
      const stop = new AbortController();
      const statuses = new Map<number, number>();
      for (let i = 0; i < 200; i += 1) {
        const { status } = await fetch(`${origin(attacker)}${path}/events`, {
          headers: { Cookie: cookie },
          signal: stop.signal,
        });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      while (attacker.goesOn()) await sleep(20);
      stop.abort();
      attacker.note([...statuses].map(([status, count]) => `${status} × ${count}`).join(', '));
      assert.ok((statuses.get(429) ?? 0) > 0, 'streams are limited');
    },
  },
  {
    name: 'many requests on one connection, whose answers nobody reads',
    async run(attacker) {
      const socket = await openRaw(attacker);
      socket.pause();
      const some = 'GET / HTTP/1.1\r\nHost: node\r\n\r\n'.repeat(200);
      while (attacker.goesOn() && !socket.destroyed) {
        if (socket.writableLength < 1 << 20) socket.write(some);
        await sleep(1);
      }
      attacker.note(`${socket.bytesWritten} bytes were taken`);
      assert.ok(socket.destroyed, 'one who asks before it has its answer is cut');
    },
  },
  {
    name: 'upgrades to nowhere',
    run: (attacker) =>
      keepAsking(attacker, lanes, async () => {
        const socket = await openRaw(attacker);
        socket.write(
          'GET /elsewhere HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        );
        socket.resume();
        await soon('the end of the connection', once(socket, 'close'));
        return { status: 0, headers: new Headers(), text: '' };
      }),
  },
  {
    name: 'what is no HTTP at all',
    run: (attacker) =>
      keepAsking(attacker, lanes, async () => {
        const socket = await openRaw(attacker);
        socket.write('\x16\x03\x01nonsense\r\n\r\n'.repeat(100));
        socket.resume();
        await soon('the end of the connection', once(socket, 'close'));
        return { status: 0, headers: new Headers(), text: '' };
      }),
  },
];
