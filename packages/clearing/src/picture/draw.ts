/** The picture as SVG, for people and for readers of screens; the same text for the same debts, on any machine. */
import { makeArrow, widthOf } from './arrow.ts';
import { type Layout, type Point, layOut, labelWidth, round } from './layout.ts';
import { makeNetwork } from './network.ts';
import { escapeXml, fit, plainLine } from './text.ts';
import type { Network, Node, Owed, PictureOptions } from './types.ts';
import { type PictureWords, pictureWords } from './words.ts';

const fontSize = 16;
const headingHeight = 96;
const lineHeight = 24;
const gutter = 24;
/** As many as can be followed where all are there; and fewer where many others are. */
const mostByDefault = 24;
const mostAmongMany = 16;
/** So many arrows can be told from each other. */
const mostArrows = 48;
/** And so many amounts between them. */
const mostSums = 18;

// Colours only repeat what form says. Contrast with the ground is at least 4.5 to 1 for texts, 3 to 1 for forms.
const style = `
.pn{--ground:#fff;--ink:#1c1e21;--quiet:#595e66;--arrow:#5f6670;--plus:#1f5fa6;--minus:#a34a00;background:var(--ground);max-width:100%;height:auto}
@media (prefers-color-scheme:dark){.pn{--ground:#15171a;--ink:#f0f1f3;--quiet:#b0b6bf;--arrow:#a3abb6;--plus:#7fb8f5;--minus:#f2a65e}}
.pn .ground{fill:var(--ground)}
.pn text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-size:${fontSize}px;fill:var(--ink)}
.pn .h1{font-size:24px;font-weight:700}.pn .h2{font-size:19px;font-weight:700}.pn .name{font-weight:600}.pn .quiet{fill:var(--quiet)}
.pn .line{fill:none;stroke:var(--arrow);opacity:.85}.pn .head{fill:var(--arrow)}.pn .many{opacity:.35}
.pn .ghost{fill:none;stroke:var(--quiet);stroke-width:1.2;stroke-dasharray:1 5;stroke-linecap:round}
.pn .lead{stroke:var(--quiet);stroke-width:.8;opacity:.7}
.pn .sum{font-size:14px;stroke:var(--ground);stroke-width:5px;stroke-linejoin:round;paint-order:stroke;text-anchor:middle}
.pn .plus{fill:var(--plus);stroke:var(--plus);stroke-width:2}.pn .minus{fill:var(--ground);stroke:var(--minus);stroke-width:3}.pn .even{fill:var(--ground);stroke:var(--quiet);stroke-width:1.5}
.pn .sign{font-weight:700;text-anchor:middle}.pn .plus+.sign{fill:var(--ground)}
`.trim();

type Tools = {
  readonly words: PictureWords;
  readonly format: (amount: bigint) => string;
  readonly sign: '.' | ',';
  readonly nameOf: (node: Node) => string;
};

const element = (
  tag: string,
  attributes: { [name: string]: string | number },
  inner = '',
): string => {
  const said = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${escapeXml(String(value))}"`,
  );
  return inner === '' ? `<${tag}${said.join('')}/>` : `<${tag}${said.join('')}>${inner}</${tag}>`;
};

const text = (x: number, y: number, className: string, content: string, anchor?: string): string =>
  element(
    'text',
    { x, y, class: className, ...(anchor === undefined ? {} : { 'text-anchor': anchor }) },
    escapeXml(content),
  );

const titled = (title: string, ...inner: string[]): string =>
  element('g', {}, `${element('title', {}, escapeXml(title))}${inner.join('')}`);

const signed = (net: bigint, format: (amount: bigint) => string): string =>
  net > 0n ? `+${format(net)}` : net < 0n ? `−${format(-net)}` : format(0n);

