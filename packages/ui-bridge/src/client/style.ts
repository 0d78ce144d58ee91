/** The style of every page. No font, image or colour comes from elsewhere. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --paper: #f5f3ec;
  --card: #fffefb;
  --ink: #1c2621;
  --quiet: #55625b;
  --line: #dcd8cb;
  --field: #7b867f;
  --accent: #1d6b4f;
  --accent-ink: #ffffff;
  --accent-soft: #e3efe8;
  --bad: #9c2f1f;
  --bad-soft: #fbeae5;
  --shadow: 0 1px 2px #1c26210f, 0 6px 20px #1c26210a;
  --step: 0.5rem;
  --radius: 0.875rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121714;
    --card: #1a211d;
    --ink: #e7ece8;
    --quiet: #a5b1aa;
    --line: #2d3731;
    --field: #76837b;
    --accent: #82d3b1;
    --accent-ink: #0d2319;
    --accent-soft: #1f3229;
    --bad: #ff9d88;
    --bad-soft: #38211c;
    --shadow: none;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scrollbar-gutter: stable; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: flex;
  flex-direction: column;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, h4, h5, h6, p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
h1, h2, h3, h4, h5, h6 { line-height: 1.2; letter-spacing: -0.012em; text-wrap: balance; font-weight: 650; }
h1 { font-size: clamp(1.625rem, 1.3rem + 1.5vw, 2.25rem); letter-spacing: -0.022em; }
h2 { font-size: 1.3125rem; }
h3 { font-size: 1.0625rem; }
h4, h5, h6 { font-size: 1rem; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 0.06em; }
a:hover { text-decoration-thickness: 0.12em; }
h2 > a, h3 > a, h4 > a { color: inherit; text-decoration-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 0.25rem; }
main:focus, .panel:focus { outline: none; }
.icon {
  width: 1.25em; height: 1.25em; flex: none;
  fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round;
}
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.skip {
  position: absolute; left: 1rem; top: -4rem; z-index: 2; padding: 0.75rem 1rem;
  background: var(--accent); color: var(--accent-ink); border-radius: 0 0 var(--radius) var(--radius);
}
.skip:focus { top: 0; }
.needs-script { display: none; }
.scripted .needs-script { display: inline-flex; }
.quiet, .help, .lead, .unit { color: var(--quiet); }
.help { font-size: 0.9375rem; }
.lead { font-size: 1.0625rem; max-width: 42rem; text-wrap: pretty; }

/* frame */
header.site, main, footer.site { width: 100%; max-width: 72rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
header.site { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding-block: 0.75rem; }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.75rem; font-weight: 650; color: inherit; text-decoration: none; }
.brand .icon { color: var(--accent); width: 1.75rem; height: 1.75rem; }
.plain-button { background: none; color: var(--accent); border-color: transparent; padding-inline: 0.75rem; font-weight: 500; }
.plain-button:hover { background: var(--accent-soft); }
main { flex: 1; padding-block: 0.75rem 3.5rem; }
footer.site { padding-block-end: 1.5rem; font-size: 0.9375rem; }
footer.site nav { border-top: 1px solid var(--line); padding-block-start: 0.75rem; }
footer.site ul { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
footer.site a { display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--quiet); }
.banner:empty { display: none; }
.banner {
  position: sticky; top: 0; z-index: 1; padding: 0.625rem 1rem; text-align: center; font-weight: 550;
  background: var(--bad-soft); color: var(--bad); border-block: 1px solid var(--bad);
}
/* A short mark of what was done. It takes no room, and goes by itself; the page shows the result. */
.notice { position: fixed; inset: auto 1rem 1rem; z-index: 1; display: grid; justify-items: center; pointer-events: none; }
.notice p {
  display: flex; align-items: center; gap: 0.625rem; max-width: 100%;
  padding: 0.75rem 1.25rem 0.75rem 1rem; background: var(--accent); color: var(--accent-ink);
  border-radius: 2rem; font-weight: 550; box-shadow: 0 2px 4px #0003, 0 8px 24px #0003; animation: fade 8s forwards;
}
.narrow { max-width: 34rem; margin: clamp(0.5rem, 5vh, 3.5rem) auto 0; display: grid; gap: 1.5rem; }
.narrow header { display: grid; gap: 0.75rem; }
.hero > .icon { width: 3.5rem; height: 3.5rem; padding: 0.75rem; border-radius: 1rem; background: var(--accent-soft); color: var(--accent); }
.eyebrow { color: var(--accent); font-weight: 600; margin-top: 0.5rem; }

