import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import type { ArgumentDescription, Description } from '@pocas/vat-runtime';
import { formsIn, makeBrowser, makeNodeDouble, makeTestBridge } from './node-double.ts';
import type { Form, Page } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

const request: ArgumentDescription = { name: 'requestId', kind: 'requestId' };

const open = async (facet: object, language = 'en') => {
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node);
  const browser = makeBrowser(bridge, language);
  const page = await browser.enter(node.invite(facet));
  return { node, bridge, browser, page };
};

const formFor = (page: Page, actionEnd: string): Form | undefined =>
  formsIn(page.html).find(({ action }) => action.endsWith(actionEnd));

/** A facet that counts what it was asked to do, and repeats the first outcome of a request id. */
const makePurse = (answer: (args: unknown[]) => unknown = () => harden({ ok: true })) => {
  const calls: unknown[][] = [];
  const outcomes = new Map<unknown, unknown>();
  const purse = makeFacet(
    {
      label: text('Purse'),
      view: 'look',
      fields: { balance: { label: text('Balance'), unit: text('credits') } },
      methods: {
        pay: {
          label: text('Pay'),
          args: [
            { name: 'amount', kind: 'nat', label: text('Amount'), min: 1n, max: 500n },
            { name: 'note', kind: 'text', label: text('Note'), initial: '' },
            request,
          ],
        },
      },
    },
    {
      look: () => harden({ balance: 1_234_567n }),
      pay: (...args: unknown[]) => {
        calls.push(args);
        const id = args.at(-1);
        if (!outcomes.has(id)) outcomes.set(id, answer(args));
        return outcomes.get(id);
      },
    },
  );
  return { purse, calls, acts: () => outcomes.size };
};

test('a page shows the view, with numbers as the language writes them', async () => {
  const { browser, page } = await open(makePurse().purse);
  assert.match(page.html, /<h1[^>]*>Purse<\/h1>/);
  assert.match(page.html, /<data value="1234567">1,234,567<\/data>/);
  assert.match(page.html, /credits/);
  const spanish = await browser.get(page.path, {});
  assert.equal(spanish.status, 200);
});

test('Spanish words where the browser asks for Spanish', async () => {
  const { page } = await open(makePurse().purse, 'es');
  assert.match(page.html, /<html lang="es">/);
  assert.match(page.html, /Pay \(es\)/);
  assert.match(page.html, /Terminar la sesión/);
});

test('there is one control for each method that is not hidden, and none for what the facet lacks', async () => {
  const { page } = await open(
    makeFacet({
      methods: {
        one: { label: text('One'), args: [] },
        two: { label: text('Two'), args: [], hidden: true },
      },
    }),
  );
  assert.ok(formFor(page, '/one'));
  assert.equal(formFor(page, '/two'), undefined);
  assert.equal(formsIn(page.html).filter(({ action }) => action.startsWith('/c/')).length, 1);
});

test('a method that the description does not offer is not called', async () => {
  const called: string[] = [];
  const { browser, page } = await open(
    makeFacet(
      {
        methods: {
          one: { label: text('One'), args: [] },
          two: { label: text('Two'), args: [], hidden: true },
        },
      },
      { two: () => called.push('two'), three: () => called.push('three') },
    ),
  );
  for (const method of ['two', 'three', 'constructor', '__proto__', '__describe__', 'toString']) {
    const answer = await browser.post(`${page.path}/${method}`, {});
    assert.equal(answer.status, 404, method);
  }
  assert.deepEqual(called, []);
});

test('a control that is gone by the time it is used says so, and does nothing', async () => {
  let offered = true;
  const called: string[] = [];
  const facet = makeFacet(
    {},
    {
      __describe__: () =>
        harden({
          label: text('Thing'),
          methods: offered ? { go: { label: text('Go'), args: [] } } : {},
        }),
      go: () => called.push('go'),
    },
  );
  const { browser, page } = await open(facet);
  offered = false;
  const answer = await browser.submit(page, '/go');
  assert.equal(answer.status, 404);
  assert.match(answer.html, /not offered any more/);
  assert.equal(formFor(answer, '/go'), undefined);
  assert.deepEqual(called, []);
});

