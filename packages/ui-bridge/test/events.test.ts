import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { formsIn, makeBrowser, makeNodeDouble, makeTestBridge, origin } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

/** A facet with a number that changes, counting the questions that are open to it. */
const makeMeter = (label: string, more: Record<string, unknown> = {}) => {
  let value = 0n;
  let waiting: { resolve(version: string): void; reject(error: Error): void }[] = [];
  let asked = 0;
  let lost = false;
  const facet = makeFacet(
    {
      label: text(label),
      view: 'look',
      changes: 'changes',
      fields: { value: { label: text('Value') }, inner: { label: text('Inner'), embed: true } },
      methods: { go: { label: text('Go'), args: [{ name: 'requestId', kind: 'requestId' }] } },
    },
    {
      look: () => {
        if (lost) throw new Error('link lost');
        return harden({ value, ...more });
      },
      changes: (since?: string) => {
        asked += 1;
        if (lost) return Promise.reject(new Error('link lost'));
        if (since !== String(value)) return String(value);
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
    },
  );
  const all = () => {
    const before = waiting;
    waiting = [];
    return before;
  };
  return {
    facet,
    set(next: bigint) {
      value = next;
      for (const { resolve } of all()) resolve(String(next));
    },
    lose(is: boolean) {
      lost = is;
      for (const { reject } of all()) reject(new Error('link lost'));
    },
    open: () => waiting.length,
    asked: () => asked,
  };
};

const listen = async (
  bridge: ReturnType<typeof makeTestBridge>,
  browser: ReturnType<typeof makeBrowser>,
  path: string,
) => {
  const jar = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await bridge.fetch(
    new Request(`${origin}${path}/events`, { headers: { Cookie: jar, 'Accept-Language': 'en' } }),
  );
  if (response.body === null || response.status !== 200) return { response };
  const reader = response.body.getReader();
  let text = '';
  return {
    response,
    reader,
    /** The data of the next event, comments passed over. */
    async next(): Promise<string> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const event = text.slice(0, end);
          text = text.slice(end + 2);
          if (event.startsWith(':')) continue;
          return event.replace(/^data: ?/gm, '');
        }
        const { done, value } = await reader.read();
        if (done) throw new Error('The stream ended');
        text += new TextDecoder().decode(value);
      }
    },
  };
};

const setUp = async (facet: object, limits = {}) => {
  const node = makeNodeDouble();
  const bridge = makeTestBridge(node, { limits });
  const browser = makeBrowser(bridge);
  const { path } = await browser.enter(node.invite(facet));
  return { node, bridge, browser, path };
};

test('the stream sends the page at once, and again when the facet changes', async () => {
  const meter = makeMeter('Meter');
  const { bridge, browser, path } = await setUp(meter.facet);
  const stream = await listen(bridge, browser, path);
  assert.match(stream.response.headers.get('Content-Type')!, /text\/event-stream/);
  assert.equal(stream.response.headers.get('Cache-Control'), 'no-store');
  const first = await stream.next!();
  assert.match(first, /<data value="0">/);
  assert.doesNotMatch(first, /<html|id="notice"/);
  meter.set(5n);
  assert.match(await stream.next!(), /<data value="5">/);
  await stream.reader!.cancel();
});

test('a change of an embedded facet is a change of the page', async () => {
  const inner = makeMeter('Inner');
  const outer = makeMeter('Outer', { inner: inner.facet });
  const { bridge, browser, path } = await setUp(outer.facet);
  const stream = await listen(bridge, browser, path);
  await stream.next!();
  inner.set(9n);
  assert.match(await stream.next!(), /<data value="9">/);
  await stream.reader!.cancel();
});

test('a change that shows nothing new sends nothing, and forms that are sent have fresh request ids', async () => {
  const meter = makeMeter('Meter');
  const { bridge, browser, path } = await setUp(meter.facet);
  const stream = await listen(bridge, browser, path);
  const first = formsIn(await stream.next!())[0]!.fields['arg.requestId'];
  // The facet answered its first version meanwhile: no event came of it.
  await new Promise((resolve) => setTimeout(resolve, 60));
  meter.set(1n);
  const second = await stream.next!();
  assert.match(second, /<data value="1">/);
  assert.notEqual(formsIn(second)[0]!.fields['arg.requestId'], first);
  await stream.reader!.cancel();
});

