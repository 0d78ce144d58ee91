import { fuzz } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Description } from '@pocas/vat-runtime';
import { makeBrowser, makeNodeDouble, makeTestBridge, origin } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

const unhurried = { perSecond: 1e9, burst: 1e9 };
const limits = {
  answerMillis: 2000,
  updateMillis: 5,
  retryMillis: 20,
  heartbeatMillis: 1000,
  sessionRequests: unhurried,
  addressRequests: unhurried,
};
const setUp = async (facet: object) => {
  const node = makeNodeDouble();
  // The cast fills what the double fills.
  const bridge = makeTestBridge(node, { limits: limits as never });
  const browser = makeBrowser(bridge);
  const swiss = node.invite(facet);
  const page = await browser.enter(swiss);
  return { node, bridge, browser, page, swiss };
};

const pieceArb = fc.oneof(
  fc.constantFrom(
    ...[
      'c',
      'enter',
      'leave',
      'lang',
      'held',
      'events',
      'retry',
      'assets',
      '',
      '.',
      '..',
      '%',
      '%00',
    ],
    ...['%E0%A4%A', '%2e%2e', '%2F', '__proto__', 'constructor', 'order', 'a'.repeat(3000)],
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map(encodeURIComponent),
);
const fieldsArb = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'arg.amount',
        'arg.note',
        'arg.to',
        'arg.id',
        'page',
        'token',
        'secret',
        '__proto__',
        'lang',
        '',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 6 },
  )
  .map((pairs) =>
    pairs
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&'),
  );
const bodyArb = fc.oneof(
  fieldsArb.map((body) => ['application/x-www-form-urlencoded', body] as const),
  fc
    .tuple(
      fc.constantFrom(
        ...[
          'application/x-www-form-urlencoded',
          'multipart/form-data',
          'application/json',
          'text/plain',
        ],
        ...['multipart/form-data; boundary=x', 'multipart/form-data; boundary=', ';', ''],
      ),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom(
          '--x\r\nContent-Disposition: form-data; name="arg.note"\r\n\r\nx\r\n--x--\r\n',
          '--x\r\nContent-Disposition: form-data; name="arg.note"; filename="f"\r\n\r\nx\r\n--x--',
          '--x\r\n\r\n--x',
          '%',
          'a=%ff&b=%',
          '&&&==',
          '{"__proto__":1}',
        ),
      ),
    )
    .map(([type, body]) => [type, body] as const),
);

test('whatever a browser asks for, it gets a page with its headers, and no secret', async () => {
  const facet = makeFacet({
    methods: { order: { label: text('Order'), args: [{ name: 'amount', kind: 'nat' }] } },
  });
  const { bridge, browser, page, swiss } = await setUp(facet);
  const address = page.path.split('/')[2]!;
  const cookie = browser.cookies.get('pocas')!;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(pieceArb, fc.constant(address)), { maxLength: 4 }),
      fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'),
      fc.option(
        fc.oneof(
          fc.constantFrom(
            `pocas=${cookie}`,
            'pocas=',
            'pocas',
            ';;=;',
            `pocas=${cookie}; pocas=x`,
            '__proto__=1',
          ),
          fc.string({ maxLength: 20 }),
        ),
        { nil: undefined },
      ),
      fc.string({ maxLength: 20 }),
      bodyArb,
      async (pieces, method, cookies, language, [type, body]) => {
        let request;
        try {
          request = new Request(new URL(`/${pieces.join('/')}`, origin), {
            method,
            headers: {
              Host: 'node.test',
              'Accept-Language': language,
              ...(cookies === undefined ? {} : { Cookie: cookies }),
              ...(type === '' ? {} : { 'Content-Type': type }),
            },
            ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
          });
        } catch {
          // No browser can say this.
          return;
        }
        // Those stay open.
        if (request.url.endsWith('/events')) return;
        const response = await bridge.fetch(request);
        const html = await response.text();
        assert.ok(response.status < 500, `${response.status}`);
        assert.ok(response.headers.get('Content-Security-Policy')?.includes("default-src 'none'"));
        assert.ok(!html.includes(swiss) && !html.includes(cookie));
      },
    ),
    fuzz(150),
  );
  assert.deepEqual(
    bridge.events.filter(({ kind }) => kind === 'fault'),
    [],
  );
});