test('an address of one session is nothing in another', async () => {
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node);
  const { purse, calls } = makePurse();
  const mine = makeBrowser(bridge);
  const page = await mine.enter(node.invite(purse));
  // The other session holds the very same facet.
  const theirs = makeBrowser(bridge);
  const other = await theirs.enter(node.invite(purse));
  assert.notEqual(other.path, page.path);
  for (const browser of [theirs, makeBrowser(bridge)]) {
    assert.equal((await browser.get(page.path)).status, 404);
    assert.equal((await browser.get(`${page.path}/events`)).status, 404);
    const form = formFor(page, '/pay')!;
    assert.equal(
      (await browser.post(form.action, { ...form.fields, 'arg.amount': '1' })).status,
      404,
    );
  }
  assert.deepEqual(calls, []);
});

test('an address has at least 128 bits and stays the same', async () => {
  const { browser, page } = await open(makePurse().purse);
  const address = page.path.slice('/c/'.length);
  assert.ok(Buffer.from(address, 'base64url').length >= 16);
  assert.equal((await browser.get('/')).location, page.path);
});

test('lasting references keep their address when the node restarts; ephemeral ones are gone', async () => {
  const lasting = makeFacet({ label: text('Lasting') });
  const passing = makeFacet({ label: text('Passing') });
  const node = makeNodeDouble();
  node.ephemeral.add(passing);
  const root = makeFacet(
    { view: 'look', fields: { a: { label: text('A') }, b: { label: text('B') } } },
    { look: () => harden({ a: lasting, b: passing }) },
  );
  const browser = makeBrowser(makeTestBridge(node));
  const page = await browser.enter(node.invite(root));
  const links = [...page.html.matchAll(/<a class="link" href="(\/c\/[^"]+)">(Lasting|Passing)/g)];
  const path = Object.fromEntries(links.map(([, href, label]) => [label!, href!]));
  assert.equal((await browser.get(path['Passing']!)).status, 200);

  node.restart();
  const cookies = new Map(browser.cookies);
  const after = makeBrowser(makeTestBridge(node));
  for (const [name, value] of cookies) after.cookies.set(name, value);
  assert.match((await after.get(path['Lasting']!)).html, /Lasting/);
  assert.equal((await after.get(path['Passing']!)).status, 404);
  // Not even when its slot is given again: to what, the old page does not know.
  assert.match((await after.get(page.path)).html, /Passing/);
  assert.equal((await after.get(path['Passing']!)).status, 404);
});

test('the call gets a bigint, the text and the request id, in the described order', async () => {
  const { purse, calls } = makePurse();
  const { browser, page } = await open(purse);
  const answer = await browser.submit(page, '/pay', {
    'arg.amount': ' 007 ',
    'arg.note': 'for bread',
  });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, page.path);
  const [amount, note, id] = calls[0]!;
  assert.equal(amount, 7n);
  assert.equal(note, 'for bread');
  assert.equal(id, formFor(page, '/pay')!.fields['arg.requestId']);
});

test('what was done is said once, on the next page', async () => {
  const { browser, page } = await open(makePurse().purse);
  await browser.submit(page, '/pay', { 'arg.amount': '7' });
  assert.match((await browser.get(page.path)).html, /Done: Pay\./);
  assert.doesNotMatch((await browser.get(page.path)).html, /Done: Pay\./);
});

test('the same form sent twice is one act; another rendering of it is another', async () => {
  const { purse, calls, acts } = makePurse();
  const { browser, page } = await open(purse);
  await browser.submit(page, '/pay', { 'arg.amount': '7' });
  await browser.submit(page, '/pay', { 'arg.amount': '7' });
  assert.equal(calls.length, 2);
  assert.equal(acts(), 1);
  await browser.submit(await browser.get(page.path), '/pay', { 'arg.amount': '7' });
  assert.equal(acts(), 2);
});

