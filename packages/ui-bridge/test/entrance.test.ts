import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { formsIn, makeBrowser, makeNodeDouble, makeTestBridge, origin } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

const setUp = () => {
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node);
  return { node, bridge, browser: makeBrowser(bridge) };
};

test('a browser without a session sees the landing page, with a field for an invitation', async () => {
  const { browser } = setUp();
  const page = await browser.get('/');
  assert.equal(page.status, 200);
  assert.match(page.html, /<h1>Welcome<\/h1>/);
  assert.match(page.html, /<input[^>]* name="secret"/);
  assert.match(page.html, /<html lang="en">/);
});

test('an invitation leads to its facet, which becomes the home', async () => {
  const { node, browser } = setUp();
  const swiss = node.invite(makeFacet({ label: text('Reception') }));
  const page = await browser.enter(swiss);
  assert.match(page.html, /Reception/);
  const start = await browser.get('/');
  assert.equal(start.status, 303);
  assert.equal(start.location, page.path);
});

test('a second invitation is added to the session and leaves the home as it was', async () => {
  const { node, browser } = setUp();
  const first = await browser.enter(node.invite(makeFacet({ label: text('First') })));
  const second = await browser.enter(node.invite(makeFacet({ label: text('Second') })));
  assert.notEqual(second.path, first.path);
  assert.equal((await browser.get('/')).location, first.path);
  const held = await browser.get('/held');
  assert.match(held.html, /First/);
  assert.match(held.html, /Second/);
});

for (const [what, paste] of [
  ['a link', (swiss: string) => `${origin}/#${swiss}`],
  ['a sturdy ref', (swiss: string) => `ocapn://b7abc.ws/s/${swiss}?host=node.test`],
  ['a secret with blanks around it', (swiss: string) => ` ${swiss}\n`],
] as const) {
  test(`the field takes ${what}`, async () => {
    const { node, browser } = setUp();
    const page = await browser.enter(paste(node.invite(makeFacet({ label: text('Reception') }))));
    assert.equal(page.status, 200);
    assert.match(page.html, /Reception/);
  });
}

test('unknown, used and mistyped invitations give one and the same page, and no session', async () => {
  const { node, bridge } = setUp();
  const used = node.invite(makeFacet({}), { once: true });
  await makeBrowser(bridge).enter(used);
  const pages = [];
  for (const secret of [used, 'A'.repeat(43), 'short', '', `${origin}/`]) {
    const browser = makeBrowser(bridge);
    const page = await browser.enter(secret);
    assert.equal(page.status, 403);
    assert.equal(browser.cookies.has('pocas'), false);
    assert.doesNotMatch(page.html, new RegExp(used));
    pages.push(page.html.replace(/name="token" value="[^"]*"/g, ''));
  }
  assert.equal(new Set(pages).size, 1);
});

test('a secret stands in no address, page, header or log', async () => {
  const { node, bridge, browser } = setUp();
  const swiss = node.invite(makeFacet({}));
  const landing = await browser.get('/enter');
  const answer = await browser.submit(
    { ...landing, html: landing.html.replace(/<form id="door".*?<\/form>/s, '') },
    '/enter',
    { secret: swiss },
  );
  assert.equal(answer.status, 303);
  const page = await browser.get(answer.location!);
  const said = [answer.html, ...answer.headers, page.html, ...page.headers, bridge.events];
  assert.equal(JSON.stringify(said).includes(swiss), false);
});

test('the cookie is random, kept from scripts and other sites, and is not the session id', async () => {
  const { node, bridge } = setUp();
  const ids: string[] = [];
  const { provide } = node.sessions;
  node.sessions.provide = (id) => {
    ids.push(id);
    return provide(id);
  };
  const swiss = node.invite(makeFacet({}));
  const browser = makeBrowser(bridge);
  const landing = await browser.get('/enter');
  const { token } = formsIn(landing.html)[0]!.fields;
  const entered = await browser.post('/enter', { token: token!, secret: swiss });
  const set = entered.headers.getSetCookie().find((one) => one.startsWith('pocas='))!;
  assert.match(set, /; Path=\//);
  assert.match(set, /; HttpOnly/);
  assert.match(set, /; SameSite=Strict/);
  const value = browser.cookies.get('pocas')!;
  assert.ok(Buffer.from(value, 'base64url').length >= 32);
  assert.equal(ids.length, 1);
  assert.notEqual(ids[0], value);
  assert.ok(!ids[0]!.includes(value));
});

test('a form of another browser does not enter', async () => {
  const { node, bridge, browser } = setUp();
  const swiss = node.invite(makeFacet({}), { once: true });
  const theirs = formsIn((await makeBrowser(bridge).get('/enter')).html)[0]!.fields['token']!;
  const refused = await browser.post('/enter', { token: theirs, secret: swiss });
  assert.equal(refused.status, 403);
  assert.match(refused.html, /another site/);
  assert.equal((await browser.enter(swiss)).status, 200);
});

test('leaving ends the session, clears the cookie and makes its addresses useless', async () => {
  const { node, browser } = setUp();
  const page = await browser.enter(node.invite(makeFacet({ label: text('Thing') })));
  const cookie = browser.cookies.get('pocas')!;
  const confirm = await browser.get('/leave');
  const left = await browser.submit(confirm, '/leave');
  assert.equal(left.status, 200);
  assert.equal(browser.cookies.has('pocas'), false);
  browser.cookies.set('pocas', cookie);
  assert.equal((await browser.get(page.path)).status, 404);
});

test('leaving by a forged form does nothing', async () => {
  const { node, browser } = setUp();
  const page = await browser.enter(node.invite(makeFacet({})));
  assert.equal((await browser.post('/leave', {})).status, 403);
  assert.equal((await browser.get(page.path)).status, 200);
});

test('the language follows the browser, and the choice of the person goes first', async () => {
  const { node, bridge } = setUp();
  const browser = makeBrowser(bridge, 'fr, es;q=0.5, en;q=0.4');
  const landing = await browser.get('/');
  assert.match(landing.html, /<html lang="es">/);
  assert.match(landing.html, /Te damos la bienvenida/);
  await browser.submit(landing, '/lang');
  assert.match((await browser.get('/')).html, /<html lang="en">/);

  const page = await browser.enter(node.invite(makeFacet({ label: text('Thing') })));
  assert.match(page.html, /<html lang="en">/);
  const toggled = await browser.submit(page, '/lang');
  assert.equal(toggled.location, page.path);
  assert.match((await browser.get(page.path)).html, /<html lang="es">/);
  assert.match((await browser.get(page.path)).html, /Thing \(es\)/);
});

test('the language form leads only to pages of this node', async () => {
  const { browser } = setUp();
  for (const here of ['https://elsewhere.test/', '//elsewhere.test', '/\\elsewhere.test']) {
    const answer = await browser.submit(await browser.get('/'), '/lang', { here });
    assert.equal(answer.location, '/');
  }
});