/* facets */
.facet, .region { display: grid; gap: 1.25rem; container-type: inline-size; }
.facet-head { display: grid; gap: 0.375rem; }
.facet .facet, .facet .region, .facet > .region { margin-top: 1rem; }
.facet:not(.root) { padding-top: 1.75rem; border-top: 1px solid var(--line); }
.root { gap: 1.5rem; }
.facet-body { display: grid; gap: 1rem; align-items: start; }
@container (min-width: 46rem) {
  .facet-body { grid-template-columns: minmax(0, 1fr) minmax(17rem, 22rem); gap: 1.5rem; }
  .facet-body > :only-child { grid-column: 1 / -1; }
  .facet-body > .acts:only-child { max-width: 30rem; }
}
.facts, .item, .card, details.control, .unreachable {
  background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow);
}
.facts { padding: clamp(1rem, 3vw, 1.75rem); display: grid; gap: 1.25rem; }
.stats { display: flex; flex-wrap: wrap; gap: 1.25rem clamp(1.5rem, 5vw, 3rem); align-items: end; }
.stats > div { display: grid; gap: 0.125rem; min-width: 6.5rem; }
.stats dt, .lines dt { color: var(--quiet); font-size: 0.9375rem; }
.stats dd { font-size: 1.375rem; font-weight: 600; line-height: 1.2; }
.stats > .prominent { flex: 1 0 100%; order: -1; }
.stats > .prominent dd { font-size: clamp(2.75rem, 2rem + 4cqi, 4rem); letter-spacing: -0.03em; }
.stats .unit { font-size: 1rem; font-weight: 500; letter-spacing: 0; }
.amount { font-variant-numeric: tabular-nums; }
.amount data { white-space: nowrap; }
.lines { display: grid; gap: 0; }
.lines > div { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; padding-block: 0.375rem; }
.lines > div + div { border-top: 1px solid var(--line); }
.lines dd { font-weight: 500; max-width: 100%; }
.text { white-space: pre-line; }
.plain { display: grid; gap: 0.25rem; }
meter { display: block; width: 100%; min-width: 8rem; height: 0.75rem; margin-top: 0.25rem; border: 1px solid var(--field); border-radius: 0.375rem; background: var(--paper); overflow: hidden; appearance: none; }
meter::-webkit-meter-bar { background: var(--paper); border: 0; border-radius: 0; height: 100%; }
meter::-webkit-meter-optimum-value { background: var(--accent); }
meter::-moz-meter-bar { background: var(--accent); }
.picture { width: 100%; min-height: 3.5rem; border: 1px solid var(--field); border-radius: 0.5rem; background: var(--card); }
.picture rect { stroke: var(--field); stroke-width: 2; }
.picture text { font-size: 30px; font-weight: 600; fill: var(--ink); }
.picture .size { font-weight: 400; }
.picture .free { fill: var(--paper); stroke-dasharray: 8 6; }
.picture .shade0 { fill: #8fbfa84d; } .picture .shade1 { fill: #c9a24a4d; } .picture .shade2 { fill: #6f9ac94d; }
.picture .shade3 { fill: #b97a9c4d; } .picture .shade4 { fill: #9a8f6a4d; } .picture .shade5 { fill: #7fb3b84d; }
.tag { display: inline-block; padding: 0.0625rem 0.625rem; border-radius: 1rem; background: var(--accent-soft); color: var(--accent); font-size: 0.9375rem; font-weight: 550; }
.link { display: inline-flex; align-items: center; gap: 0.375rem; min-height: 2.75rem; font-weight: 550; }
dd .link { min-height: 1.75rem; }
.items { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); align-items: start; }
.rows { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: 0.375rem clamp(1rem, 3vw, 1.5rem); }
.rows > li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; padding-block: 0.625rem; }
.rows > li + li { border-top: 1px solid var(--line); }
.rows .amount data { font-weight: 600; }
.items.column { grid-template-columns: 1fr; }
.item { padding: 1rem; display: grid; gap: 0.625rem; }
.unreachable { display: flex; gap: 0.875rem; padding: 1.125rem; background: none; border-style: dashed; box-shadow: none; color: var(--quiet); }
.unreachable strong { color: var(--ink); }
.unreachable .icon { width: 1.75rem; height: 1.75rem; }