for (const [amount, words] of [
  ['ten', 'Please write a whole number, with digits only.'],
  ['1.5', 'Please write a whole number, with digits only.'],
  ['-3', 'Please write a whole number, with digits only.'],
  ['0x10', 'Please write a whole number, with digits only.'],
  ['١٢', 'Please write a whole number, with digits only.'],
  ['9'.repeat(40), 'Please write a whole number, with digits only.'],
  ['', 'Please fill this in.'],
  ['0', 'Please write 1 or more.'],
  ['501', 'Please write 500 or less.'],
] as const) {
  test(`the amount ${JSON.stringify(amount.slice(0, 8))} is refused beside its field, and the rest stays`, async () => {
    const { purse, calls } = makePurse();
    const { browser, page } = await open(purse);
    const answer = await browser.submit(page, '/pay', {
      'arg.amount': amount,
      'arg.note': 'bread',
    });
    assert.equal(answer.status, 422);
    assert.deepEqual(calls, []);
    const form = formFor(answer, '/pay')!;
    assert.match(form.html, new RegExp(`<p class="mistake" id="([^"]+)">${words}`));
    assert.match(form.html, /aria-invalid="true"/);
    assert.equal(form.fields['arg.amount'], amount);
    assert.equal(form.fields['arg.note'], 'bread');
    // It may have been sent before without an answer: its request id stays too.
    assert.equal(form.fields['arg.requestId'], formFor(page, '/pay')!.fields['arg.requestId']);
    // The summary above links to the field.
    const [, target] = /<li><a href="#([^"]+)">Amount/.exec(answer.html)!;
    assert.ok(form.html.includes(`id="${target}"`));
  });
}

test('a form that did not come whole does nothing', async () => {
  const { purse, calls } = makePurse();
  const { browser, page } = await open(purse);
  const answer = await browser.submit(page, '/pay', {
    'arg.amount': '1',
    'arg.requestId': 'short',
  });
  assert.equal(answer.status, 400);
  assert.equal((await browser.post(`${page.path}/pay`, {})).status, 400);
  assert.deepEqual(calls, []);
});

for (const [code, words] of [
  ['revoked', 'This access has been withdrawn.'],
  ['expired', 'The time for this is over.'],
  ['limit', 'This would pass a limit.'],
  ['insufficient', 'There is not enough for this.'],
  ['claimed', 'Somebody else was first.'],
  ['closed', 'This is closed.'],
  ['conflict', 'This does not fit with something done before.'],
  ['notYet', 'It is too early for this.'],
  ['quota', 'You have used up your share of this for now.'],
  ['stale', 'This has changed meanwhile.'],
  ['invalid', 'A code or proof was not right.'],
  ['unsupported', 'This is not possible here.'],
  ['other', 'No reason was given.'],
  ['constructor', 'No reason was given.'],
] as const) {
  test(`the refusal "${code}" is said in words, and what was written stays`, async () => {
    const { purse } = makePurse(() => harden({ ok: false, code }));
    const { browser, page } = await open(purse);
    const answer = await browser.submit(page, '/pay', { 'arg.amount': '7', 'arg.note': 'bread' });
    assert.equal(answer.status, 409);
    assert.ok(answer.html.includes(words));
    const form = formFor(answer, '/pay')!;
    assert.equal(form.fields['arg.note'], 'bread');
    // The refusal is the outcome of the first id. A second try is another act.
    assert.notEqual(form.fields['arg.requestId'], formFor(page, '/pay')!.fields['arg.requestId']);
  });
}

