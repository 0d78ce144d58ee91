/**
 * What somebody would run who broke out of a vat, in the place of `process-child.ts`: it speaks the
 * frames and lies. How, stands in whatever it is told to do.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { frameOf, makeFrameReader } from '#src/hosts/frames.js';

const write = (bytes: Buffer) => void writeSync(4, bytes);
const say = (message: unknown) => write(frameOf(JSON.stringify(message)));

const emptyCrank = {
  ...{ rows: [], stored: [], messages: [], effects: [], lines: [] },
  ...{ sawTime: false, unlinked: false },
};
const crank = (parts: object = {}, around: object = {}) => ({
  ...{ type: 'crank', vat: '1', load: 1, number: 1 },
  crank: { ...emptyCrank, rows: [['stolen', 'row']], ...parts },
  ...around,
});
const done = (carriedOut: number, ...reports: unknown[]) =>
  say({ type: 'done', carriedOut, reports });
const data = (slots: string[] = [], body = '#[]') => ({ body, slots });
const send = (parts: object) =>
  crank({ effects: [{ kind: 'send', target: 'd1.bomb', method: 'm', args: data(), ...parts }] });
const effect = (parts: object) => crank({ effects: [parts] });
const outcome = { ok: true, data: data() };

const outcomeOf = (body: () => unknown): unknown => {
  try {
    body();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
};
/** Each breaks a rule, and is to be noticed. */
const lies: Record<string, () => void> = {
  'no JSON': () => write(frameOf('{')),
  'no record': () => say([]),
  'an unknown frame': () => say({ type: 'x' }),
  'a frame without end': () => write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7b])),
  'a frame that says nothing': () => done(0),
  'more values than any turn has': () =>
    say({ type: 'done', carriedOut: 1, reports: [], more: Array(600_000).fill(0) }),
  'values nested too deeply': () =>
    write(
      frameOf(
        `{"type":"done","carriedOut":1,"reports":[],"more":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      ),
    ),
  'a second beginning': () => say({ type: 'ready' }),
  'more than it was told': () => done(1000),
  'less than nothing': () => done(-1),
  'an unknown report': () => done(0, { type: 'x', vat: '1' }),
  'a crank of another vat': () => done(0, crank({}, { vat: '2' })),
  'a crank of a vat by another name': () => done(0, crank({}, { vat: '1/../2' })),
  'a crank of a load to come': () => done(0, crank({}, { load: 2 })),
  'an item it was not given': () => done(0, crank({}, { done: 'in/1/0000000000000001' })),
  'a row as an item': () => done(0, crank({}, { done: 'vat/1' })),
  'a row without a key': () => done(0, crank({ rows: [['', 'x']] })),
  'a row that is no text': () => done(0, crank({ rows: [['a', 5]] })),
  'rows that are no list': () => done(0, crank({ rows: { length: 1 } })),
  'a slot that is none': () => done(0, crank({ stored: ['o+d1.bomb'] })),
  'too many lines': () => done(0, crank({ lines: Array.from({ length: 102 }, () => 'x') })),
  'a line that is no text': () => done(0, crank({ lines: [{}] })),
  'an unknown effect': () => done(0, effect({ kind: 'x' })),
  'a target that is none': () => done(0, send({ target: 'o+d1' })),
  'a method that is no text': () => done(0, send({ method: {} })),
  'a time that is none': () => done(0, send({ notAfter: '1e9' })),
  'arguments that are nested too deeply': () =>
    done(0, send({ args: data([], `#${'['.repeat(1000)}${']'.repeat(1000)}`) })),
  'a timer past all time': () => done(0, effect({ kind: 'timer', timer: 1, at: '9'.repeat(18) })),
  'a timer that is none': () => done(0, effect({ kind: 'timer', timer: '1/../2', at: '1' })),
  'an answer that is none': () =>
    done(0, effect({ kind: 'answer', ticket: '1/1', outcome: { ok: 1, data: data() } })),
  'an end that nobody asked for': () =>
    done(0, { type: 'unloaded', vat: '1', load: 1, forgotten: true }),
  'the failure of another vat': () => done(0, { type: 'failed', vat: '2', reason: 'x' }),
  'a question for a row of another vat': () => say({ type: 'read', vat: '2', key: 'head' }),
  'without being asked, for ever': () => {
    for (;;) done(0, crank());
  },
  'questions for ever': () => {
    for (;;) say({ type: 'read', vat: '1', key: 'head' });
  },
  // Those that only the node can tell.
  'a target it was never given': () => done(0, send({ target: '-d77' })),
  'an argument it was never given': () => done(0, send({ args: data(['-d77']) })),
  'a ticket it was never given': () => done(0, effect({ kind: 'answer', ticket: '1/1', outcome })),
};

/** Breaks the protocol of the wire, and says much while it is told to end; to that it does not come. */
const stay = () => {
  done(0, crank({ rows: [], messages: [{ type: 'x' }] }));
  done(1, crank({ rows: [], messages: Array(200_000).fill(0) }));
};

/** What it finds where it runs. */
const look = () => {
  const found = {
    environment: { ...process.env },
    folder: process.cwd(),
    file: outcomeOf(() => readFileSync('/etc/hostname')),
    spawn: outcomeOf(() => spawn('/bin/true')),
    thread: outcomeOf(() => new Worker('0', { eval: true })),
  };
  done(0, crank({ rows: [], lines: [JSON.stringify(found)] }));
};

const take = makeFrameReader(1 << 26, (text) => {
  if (text.includes('"LOOK"')) return look();
  if (text.replaceAll('\\', '').includes('"STAY"')) return stay();
  if (text.includes('"unload"')) return;
  const [, lie] =
    Object.entries(lies).find(([name]) => text.replaceAll('\\', '').includes(`"${name}"`)) ?? [];
  if (lie === undefined) done(1);
  else lie();
});
new Socket({ fd: 3 }).on('data', (piece: Buffer) => void take(piece));
say({ type: 'ready' });