test('a lost facet is shown as not reachable, and again when it is back', async () => {
  const meter = makeMeter('Meter');
  const { bridge, browser, path } = await setUp(meter.facet);
  const stream = await listen(bridge, browser, path);
  await stream.next!();
  await new Promise((resolve) => setTimeout(resolve, 30));
  meter.lose(true);
  assert.match(await stream.next!(), /Not reachable now/);
  meter.lose(false);
  assert.match(await stream.next!(), /<data value="0">/);
  assert.ok(meter.asked() < 20);
  await stream.reader!.cancel();
});

test('a session has a limited number of streams, and one that is cancelled makes room', async () => {
  const meter = makeMeter('Meter');
  const { bridge, browser, path } = await setUp(meter.facet, { streams: 2 });
  const first = await listen(bridge, browser, path);
  const second = await listen(bridge, browser, path);
  const third = await listen(bridge, browser, path);
  assert.equal(third.response.status, 429);
  assert.equal(third.response.headers.get('HX-Reswap'), 'none');
  await first.next!();
  await first.reader!.cancel();
  const fourth = await listen(bridge, browser, path);
  assert.equal(fourth.response.status, 200);
  await fourth.reader!.cancel();
  await second.reader!.cancel();
});

test('however many pages look on, a facet has one open question', async () => {
  const meter = makeMeter('Meter');
  const { bridge, browser, path } = await setUp(meter.facet);
  for (let round = 0; round < 5; round += 1) {
    const stream = await listen(bridge, browser, path);
    await stream.next!();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await stream.reader!.cancel();
  }
  const stream = await listen(bridge, browser, path);
  await stream.next!();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(meter.open(), 1);
  meter.set(3n);
  assert.match(await stream.next!(), /<data value="3">/);
  await stream.reader!.cancel();
});

test('a facet that always says it changed costs a bounded number of looks', async () => {
  let looks = 0;
  const facet = makeFacet(
    { view: 'look', changes: 'changes', fields: { n: { label: text('N') } } },
    { look: () => harden({ n: BigInt((looks += 1)) }), changes: () => String(looks) },
  );
  const { bridge, browser, path } = await setUp(facet, { updateMillis: 50 });
  const stream = await listen(bridge, browser, path);
  const reading = (async () => {
    for (;;) await stream.next!();
  })().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(looks < 12, `${looks} looks`);
  await stream.reader!.cancel();
  await reading;
});

test('an update leaves only after what it rests on is on disk', async () => {
  const meter = makeMeter('Meter');
  const { node, bridge, browser, path } = await setUp(meter.facet);
  const stream = await listen(bridge, browser, path);
  await stream.next!();
  let release = () => {};
  const onDisk = new Promise<void>((resolve) => {
    release = resolve;
  });
  node.sessions.settled = () => onDisk;
  meter.set(8n);
  let came = false;
  const next = stream.next!().then(() => {
    came = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(came, false);
  release();
  await next;
  await stream.reader!.cancel();
});

test('a session that ends closes its streams', async () => {
  const meter = makeMeter('Meter');
  const { bridge, browser, path } = await setUp(meter.facet);
  const stream = await listen(bridge, browser, path);
  await stream.next!();
  await browser.submit(await browser.get('/leave'), '/leave');
  meter.set(4n);
  await assert.rejects(stream.next!(), /The stream ended/);
});

test('a session that the node ends closes its streams', async () => {
  const meter = makeMeter('Meter');
  const { node, bridge, browser, path } = await setUp(meter.facet);
  const stream = await listen(bridge, browser, path);
  await stream.next!();
  node.sessions.find = async () => undefined;
  meter.set(4n);
  await assert.rejects(stream.next!(), /The stream ended/);
});