const drawNodes = ({ nodes }: Network, layout: Layout, { words, format, nameOf }: Tools): string =>
  nodes
    .map((node, i) => {
      const { x, y, radius, label } = layout.nodes[i]!;
      const kind = node.net > 0n ? 'plus' : node.net < 0n ? 'minus' : 'even';
      const sign = { plus: '+', minus: '−', even: '' }[kind];
      const said = { plus: words.isOwedNet, minus: words.owesNet, even: words.even }[kind];
      const net = signed(node.net, format);
      const inner = label.side === 'left' ? label.x + 8 : label.x - 8;
      const edge = label.side === 'left' ? x - radius - 3 : x + radius + 3;
      const anchor = label.side === 'left' ? 'end' : 'start';
      return titled(
        `${plainLine(nameOf(node))}: ${said}${node.net === 0n ? '' : ` ${net}`}`,
        element('line', { x1: inner, y1: label.y, x2: round(edge), y2: y, class: 'lead' }),
        element('circle', { cx: x, cy: y, r: radius, class: kind }),
        sign === '' ? '' : text(x, round(y + 5.5), 'sign', sign),
        text(label.x, label.y - 3, 'name', fit(nameOf(node), labelWidth / fontSize), anchor),
        text(label.x, label.y + 15, 'quiet', net, anchor),
      );
    })
    .join('');

type Box = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

const boxAround = ({ x, y }: Point, halfWidth: number, halfHeight: number): Box => ({
  left: x - halfWidth,
  right: x + halfWidth,
  top: y - halfHeight,
  bottom: y + halfHeight,
});

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const drawEdges = (
  { nodes, edges }: Network,
  layout: Layout,
  when: 'before' | 'after',
  { words, format, nameOf }: Tools,
): string => {
  const left = edges.slice(0, mostArrows).filter((edge) => edge[when] > 0n);
  const ghosts =
    when === 'before'
      ? []
      : edges.slice(0, mostArrows).filter(({ before, after }) => before > 0n && after === 0n);
  const names = (from: number, to: number) =>
    [plainLine(nameOf(nodes[from]!)), plainLine(nameOf(nodes[to]!))] as const;
  const dotted = ghosts.map(({ from, to }) => {
    const arrow = makeArrow(layout.nodes[from]!, layout.nodes[to]!, 1, true);
    return titled(
      words.ghost(...names(from, to)),
      element('path', { d: arrow.line, class: 'ghost' }),
    );
  });
  const isOther = (at: number) => nodes[at]!.name === undefined;
  // Those of many together lie under the rest.
  const below = left.toSorted(
    (a, b) => Number(isOther(b.from) || isOther(b.to)) - Number(isOther(a.from) || isOther(a.to)),
  );
  const drawn = below.map(({ from, to, [when]: amount }) => {
    const width = widthOf(amount, layout.widest);
    const { line, head } = makeArrow(layout.nodes[from]!, layout.nodes[to]!, width);
    return titled(
      words.owes(...names(from, to), format(amount)),
      element('path', {
        d: line,
        class: isOther(from) || isOther(to) ? 'line many' : 'line',
        'stroke-width': width,
      }),
      element('path', { d: head, class: isOther(from) || isOther(to) ? 'head many' : 'head' }),
    );
  });
  // The amounts stand above all arrows, the largest first, where there is room.
  const taken: Box[] = layout.nodes.map(({ x, y, radius }) => boxAround({ x, y }, radius, radius));
  const named = left.filter(({ from, to }) => !isOther(from) && !isOther(to));
  const sums = named.slice(0, mostSums).flatMap(({ from, to, [when]: amount }) => {
    const { labels } = makeArrow(
      layout.nodes[from]!,
      layout.nodes[to]!,
      widthOf(amount, layout.widest),
    );
    const said = format(amount);
    const box = labels
      .map((label) => boxAround(label, said.length * 4.6 + 3, 9))
      .find((one) => taken.every((other) => !overlap(one, other)));
    if (box === undefined) return [];
    taken.push(box);
    return [text(round((box.left + box.right) / 2), round(box.bottom - 4), 'sum', said)];
  });
  return [...dotted, ...drawn, ...sums].join('');
};

