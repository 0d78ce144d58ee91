import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { formsIn, makeBrowser, makeNodeDouble, makeTestBridge, origin } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

const setUp = async () => {
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node);
  const browser = makeBrowser(bridge);
  const calls: string[] = [];
  const facet = makeFacet(
    { methods: { go: { label: text('Go'), args: [] } } },
    { go: () => void calls.push('go') },
  );
  const page = await browser.enter(node.invite(facet));
  return { node, bridge, browser, page, calls };
};

test('every page carries the headers that keep it to itself', async () => {
  const { browser, page } = await setUp();
  for (const path of ['/', page.path, '/enter', '/held', '/nowhere', '/c/unknown']) {
    const { headers } = await browser.get(path);
    const csp = headers.get('Content-Security-Policy')!;
    assert.match(csp, /default-src 'none'/);
    assert.match(csp, /script-src 'self'/);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.match(csp, /require-trusted-types-for 'script'/);
    assert.doesNotMatch(csp, /unsafe/);
    assert.equal(headers.get('Referrer-Policy'), 'no-referrer');
    assert.equal(headers.get('Cache-Control'), 'no-store');
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
  }
});

test('no page needs a script or style of its own', async () => {
  const { browser, page } = await setUp();
  for (const path of ['/enter', page.path]) {
    const { html } = await browser.get(path);
    assert.doesNotMatch(html, /<script(?![^>]* src="\/assets\/)/);
    assert.doesNotMatch(html, /<style|style="|\son[a-z]+="|javascript:/);
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  }
});

test('assets are named by their content, kept for good, and compressed', async () => {
  const { bridge, page } = await setUp();
  const paths = [...page.html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  assert.equal(paths.length, 4);
  for (const path of paths) {
    const plain = await bridge.fetch(new Request(origin + path));
    assert.equal(plain.status, 200);
    assert.match(plain.headers.get('Cache-Control')!, /immutable/);
    assert.equal(plain.headers.get('X-Content-Type-Options'), 'nosniff');
    const small = await bridge.fetch(
      new Request(origin + path, { headers: { 'Accept-Encoding': 'gzip' } }),
    );
    assert.equal(small.headers.get('Content-Encoding'), 'gzip');
    assert.equal(gunzipSync(Buffer.from(await small.arrayBuffer())).toString(), await plain.text());
  }
  assert.equal((await bridge.fetch(new Request(`${origin}/assets/none.js`))).status, 404);
});

for (const [what, headers] of [
  ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a sibling site', { 'Sec-Fetch-Site': 'same-site' }],
  ['another origin', { Origin: 'https://elsewhere.test' }],
] as const) {
  test(`a form that ${what} sends does nothing`, async () => {
    const { browser, page, calls, bridge } = await setUp();
    const answer = await browser.submit(page, '/go', {}, headers);
    assert.equal(answer.status, 403);
    assert.deepEqual(calls, []);
    assert.deepEqual(bridge.events.at(-1), { kind: 'foreign' });
  });
}

test('a browser that sends "Origin: null", as it does under our referrer policy, can act', async () => {
  const { browser, page, calls } = await setUp();
  assert.equal((await browser.submit(page, '/go', {}, { Origin: 'null' })).status, 303);
  assert.equal((await browser.submit(page, '/go', {}, { Origin: origin })).status, 303);
  assert.deepEqual(calls, ['go', 'go']);
});

test('a request without the cookie reaches no session, even with the right address', async () => {
  const { bridge, page, calls } = await setUp();
  const [form] = formsIn(page.html).filter(({ action }) => action.endsWith('/go'));
  const stranger = makeBrowser(bridge);
  assert.equal((await stranger.post(form!.action, form!.fields)).status, 404);
  assert.deepEqual(calls, []);
});

test('nothing acts by GET', async () => {
  const { browser, page, calls } = await setUp();
  assert.equal((await browser.get(`${page.path}/go`)).status, 404);
  assert.deepEqual(calls, []);
});

test('a form that is too large is refused', async () => {
  const { browser, page, calls } = await setUp();
  const answer = await browser.submit(page, '/go', { page: 'x'.repeat(300_000) });
  assert.equal(answer.status, 413);
  assert.deepEqual(calls, []);
});

test('a form with more fields than any of ours, or in many parts, does nothing', async () => {
  const { browser, page, calls } = await setUp();
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`a${i}`, '']));
  assert.equal((await browser.submit(page, '/go', many)).status, 400);
  const parts = { 'Content-Type': 'multipart/form-data; boundary=b' };
  assert.equal((await browser.submit(page, '/go', {}, parts)).status, 400);
  assert.deepEqual(calls, []);
});

test('a page leaves only after what it rests on is on disk', async () => {
  const { node, browser, page } = await setUp();
  let release = () => {};
  const onDisk = new Promise<void>((resolve) => {
    release = resolve;
  });
  node.sessions.settled = () => onDisk;
  let left = false;
  const answer = browser.get(page.path).then(() => {
    left = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(left, false);
  release();
  await answer;
});

test('a fault of the node gives a plain page that says nothing of its cause', async () => {
  const { node, bridge, browser, page } = await setUp();
  node.sessions.find = async () => {
    throw new RangeError('disk full at /var/secret');
  };
  const answer = await browser.get(page.path);
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.html, /disk|secret/);
  assert.match(answer.headers.get('Content-Security-Policy')!, /default-src 'none'/);
  assert.deepEqual(bridge.events.at(-1), { kind: 'fault', name: 'RangeError' });
});