test('a call without an answer keeps the form and its request id, so that sending again is safe', async () => {
  let hangs = true;
  const { purse, acts } = makePurse(() => (hangs ? new Promise(() => {}) : harden({ ok: true })));
  const { browser, page } = await open(purse);
  const answer = await browser.submit(page, '/pay', { 'arg.amount': '7', 'arg.note': 'bread' });
  assert.equal(answer.status, 503);
  assert.match(answer.html, /will not be done twice/);
  const form = formFor(answer, '/pay')!;
  assert.equal(form.fields['arg.amount'], '7');
  assert.equal(form.fields['arg.requestId'], formFor(page, '/pay')!.fields['arg.requestId']);
  hangs = false;
  await browser.submit(answer, '/pay');
  assert.equal(acts(), 1);
});

test('a call that rejects is said to be uncertain; one that a guard refuses is not', async () => {
  const facet = makeFacet(
    { methods: { a: { label: text('A'), args: [] }, b: { label: text('B'), args: [] } } },
    {
      a: () => {
        throw new Error('link lost');
      },
      b: () => {
        throw new TypeError('not a nat');
      },
    },
  );
  const { browser, page } = await open(facet);
  const lost = await browser.submit(page, '/a');
  assert.equal(lost.status, 503);
  assert.match(lost.html, /Look at the page before you try again/);
  assert.doesNotMatch(lost.html, /link lost/);
  const refused = await browser.submit(page, '/b');
  assert.equal(refused.status, 422);
  assert.match(refused.html, /not accepted/);
});

test('hostile text is escaped and kept from turning what stands beside it', async () => {
  const evil = `<script>alert(1)</script>"'><img src=x onerror=y>\u202egnp`;
  const { browser, page } = await open(
    makeFacet(
      {
        label: text(`Evil ${evil}`),
        view: 'look',
        fields: {
          a: { label: text(evil) },
          items: {
            label: text('Items'),
            item: { heading: 'a', controls: 'ref', fields: { a: { label: text('A') } } },
          },
        },
        methods: {
          go: {
            label: text(evil),
            help: text(evil),
            confirm: text(evil),
            args: [
              {
                name: 'x',
                kind: 'text',
                label: text(evil),
                initial: evil,
                help: text(evil),
                unit: text(evil),
              },
              { name: 'n', kind: 'nat', label: text('N') },
            ],
          },
        },
      },
      {
        look: () =>
          harden({
            a: evil,
            items: [
              { a: evil, ref: makeFacet({ methods: { act: { label: text(evil), args: [] } } }) },
            ],
          }),
      },
    ),
  );
  const again = await browser.submit(page, '/go', { 'arg.x': evil, 'arg.n': evil });
  for (const { html } of [page, again]) {
    assert.doesNotMatch(html, /<script>alert/);
    assert.doesNotMatch(html, /<img/);
    assert.match(html, /&lt;script&gt;alert/);
    assert.equal(/="[^"]*"[^\s>/]/.test(html), false);
    // In labels the mark is gone; in values it ends with the element that isolates it.
    const outside = html.replace(/<bdi>[^<]*<\/bdi>/g, '').replace(/value="[^"]*"/g, '');
    assert.equal(outside.includes('\u202e'), false);
    assert.ok(html.includes('<bdi>&lt;script'));
  }
});

test('a text that came back in a form is the text that was written', async () => {
  const { browser, page } = await open(makePurse().purse);
  const note = `"quotes" & <tags> 'and' more`;
  const answer = await browser.submit(page, '/pay', { 'arg.amount': 'x', 'arg.note': note });
  assert.equal(formFor(answer, '/pay')!.fields['arg.note'], note);
});

test('only the described fields are shown', async () => {
  const { page } = await open(
    makeFacet(
      { view: 'look', fields: { a: { label: text('A') } } },
      { look: () => harden({ a: 'shown', b: 'not for people' }) },
    ),
  );
  assert.match(page.html, /shown/);
  assert.doesNotMatch(page.html, /not for people/);
});