const drawPanel = (
  network: Network,
  layout: Layout,
  when: 'before' | 'after',
  tools: Tools,
): string => {
  const { words, format, sign } = tools;
  const { before, after } = network.totals;
  const sum = format(when === 'before' ? before : after);
  const lines = [
    sum,
    ...(when === 'after'
      ? [words.cleared(format(before - after), percentOf(before - after, before, sign))]
      : []),
  ];
  return [
    text(layout.centre.x, 0, 'h2', `${words[when]}: ${lines.join(' · ')}`, 'middle'),
    element(
      'g',
      { transform: 'translate(0 18)' },
      `${drawEdges(network, layout, when, tools)}${drawNodes(network, layout, tools)}`,
    ),
  ].join('');
};

/**
 * With one decimal, rounded down: 100 % means all.
 *
 * @param sign - what stands before the decimal
 */
export const percentOf = (value: bigint, whole: bigint, sign: '.' | ',' = '.'): string => {
  const perMille = whole === 0n ? 0n : (value * 1000n) / whole;
  const tenths = perMille % 10n;
  return `${perMille / 10n}${tenths === 0n ? '' : `${sign}${tenths}`}`;
};

/**
 * Draws who owes whom before and after, side by side, at the same places.
 * It is a whole document, fit to be a file or to stand in a page; it loads nothing and runs nothing.
 */
export const drawPicture = (debts: readonly Owed[], options: PictureOptions): string => {
  const { language, heading, format, most, prefix = 'pocas', sign = '.' } = options;
  if (most !== undefined && !(most >= 3 && most <= 40)) {
    throw RangeError('Cannot draw: the number of participants to draw is from 3 to 40');
  }
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(prefix)) {
    throw RangeError('Cannot draw: a prefix has only letters and digits');
  }
  const words = pictureWords[language];
  const network = makeNetwork(debts, most ?? mostByDefault, most ?? mostAmongMany);
  const layout = layOut(network);
  const nameOf = ({ name, count }: Node): string => name ?? words.others(String(count));
  const tools: Tools = { words, format, sign, nameOf };
  const { participants, nodes, totals, hidden, edges } = network;

  const notes = [
    words.arrows,
    words.circles,
    ...(edges.length > mostArrows ? [words.widest(String(mostArrows), String(edges.length))] : []),
    ...(participants > nodes.length
      ? [
          words.largest(String(nodes.length - 1), String(participants)),
          ...(hidden.before + hidden.after > 0n
            ? [words.hidden(format(hidden.before), format(hidden.after))]
            : []),
        ]
      : []),
  ];
  const width = 2 * layout.width + gutter;
  const bottom = headingHeight + layout.height + 18;
  const height = bottom + 30 + notes.length * lineHeight;
  const panel = (x: number, when: 'before' | 'after') =>
    element(
      'g',
      { transform: `translate(${x} ${headingHeight - 10})` },
      drawPanel(network, layout, when, tools),
    );
  const description = words.description(
    String(participants),
    format(totals.before),
    format(totals.after),
    format(totals.before - totals.after),
  );
  const inner = [
    element('title', { id: `${prefix}-title` }, escapeXml(plainLine(heading))),
    element('desc', { id: `${prefix}-desc` }, escapeXml([description, ...notes].join(' '))),
    `<style>${style}</style>`,
    element('rect', { width, height, class: 'ground' }),
    text(width / 2, 40, 'h1', fit(heading, width / 26), 'middle'),
    panel(0, 'before'),
    panel(layout.width + gutter, 'after'),
    ...notes.map((note, i) => text(gutter, bottom + 30 + i * lineHeight, 'quiet', note)),
  ];
  return `${element(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', class: 'pn', width, height, lang: language },
      ...{ viewBox: `0 0 ${width} ${height}`, role: 'img' },
      'aria-labelledby': `${prefix}-title ${prefix}-desc`,
    },
    inner.join('\n'),
  )}\n`;
};