/* controls */
.acts { display: grid; gap: 0.625rem; }
.acts > .control:not(details), .item > .control:not(details) { display: grid; gap: 0.375rem; }
details.control { overflow: clip; }
.item details.control { background: none; box-shadow: none; }
summary {
  display: flex; align-items: center; justify-content: space-between; gap: 0.75rem; min-height: 3rem; padding: 0.625rem 1rem;
  cursor: pointer; font-weight: 600; color: var(--accent); list-style: none; border-radius: var(--radius);
}
summary::-webkit-details-marker { display: none; }
summary::after {
  content: ''; flex: none; width: 0.5rem; height: 0.5rem; margin-inline-end: 0.25rem;
  border: solid currentColor; border-width: 0 2px 2px 0; transform: translateY(-0.125rem) rotate(45deg);
}
details[open] > summary::after { transform: translateY(0.125rem) rotate(225deg); }
summary:hover { background: var(--accent-soft); }
summary:focus-visible { outline-offset: -3px; border-radius: var(--radius); }
details.control > .help { padding: 0.75rem 1rem 0.5rem; }
details.control > .form { padding: 0.5rem 1rem 1rem; }
.form { display: grid; gap: 1rem; }
.card { padding: clamp(1rem, 4vw, 1.5rem); }
.field { display: grid; gap: 0.25rem; }
label { font-weight: 600; }
label .unit { font-weight: 400; }
input, textarea, select, button { font: inherit; }
input, textarea, select {
  width: 100%; min-height: 2.875rem; padding: 0.5rem 0.75rem; color: var(--ink); background: var(--paper);
  border: 1px solid var(--field); border-radius: 0.625rem;
}
textarea { resize: vertical; }
.nat { font-variant-numeric: tabular-nums; font-size: 1.125rem; }
input:focus-visible, textarea:focus-visible, select:focus-visible { outline-offset: 0; border-radius: 0.625rem; }
[aria-invalid] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
.mistake { color: var(--bad); font-weight: 550; font-size: 0.9375rem; }
.confirm { padding-inline-start: 0.75rem; border-inline-start: 3px solid var(--accent); }
button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem; padding: 0.5rem 1.25rem;
  border: 1px solid transparent; border-radius: 0.625rem; background: var(--accent); color: var(--accent-ink); font-weight: 600; cursor: pointer;
}
button:hover { filter: brightness(1.08); }
button:active { transform: translateY(1px); }
.control:not(details, .card) > .form > button { width: 100%; background: var(--accent-soft); color: var(--accent); border-color: var(--line); }
button.grave { background: var(--bad); color: var(--paper); }
form.htmx-request button { opacity: 0.65; cursor: progress; }
button:focus-visible { border-radius: 0.625rem; }

/* answers */
.panel { display: flex; gap: 0.875rem; margin-block: 0.25rem 1.5rem; padding: clamp(1rem, 3vw, 1.5rem); border-radius: var(--radius); border: 1px solid; scroll-margin-top: 1rem; }
.panel > div { display: grid; gap: 0.75rem; flex: 1; min-width: 0; }
.panel > .icon { width: 1.625rem; height: 1.625rem; }
.panel h2 { font-size: 1.1875rem; }
.panel ul { list-style: disc; padding-inline-start: 1.25rem; }
.panel.bad { background: var(--bad-soft); border-color: var(--bad); }
.panel.bad > .icon, .panel.bad h2 { color: var(--bad); }
.panel.good { background: var(--card); border-color: var(--accent); }
.panel.good > .icon { color: var(--accent); }
.secret { display: grid; gap: 0.5rem; justify-items: start; max-width: 36rem; }
.secret textarea { font-family: ui-monospace, 'Cascadia Mono', Menlo, monospace; font-size: 0.9375rem; }
.qr { width: 15rem; max-width: 100%; height: auto; background: #fff; border-radius: 0.5rem; }
.qr path { fill: #000; shape-rendering: crispedges; }

@media (prefers-reduced-motion: no-preference) {
  summary::after { transition: transform 0.15s; }
  .notice p { animation: arrive 0.25s ease-out, fade 8s forwards; }
}
@keyframes fade { 95% { opacity: 1; visibility: visible; } 100% { opacity: 0; visibility: hidden; } }
@keyframes arrive { from { opacity: 0; transform: translateY(0.375rem); } }
@media print { header.site, footer.site, .acts, details { display: none; } }
`;