test('a form calls its method with what was written, or says what is wrong', async () => {
  const calls: unknown[][] = [];
  const facet = makeFacet(
    {
      methods: {
        pay: {
          label: text('Pay'),
          args: [
            { name: 'amount', kind: 'nat', label: text('Amount'), min: 2n, max: 10n ** 30n },
            { name: 'note', kind: 'text', label: text('Note') },
          ],
        },
      },
    },
    { pay: (...args: unknown[]) => void calls.push(args) },
  );
  const { bridge, browser, page } = await setUp(facet);
  const digitsArb = fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 45n }).map(String),
    fc.constantFrom(
      '',
      ' 7 ',
      '+7',
      '-7',
      '07',
      '7.0',
      '1e3',
      '0x10',
      '٣',
      '7\u0000',
      '9'.repeat(100_000),
    ),
    fc.string({ maxLength: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(
      digitsArb,
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      async (digits, note) => {
        calls.length = 0;
        const { status } = await browser.post(`${page.path}/pay`, {
          'arg.amount': digits,
          'arg.note': note,
        });
        assert.ok(status < 500);
        const [call] = calls;
        if (call === undefined) return;
        assert.equal(call[0], BigInt(digits.trim()));
        assert.ok((call[0] as bigint) >= 2n && (call[0] as bigint) <= 10n ** 30n);
        assert.equal(call[1], note.trim());
      },
    ),
    fuzz(60),
  );
  assert.deepEqual(
    bridge.events.filter(({ kind }) => kind === 'fault'),
    [],
  );
});

/** What a facet may answer: passable, and of any shape. */
const answerArb = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      undefined,
      null,
      true,
      7n,
      -1n,
      '',
      'name',
      text('Word'),
      '<script>',
      'x'.repeat(3000),
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'label',
          'methods',
          'fields',
          'view',
          'changes',
          'title',
          'item',
          'heading',
          'args',
          'name',
        ],
        ...[
          'kind',
          'values',
          'order',
          'controls',
          'embed',
          'constructor',
          'toString',
          'en',
          'es',
          'pay',
        ],
      ),
      tie('value'),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value;

test('whatever a facet says of itself and shows, there is a page, and nothing of it is markup', async () => {
  const sound: Description = {
    label: text('Thing'),
    view: 'look',
    fields: {
      name: { label: text('Name') },
      list: {
        label: text('List'),
        item: { heading: 'name', fields: { name: { label: text('N') } } },
      },
    },
    methods: { pay: { label: text('Pay'), args: [{ name: 'amount', kind: 'nat' }] } },
  };
  let said: unknown = sound;
  let shown: unknown;
  const { Far } = await import('@endo/far');
  const facet = Far('Double', {
    __describe__: () => harden(said) as never,
    look: () => harden(shown) as never,
  });
  const { bridge, browser, page } = await setUp(facet);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<string>(
        ...['', 'label', 'view', 'fields', 'methods', 'title', 'order', 'changes'],
      ),
      answerArb,
      answerArb,
      async (name, value, view) => {
        said = name === '' ? value : { ...sound, [name]: value };
        shown = view;
        const { status, html } = await browser.get(page.path);
        assert.ok(status < 500, `${status}`);
        assert.ok(!html.includes('<script>'));
      },
    ),
    fuzz<[string, unknown, unknown]>(100, [
      // No page, where a view was named like a property of functions.
      ['view', 'name', []],
      ['methods', { length: { label: text('L'), args: [] } }, []],
    ]),
  );
  assert.deepEqual(
    bridge.events.filter(({ kind }) => kind === 'fault'),
    [],
  );
});