const makeShop = () => {
  const bread = makeFacet({ label: text('Offer') });
  const soap = makeFacet({ label: text('Offer') });
  const calls: unknown[][] = [];
  const order = makeFacet(
    { label: text('Order'), methods: { cancel: { label: text('Cancel'), args: [request] } } },
    { cancel: () => calls.push(['cancel']) },
  );
  const shop = makeFacet(
    {
      label: text('Shop'),
      view: 'look',
      fields: {
        offers: {
          label: text('Offers'),
          item: { heading: 'title', fields: { title: { label: text('What') } } },
        },
        orders: {
          label: text('Orders'),
          item: {
            heading: 'title',
            controls: 'ref',
            fields: { title: { label: text('What') } },
            empty: text('No orders'),
          },
        },
      },
      methods: {
        order: {
          label: text('Order'),
          args: [
            { name: 'offer', kind: 'facet', from: 'offers' },
            { name: 'count', kind: 'nat', label: text('Count'), initial: '1' },
          ],
        },
      },
    },
    {
      look: () =>
        harden({
          offers: [
            { title: 'Bread', offer: bread },
            { title: 'Soap', offer: soap },
          ],
          orders: [{ title: 'Older bread', ref: order }],
        }),
      order: (...args: unknown[]) => void calls.push(args),
    },
  );
  return { shop, bread, soap, calls };
};

test('a method that takes an item stands on each item and hands over its reference', async () => {
  const { shop, soap, calls } = makeShop();
  const { browser, page } = await open(shop);
  const forms = formsIn(page.html).filter(({ action }) => action.endsWith('/order'));
  assert.equal(forms.length, 2);
  assert.equal(new Set(forms.map(({ id }) => id)).size, 2);
  await browser.post(forms[1]!.action, { ...forms[1]!.fields, 'arg.count': '3' });
  assert.deepEqual(calls, [[soap, 3n]]);
  assert.match(forms[1]!.html, /Order<span class="unseen"> <bdi>for Soap<\/bdi>/);
});

test('a mistake on one item opens the form of that item only', async () => {
  const { shop } = makeShop();
  const { browser, page } = await open(shop);
  const [, second] = formsIn(page.html).filter(({ action }) => action.endsWith('/order'));
  const answer = await browser.post(second!.action, { ...second!.fields, 'arg.count': 'x' });
  const forms = formsIn(answer.html).filter(({ action }) => action.endsWith('/order'));
  assert.deepEqual(
    forms.map(({ fields }) => fields['arg.count']),
    ['1', 'x'],
  );
});

test('a reference of another session cannot be handed over', async () => {
  const { shop, calls } = makeShop();
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node);
  const browser = makeBrowser(bridge);
  const page = await browser.enter(node.invite(shop));
  const theirs = await makeBrowser(bridge).enter(node.invite(shop));
  const form = formFor(page, '/order')!;
  const foreign = formFor(theirs, '/order')!.fields['arg.offer']!;
  const answer = await browser.post(form.action, { ...form.fields, 'arg.offer': foreign });
  assert.equal(answer.status, 422);
  assert.deepEqual(calls, []);
});

test('items have the controls of their own facets, and lead back to the page they stand on', async () => {
  const { shop, calls } = makeShop();
  const { browser, page } = await open(shop);
  const answer = await browser.submit(page, '/cancel');
  assert.deepEqual(calls, [['cancel']]);
  assert.equal(answer.location, page.path);
});

test('an embedded facet is shown in place with its controls, to a limited depth', async () => {
  let made = 0;
  const nest = (depth: number): object =>
    makeFacet(
      {
        label: text(`Level ${depth}`),
        view: 'look',
        fields: { inner: { label: text('Inner'), embed: true } },
        methods: { go: { label: text('Go'), args: [] } },
      },
      {
        look: () => {
          made += 1;
          return harden({ inner: nest(depth + 1) });
        },
      },
    );
  const { page } = await open(nest(0));
  assert.ok(made <= 8);
  const forms = formsIn(page.html).filter(({ action }) => action.endsWith('/go'));
  assert.equal(forms.length, 4);
  assert.match(page.html, /<a class="link" href="\/c\/[^"]+">Level 4/);
});

