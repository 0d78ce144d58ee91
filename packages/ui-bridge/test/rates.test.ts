import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeBrowser, makeNodeDouble, makeTestBridge, origin } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

const setUp = async (limits = {}) => {
  let time = 0;
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node, { now: () => time, limits });
  const facet = makeFacet({ methods: { go: { label: text('Go'), args: [] } } }, { go: () => {} });
  const enter = async (language?: string) => {
    const browser = makeBrowser(bridge, language);
    return { browser, page: await browser.enter(node.invite(facet)) };
  };
  return { bridge, enter, pass: (milliseconds: number) => (time += milliseconds) };
};

test('a session that asks too fast is told to wait, in its language; another is served', async () => {
  const { bridge, enter, pass } = await setUp({ sessionRequests: { perSecond: 0.5, burst: 5 } });
  const [fast, slow] = [await enter('es'), await enter()];
  let status = 200;
  let last;
  for (let i = 0; i < 10 && status === 200; i += 1) {
    last = await fast.browser.get(fast.page.path);
    ({ status } = last);
  }
  assert.equal(status, 429);
  assert.equal(last!.headers.get('Retry-After'), '2');
  assert.match(last!.html, /Eso fue demasiado rápido/);
  assert.match(last!.headers.get('Content-Security-Policy')!, /default-src 'none'/);
  assert.deepEqual(bridge.events.at(-1), { kind: 'tooMany' });
  assert.equal((await slow.browser.get(slow.page.path)).status, 200);
  // What is refused costs nothing: whoever waits as long as told is served.
  pass(2000);
  assert.equal((await fast.browser.get(fast.page.path)).status, 200);
});

test('an address that asks too fast is told to wait, unless it is this machine', async () => {
  const { bridge } = await setUp({ addressRequests: { perSecond: 1, burst: 3 } });
  const ask = async (address: string) =>
    (await bridge.fetch(new Request(`${origin}/enter`), address)).status;
  const statuses = (address: string) => Promise.all(Array.from({ length: 5 }, () => ask(address)));
  assert.deepEqual(await statuses('192.0.2.1'), [200, 200, 200, 200, 429]);
  assert.deepEqual(await statuses('192.0.2.2'), [200, 200, 200, 200, 429]);
  for (const here of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    assert.deepEqual(await statuses(here), [200, 200, 200, 200, 200]);
  }
});

test('event streams of all sessions are limited together', async () => {
  const { bridge, enter } = await setUp({ streamsInAll: 2 });
  const open = async () => {
    const { browser, page } = await enter();
    const jar = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return bridge.fetch(new Request(`${origin}${page.path}/events`, { headers: { Cookie: jar } }));
  };
  const streams = [await open(), await open(), await open()];
  assert.deepEqual(
    streams.map(({ status }) => status),
    [200, 200, 429],
  );
  await streams[0]!.body!.cancel();
  const next = await open();
  assert.equal(next.status, 200);
  for (const { body } of [streams[1]!, next]) await body!.cancel();
});
