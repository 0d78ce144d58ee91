import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { type Owed, type PictureOptions, drawPicture, percentOf } from '#src/picture/index.js';
import { layOut } from '#src/picture/layout.js';
import { makeNetwork } from '#src/picture/network.js';
import { escapeXml, fit } from '#src/picture/text.js';

const options: PictureOptions = { language: 'en', heading: 'Valley', format: String };

const owed = (debtor: string, creditor: string, before: bigint, after = before): Owed => ({
  ...{ debtor, creditor, before, after },
});

/** So many participants, each of whom owes the next few. */
const makeDebts = (count: number): Owed[] =>
  Array.from({ length: count * 3 }, (_, i) => {
    const from = i % count;
    const to = (from + 1 + ((i * 7) % (count - 1))) % count;
    const before = BigInt(10 + ((i * 37) % 400));
    return owed(
      `Participant ${from + 1}`,
      `Participant ${to + 1}`,
      before,
      before / BigInt(1 + (i % 3)),
    );
  });

/** What a well-formed picture is made of: tags that are closed in their order, and texts. Refuses all else. */
const parseXml = (xml: string): { tags: string[]; texts: string[]; attributes: string[] } => {
  const tags: string[] = [];
  const names = new Set<string>();
  const texts: string[] = [];
  const open: string[] = [];
  const token = /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let end = 0;
  for (let match = token.exec(xml); match !== null; match = token.exec(xml)) {
    end = token.lastIndex;
    const [, closing, tag, attributes, isEmpty, text] = match;
    for (const part of [text, attributes]) {
      assert.doesNotMatch(part ?? '', /&(?!(?:amp|lt|gt|quot|#39);)/);
    }
    for (const [, name] of (attributes ?? '').matchAll(/ ([^ =]+)="/g)) names.add(name!);
    if (text !== undefined) texts.push(text);
    else if (closing === '/') assert.equal(open.pop(), tag);
    else {
      tags.push(tag!);
      if (isEmpty === '') open.push(tag!);
    }
  }
  assert.equal(end, xml.length, xml.slice(end, end + 60));
  assert.deepEqual(open, []);
  return { tags, texts, attributes: [...names] };
};

const allowed = ['circle', 'desc', 'g', 'line', 'path', 'rect', 'style', 'svg', 'text', 'title'];

// Nothing among them loads, runs or leads anywhere.
// prettier-ignore
const allowedAttributes = [
  'xmlns', 'class', 'width', 'height', 'lang', 'viewBox', 'role', 'aria-labelledby', 'id', 'x', 'y', 'x1', 'y1', 'x2',
  'y2', 'cx', 'cy', 'r', 'd', 'stroke-width', 'text-anchor', 'transform',
];

test('a picture says who owes whom, before and after, in words too', () => {
  const svg = drawPicture(
    [owed('A', 'B', 100n, 30n), owed('B', 'C', 80n, 10n), owed('C', 'A', 70n, 0n)],
    options,
  );
  const { tags, texts } = parseXml(svg);
  assert.deepEqual([...new Set(tags)].toSorted(), allowed);
  for (const said of [
    'Valley',
    'Before: 250',
    'After: 40 · 210 cleared, 84 %',
    ...['A owes B 100', 'A owes B 30', 'B owes C 80', 'B owes C 10', 'C owes A 70'],
    'C owes A nothing any more',
    ...['A: owes on balance −30', 'B: is owed on balance +20'],
  ]) {
    assert.ok(texts.includes(said), said);
  }
  assert.match(svg, /role="img" aria-labelledby="pocas-title pocas-desc"/);
  assert.match(svg, /They owed each other 250 in all, and owe 40 after it: 210 less\./);
  // Each of the three stands in both panels, with its sign, which needs no colour.
  assert.equal(texts.filter((text) => text === '+').length, 4);
  assert.equal(texts.filter((text) => text === '−').length, 2);
});

test('a picture in Spanish', () => {
  const svg = drawPicture([owed('A', 'B', 5n, 0n), owed('B', 'A', 5n, 0n)], {
    ...options,
    language: 'es',
  });
  assert.match(svg, /lang="es"/);
  for (const said of [
    'Antes: 10',
    'Después: 0 · 10 compensado, 100 %',
    'A debe a B 5',
    'A ya no debe nada a B',
  ]) {
    assert.ok(svg.includes(said.replace('Antes: 10', 'Antes: 10')), said);
  }
});

test('the same debts give the same picture, in whichever order they come', () => {
  const debts = makeDebts(30);
  const svg = drawPicture(debts, options);
  assert.equal(drawPicture(debts.toReversed(), options), svg);
  assert.equal(
    drawPicture(
      debts.toSorted((a, b) => (a.before < b.before ? -1 : 1)),
      options,
    ),
    svg,
  );
});

test('of equals the order of their names decides, and not who came first', () => {
  const rowArb = fc.tuple(fc.nat(6), fc.nat(6), fc.bigInt(1n, 2n), fc.bigInt(0n, 1n));
  fc.assert(
    fc.property(fc.array(rowArb, { maxLength: 12 }), fc.boolean(), (rows, isSmall) => {
      const debts = rows.map(([from, to, before, after]) =>
        owed(`p${from}`, `p${to}`, before, after),
      );
      const one = { ...options, ...(isSmall ? { most: 4 } : {}) };
      assert.equal(drawPicture(debts.toReversed(), one), drawPicture(debts, one));
    }),
    fuzz(200),
  );
});

test('of many participants the largest are drawn, and the others as one, and the picture says so', () => {
  const debts = makeDebts(300);
  const svg = drawPicture(debts, options);
  assert.ok(svg.length < 80_000);
  assert.match(svg, /The 15 largest of 300 participants are drawn, and all the others as one\./);
  assert.match(svg, /285 others/);
  const network = makeNetwork(debts, 24, 16);
  assert.equal(network.nodes.length, 16);
  assert.equal(network.participants, 300);
  // All of them together owe what they are owed.
  assert.equal(
    network.nodes.reduce((sum, { net }) => sum + net, 0n),
    0n,
  );
  const drawn = network.edges.reduce((sum, { before }) => sum + before, 0n);
  assert.equal(drawn + network.hidden.before, network.totals.before);
  assert.doesNotMatch(drawPicture(makeDebts(24), options), /others as one/);
});

test('no two circles touch, no two labels of a side overlap, and all is inside', () => {
  for (const count of [2, 3, 4, 7, 12, 16, 24, 40]) {
    const network = makeNetwork(makeDebts(count), 40, 40);
    const { nodes, width, height } = layOut(network);
    assert.equal(nodes.length, count);
    for (const [i, a] of nodes.entries()) {
      assert.ok(
        a.x > a.radius && a.x < width - a.radius && a.y > a.radius && a.y < height - a.radius,
      );
      assert.ok(a.label.y >= 15 && a.label.y <= height - 15, `${count}`);
      for (const b of nodes.slice(i + 1)) {
        assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius + 1, `${count}`);
        if (a.label.side === b.label.side) {
          assert.ok(Math.abs(a.label.y - b.label.y) >= 38, `${count}: ${a.label.y} ${b.label.y}`);
        }
      }
    }
  }
});

test('a debt that a credit line makes is drawn after, and not before', () => {
  const { texts } = parseXml(
    drawPicture([owed('A', 'B', 10n, 0n), owed('A', 'C', 0n, 10n)], options),
  );
  assert.equal(texts.filter((text) => text === 'A owes C 10').length, 1);
});

test('what somebody owes itself is not drawn, and nothing at all is a picture too', () => {
  parseXml(drawPicture([], options));
  parseXml(drawPicture([owed('A', 'A', 5n)], options));
});

test('numbers of any size are drawn', () => {
  parseXml(drawPicture([owed('A', 'B', 10n ** 40n, 1n), owed('B', 'A', 1n)], options));
});

test('a prefix or a number that a page could not use is refused', () => {
  for (const prefix of ['', 'a b', '"', '1a', 'é']) {
    assert.throws(() => drawPicture([], { ...options, prefix }), /Cannot draw: a prefix/);
  }
  for (const most of [2, 41, NaN]) {
    assert.throws(() => drawPicture([], { ...options, most }), /Cannot draw: the number/);
  }
});

const hostile = [
  ...[
    '<script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    "' onclick='x",
    ']]>',
    '<!--',
    '&lt;',
  ],
  ...['&#x0;', '\u0000\u0008', '\ud800', '\udfff\ud800', '\ufffe\uffff', '\u202etxt', 'مخبز', '👩‍👩‍👧‍👦'],
  ...[
    'x'.repeat(10_000),
    '👩‍'.repeat(5_000),
    'é\u0301'.repeat(9_000),
    'a\nb\tc',
    '</title><style>*{}',
  ],
];
const nameArb = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);

test('whatever names are, the picture is well-formed, loads nothing, and runs nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(nameArb, nameArb, fc.bigInt(0n, 1000n), fc.bigInt(0n, 1000n)), {
        maxLength: 12,
      }),
      nameArb,
      fc.constantFrom<'en' | 'es'>('en', 'es'),
      (rows, heading, language) => {
        const debts = rows.map(([debtor, creditor, before, after]) =>
          owed(debtor, creditor, before, after),
        );
        const svg = drawPicture(debts, { ...options, heading, language });
        const { tags, attributes } = parseXml(svg);
        assert.ok(tags.every((tag) => allowed.includes(tag)));
        // XML 1.0, section 2.2.
        assert.doesNotMatch(svg, /[^\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
        assert.ok(
          attributes.every((name) => allowedAttributes.includes(name)),
          attributes.join(),
        );
        assert.doesNotMatch(svg, /[\u202a-\u202e\u2066-\u2069]/);
      },
    ),
    fuzz(300),
  );
});

test('a text is cut where a reader sees a character end', () => {
  assert.equal(fit('Panadería Luna', 20), 'Panadería Luna');
  assert.match(fit('Cooperativa de Transportes Unidos', 10), /^Coop.*…$/);
  assert.equal(fit('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3), '👩‍👩‍👧‍👦…');
  assert.equal(fit('e\u0301'.repeat(30), 3), `${'e\u0301'.repeat(3)}…`);
  assert.equal(fit(' a \n b ', 20), 'a b');
  assert.equal(escapeXml(`<&>"'`), '&lt;&amp;&gt;&quot;&#39;');
});

test('percentages are rounded down: only all is 100 %', () => {
  assert.equal(percentOf(999n, 1000n), '99.9');
  assert.equal(percentOf(9999n, 10_000n), '99.9');
  assert.equal(percentOf(9999n, 10_000n, ','), '99,9');
  assert.equal(percentOf(84n, 100n), '84');
  assert.equal(percentOf(0n, 0n), '0');
});