test('a facet embedded in itself is shown once', async () => {
  const self: object = makeFacet(
    { label: text('Self'), view: 'look', fields: { me: { label: text('Me'), embed: true } } },
    { look: () => harden({ me: self }) },
  );
  const { page } = await open(self);
  assert.equal(page.status, 200);
  assert.equal([...page.html.matchAll(/class="facet/g)].filter(Boolean).length <= 4, true);
});

for (const [what, broken] of [
  ['rejects', () => Promise.reject(new Error('link down'))],
  ['never answers', () => new Promise(() => {})],
  ['answers nonsense', () => harden({ label: 'Thing', methods: [] })],
  [
    'answers a method with a bad name',
    () => harden({ label: text('T'), methods: { 'a/b"': { label: text('x'), args: [] } } }),
  ],
  ['answers something that is not passable', () => ({ label: text('T'), methods: new Map() })],
] as const) {
  test(`a facet whose description ${what} is shown as not reachable, with a way to try again`, async () => {
    const { page } = await open(makeFacet({}, { __describe__: broken }));
    assert.equal(page.status, 200);
    assert.match(page.html, /Not reachable now/);
    assert.match(page.html, new RegExp(`href="${page.path}"[^>]*>Try again`));
  });
}

test('a view that hangs costs the page its time limit, not its other parts', async () => {
  const stuck = makeFacet(
    { label: text('Stuck'), view: 'look', fields: {} },
    { look: () => new Promise(() => {}) },
  );
  const { page, browser } = await open(
    makeFacet(
      {
        label: text('Root'),
        view: 'look',
        fields: { a: { label: text('A') }, stuck: { label: text('S'), embed: true } },
      },
      { look: () => harden({ a: 'still here', stuck }) },
    ),
  );
  assert.match(page.html, /still here/);
  assert.match(page.html, /Not reachable now/);
  const start = Date.now();
  await browser.get(page.path);
  assert.ok(Date.now() - start < 1_000);
});

test('an answer that is a reference leads to its page; with "home" it becomes the home', async () => {
  const wallet = makeFacet({ label: text('Wallet') });
  const reception = makeFacet(
    { methods: { see: { label: text('See'), args: [] }, join: { label: text('Join'), args: [] } } },
    { see: () => wallet, join: () => harden({ goto: wallet, home: true }) },
  );
  const { browser, page } = await open(reception);
  const seen = await browser.submit(page, '/see');
  assert.equal(seen.status, 303);
  assert.match((await browser.get(seen.location!)).html, /<h1[^>]*>Wallet/);
  assert.equal((await browser.get('/')).location, page.path);
  const joined = await browser.submit(page, '/join');
  assert.equal(joined.location, seen.location);
  assert.equal((await browser.get('/')).location, seen.location);
});

test('a secret is shown once, as a link and a picture, in the answer and in no address', async () => {
  const secret = 'S'.repeat(43);
  const facet = makeFacet(
    { methods: { invite: { label: text('Invite'), args: [request] } } },
    { invite: () => harden({ secret }) },
  );
  const { browser, page, bridge } = await open(facet);
  const answer = await browser.submit(page, '/invite');
  assert.equal(answer.status, 200);
  assert.equal(answer.location, undefined);
  assert.ok(answer.html.includes(`>http://node.test/#${secret}</textarea>`));
  assert.match(answer.html, /<svg class="qr"[^>]* role="img" aria-label="QR code/);
  assert.equal(new RegExp(`(href|src|action)="[^"]*${secret}`).test(answer.html), false);
  assert.equal(JSON.stringify([...answer.headers, bridge.events]).includes(secret), false);
  assert.equal((await browser.get(page.path)).html.includes(secret), false);
});

test('a secret that is to be pasted elsewhere is no link', async () => {
  const secret = 'S'.repeat(43);
  const facet = makeFacet(
    { methods: { introduce: { label: text('Introduce'), args: [request] } } },
    { introduce: () => harden({ secret, toPaste: true }) },
  );
  const { browser, page } = await open(facet);
  const answer = await browser.submit(page, '/introduce');
  assert.ok(answer.html.includes(`>${secret}</textarea>`));
});

test('what has only some values is chosen, by its words', async () => {
  const values = { cold: text('Fridge'), wall: text('Wall') };
  const facet = makeFacet(
    {
      view: 'look',
      fields: {
        zones: {
          label: text('Zones'),
          item: { heading: 'kind', fields: { kind: { label: text('Kind'), values } } },
        },
      },
      methods: {
        add: {
          label: text('Add'),
          args: [
            { name: 'kind', kind: 'text', label: text('Kind'), initial: 'wall', values },
            request,
          ],
        },
        mend: {
          label: text('Mend'),
          args: [{ name: 'zone', kind: 'facet', from: 'zones' }, request],
        },
      },
    },
    { look: () => harden({ zones: [{ kind: 'cold', zone: makeFacet({}) }] }) },
  );
  const { page } = await open(facet);
  assert.match(page.html, /<select[^>]*name="arg.kind"/);
  assert.match(page.html, /<option value="cold">Fridge<\/option>/);
  assert.match(page.html, /<option value="wall" selected(="")?>Wall<\/option>/);
  // The words that tell an item's controls apart are the same.
  assert.match(page.html, /Fridge<\/bdi>/);
  assert.doesNotMatch(page.html, /<bdi>[^<]*cold<\/bdi>/);
});

test('a secret that a person writes never comes back', async () => {
  const facet = makeFacet({
    methods: {
      redeem: {
        label: text('Redeem'),
        args: [
          { name: 'code', kind: 'secret', label: text('Code') },
          { name: 'n', kind: 'nat', label: text('N') },
        ],
      },
    },
  });
  const { browser, page } = await open(facet);
  const answer = await browser.submit(page, '/redeem', {
    'arg.code': 'hunter2hunter2',
    'arg.n': 'x',
  });
  assert.equal(answer.status, 422);
  assert.equal(answer.html.includes('hunter2hunter2'), false);
});

test('a confirmation stands between the first press and the act, without scripts too', async () => {
  const { page } = await open(
    makeFacet({
      methods: { end: { label: text('End it'), args: [], confirm: text('Think twice.') } },
    }),
  );
  const form = formFor(page, '/end')!;
  assert.ok(form.html.indexOf('Think twice.') < form.html.indexOf('<button'));
});

test('htmx gets the part of the page that it asked for', async () => {
  const { purse } = makePurse();
  const { browser, page } = await open(purse);
  const htmx = { 'HX-Request': 'true' };
  const done = await browser.submit(page, '/pay', { 'arg.amount': '7' }, htmx);
  assert.equal(done.status, 200);
  assert.doesNotMatch(done.html, /<html|<body/);
  assert.match(done.html, /<hx-partial hx-target="#notice"[^>]*>.*Done: Pay\./s);
  const wrong = await browser.submit(page, '/pay', { 'arg.amount': 'x' }, htmx);
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /aria-invalid/);
});

test('htmx: without an answer the form stays as it is on the page, with its request id', async () => {
  const { purse } = makePurse(() => new Promise(() => {}));
  const { browser, page } = await open(purse);
  const answer = await browser.submit(
    page,
    '/pay',
    { 'arg.amount': '7' },
    { 'HX-Request': 'true' },
  );
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('HX-Retarget'), '#answer');
  assert.deepEqual(formsIn(answer.html), []);
});

test('a description that is too large is not shown', async () => {
  const methods: Record<string, Description['methods'][string]> = {};
  for (let i = 0; i < 100; i += 1) methods[`m${i}`] = { label: text('M'), args: [] };
  const { page } = await open(makeFacet({ methods }));
  assert.match(page.html, /Not reachable now/);
});
