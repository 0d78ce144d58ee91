/**
 * What is wrong with stock `@endo/captp`, fault by fault, with the numbers that comments in the sources give.
 *
 * Each test passes while the fault is there. When one fails, an upgrade has mended something: look
 * whether the guard that its comment names is still needed, and take away what is not.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { E, Far } from '@endo/far';
import { makeCapTP as makeOurs } from '@endo/captp';
// @ts-expect-error Fault 11: 4.5.1 has no types.
import { makeCapTP as makeNext } from 'captp-next';
import type { Message } from '#src/switchboard/wire.js';
import { collectUntil, nextTask } from '../collect.ts';
import { call, drop, show } from './board.ts';

// Values of the other side are of any kind here, and 4.5.1 has no types.
type Any = any;

const slot0 = '{"@qclass":"slot","index":0}';
const method = (name: string, args = '[]', ...slots: string[]) => ({
  method: { body: `["${name}",${args}]`, slots },
});
const property = (name: string) => ({ method: { body: `["${name}"]`, slots: [] } });
const bootstrap = { type: 'CTP_BOOTSTRAP', epoch: 0, questionID: 'q-1' };

/** Runs a program in a process of its own, without lockdown unless it locks down itself. */
const run = (program: string) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', program],
    // Where the packages that it imports are found.
    { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8', timeout: 60_000 },
  );
  assert.equal(status, 0, stderr);
  return stdout + stderr;
};

for (const [version, makeCapTP, name] of [
  ['4.5.0', makeOurs, '@endo/captp'],
  ['4.5.1', makeNext, 'captp-next'],
] as const) {
  const makeStock = (offered: unknown, options: object = {}) => {
    let sent: Message[] = [];
    const captp: Any = (makeCapTP as Any)(
      'stock',
      (message: Any) => void sent.push(message),
      offered,
      {
        gcImports: true,
        onReject: () => {},
        ...options,
      },
    );
    return {
      captp,
      say: (message: Any) => captp.dispatch(message) as boolean,
      takeMessages: () => sent.splice(0),
      take: () => sent.splice(0).map(show),
    };
  };
  /** One whose offer, `o-1`, the other side holds. */
  const makeMet = async (offered: unknown, options?: object) => {
    const stock = makeStock(offered, options);
    stock.say(bootstrap);
    await nextTask();
    stock.take();
    return stock;
  };
  const fault = (number: number, what: string, body: () => void | Promise<void>) =>
    test(`captp ${version}, fault ${number}: ${what}`, body);

  // Every entrance locks down before it imports captp (`node/lockdown.ts`); and no property and no
  // function is called: endpoint.test.ts, "a call that is no method call is refused: …".
  fault(1, 'without lockdown, whoever walks to the constructor runs any code', () => {
    const said = run(`
      import 'ses';
      import '@endo/eventual-send/shim.js';
      const { Far } = await import('@endo/far');
      const { makeCapTP } = await import('${name}');
      const { dispatch } = makeCapTP('stock', () => {}, Far('Thing', {}), { onReject() {} });
      const say = (questionID, target, body) => dispatch({
        type: 'CTP_CALL', epoch: 0, questionID, target, method: { body: JSON.stringify(body), slots: [] },
      });
      dispatch({ type: 'CTP_BOOTSTRAP', epoch: 0, questionID: 'q-1' });
      await null;
      await new Promise(setImmediate);
      say('q-2', 'o-1', ['toString']);
      say('q-3', 'q-2', ['constructor']);
      say('q-4', 'q-3', [null, ['console.log("ran in " + process.version)']]);
      say('q-5', 'q-4', [null, []]);
      for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    `);
    assert.ok(said.includes(`ran in ${process.version}`), said);
  });

  // methods.ts. endpoint.test.ts, "a call reaches own methods of objects, and nothing else".
  fault(2, 'a call reaches inherited members, and a property detaches a method', async () => {
    const { say, take } = await makeMet(Far('Thing', { label: () => 'thing' }));
    say({ ...call('q-2', 'o-1'), ...method('toString') });
    say({ ...call('q-3', 'o-1'), ...method('hasOwnProperty', '["label"]') });
    say({ ...call('q-4', 'o-1'), ...property('label') });
    say({ ...call('q-5', 'q-4'), method: { body: '[null,[]]', slots: [] } });
    await nextTask();
    const lines = take();
    for (const line of ['q-2 = "[object Alleged: Thing]"', 'q-3 = true', 'q-5 = "thing"']) {
      assert.ok(lines.includes(line), lines.join('\n'));
    }
  });

  // The switchboard releases pipelined calls onto capabilities only: switchboard.test.ts, "a call on
  // a promise that becomes data is refused with the one fixed error".
  fault(2, 'a pipelined call reaches the raw answer, and makes much out of little', async () => {
    const { say, take, takeMessages } = await makeMet(
      Far('Thing', { secrets: () => new Map([['k', 'v']]), text: () => 'pong', list: () => [] }),
    );
    say({ ...call('q-2', 'o-1'), ...method('secrets') });
    say({ ...call('q-3', 'q-2'), ...method('get', '["k"]') });
    await nextTask();
    assert.ok(take().includes('q-3 = "v"'));
    say({ ...call('q-4', 'o-1'), ...method('text') });
    say({ ...call('q-5', 'q-4'), ...method('repeat', '[100000]') });
    say({ ...call('q-6', 'o-1'), ...method('list') });
    say({ ...call('q-7', 'q-6'), ...property('constructor') });
    say({ ...call('q-8', 'q-7'), ...method('from', '[{"length":1000}]') });
    await nextTask();
    const bodies = new Map(
      (takeMessages() as Any[]).map(({ answerID, result }) => [answerID, result?.body]),
    );
    assert.equal(bodies.get('q-5').length, 400_002);
    assert.equal(JSON.parse(bodies.get('q-8')).length, 1000);
  });

  // The switchboard gives the number of an answer as q+N, and drops it as q-N (`#onReturn`).
  // endpoint.test.ts, "… what nobody needs any more is collected at both ends".
  fault(3, 'an answer under q-N is never freed, and one under q+N is', async () => {
    for (const [id, lasts] of [
      ['q-1', true],
      ['q+1', false],
    ] as const) {
      const { say, take } = makeStock(Far('Thing', { label: () => 'thing' }));
      say({ ...bootstrap, questionID: id });
      await nextTask();
      say(drop('q-1', 9));
      take();
      assert.equal(say({ ...call('q-5', id), ...method('label') }), lasts);
      await nextTask();
      assert.deepEqual(take(), lasts ? ['q-5 = "thing"'] : []);
    }
  });

  // Tables of ours, which demote what was dropped. endpoint.test.ts, "an object that was dropped is
  // exported again under its slot, and a dropped promise settles again".
  fault(4, 'a call on an object that was dropped and sent again is never answered', async () => {
    const child = Far('Child', { label: () => 'child' });
    const { say, take } = await makeMet(Far('Thing', { child: () => child }));
    say({ ...call('q-2', 'o-1'), ...method('child') });
    await nextTask();
    assert.deepEqual(take(), ['q-2 = o+2']);
    say(drop('o-2'));
    say({ ...call('q-3', 'o-1'), ...method('child') });
    await nextTask();
    assert.deepEqual(take(), ['q-3 = o+2']);
    assert.equal(say({ ...call('q-4', 'o-2'), ...method('label') }), false);
    await nextTask();
    assert.deepEqual(take(), []);
  });

  // The guard counts what it received itself. endpoint.test.ts, "a drop gives back what was
  // received, call targets not counted".
  fault(4, 'the targets of calls count among what is given back', async () => {
    const kept: unknown[] = [];
    const { say, take } = await makeMet(
      Far('Thing', { keep: (value: unknown) => void kept.push(value) }),
    );
    say({ ...call('q-2', 'o-1'), ...method('keep', `[${slot0}]`, 'o+1') });
    say({ ...call('q-3', 'o-1'), ...method('keep', '[1]') });
    await nextTask();
    kept.length = 0;
    take();
    const dropped: string[] = [];
    await collectUntil(() => dropped.push(...take()) > 0);
    // It was sent once; the second is the call on the other side's own object of the same number.
    assert.deepEqual(dropped, ['drop o-1 x2']);
  });

  // endpoint.test.ts, "a call that cannot be read is answered, and one on what is not exported too";
  // the switchboard refuses what nests too deeply.
  fault(5, 'a call that cannot be read is never answered', async () => {
    const { say, take } = await makeMet(Far('Thing', { echo: (value: unknown) => value }));
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    assert.equal(
      say({ ...call('q-2', 'o-1'), ...method('echo', '[{"@qclass":"slot","index":7}]') }),
      false,
    );
    assert.equal(say({ ...call('q-3', 'o-9'), ...method('echo') }), false);
    assert.equal(say({ ...call('q-4', 'o-1'), ...method('echo', `[${deep}]`) }), false);
    assert.equal(say({ ...call('q-5', 'o-1'), method: { body: 'no JSON', slots: [] } }), false);
    await nextTask();
    assert.deepEqual(take(), []);
  });

  // limits.ts. switchboard.test.ts, "a message at each limit is accepted" and those around it.
  fault(
    6,
    'there is no limit: not of slots, nor of length, nor of questions under way',
    async () => {
      let imported = 0;
      const { say, take } = await makeMet(
        Far('Thing', {
          count: (values: unknown[]) => values.length,
          wait: () => new Promise(() => {}),
        }),
        { importHook: () => void (imported += 1) },
      );
      const slots = Array.from({ length: 5000 }, (_, i) => `o+${i + 1}`);
      const values = slots.map((_, index) => `{"@qclass":"slot","index":${index}}`).join();
      assert.equal(
        say({ ...call('q-2', 'o-1'), ...method('count', `[[${values}]]`, ...slots) }),
        true,
      );
      const text = JSON.stringify('x'.repeat(2 << 20));
      assert.equal(say({ ...call('q-3', 'o-1'), ...method('count', `[[${text}]]`) }), true);
      for (let i = 0; i < 5000; i += 1) {
        assert.equal(say({ ...call(`q-${i + 10}`, 'o-1'), ...method('wait') }), true);
      }
      await nextTask();
      assert.deepEqual(take(), ['q-2 = 5000', 'q-3 = 1']);
      assert.equal(imported, 5000);
    },
  );

  // The switchboard gives what waited for a promise on before it says what the promise became:
  // switchboard.test.ts, "calls on a promise that becomes one’s own object come before those made after it".
  fault(7, 'calls made early on a promise of one’s own object come after later ones', async () => {
    const log: string[] = [];
    const own = Far('Own', { note: (text: string) => void log.push(text) });
    let promise: Any;
    const { say, takeMessages } = await makeMet(
      Far('Thing', { own: () => own, take: (given: Any) => void (promise = given.promise) }),
    );
    say({ ...call('q-2', 'o-1'), ...method('own') });
    say({ ...call('q-3', 'o-1'), ...method('take', `[{"promise":${slot0}}]`, 'p+1') });
    await nextTask();
    takeMessages();
    void E(promise).note('early');
    await nextTask();
    const early = takeMessages().find((message) => message.type === 'CTP_CALL') as Any;
    assert.equal(early.target, 'p-1');
    // As the other side does: it learns of the call after it has said what the promise is.
    say({ type: 'CTP_RESOLVE', epoch: 0, promiseID: 'p-1', res: { body: slot0, slots: ['o-2'] } });
    await promise;
    await E(promise).note('late');
    say({ ...early, questionID: 'q-4', target: 'o-2' });
    await nextTask();
    assert.deepEqual(log, ['late', 'early']);
  });

  // `node/lockdown.ts` drops that line, and a vat has a console of its own (`node/vat-console.ts`).
  fault(8, 'an error that is sent is printed with what it hides', () => {
    const sayOf = (lockdown: string) =>
      run(`
      import '${lockdown}';
      ${lockdown === 'ses' ? "import '@endo/eventual-send/shim.js'; lockdown();" : ''}
      const { Far } = await import('@endo/far');
      const { Fail } = await import('@endo/errors');
      const { makeCapTP } = await import('${name}');
      const sent = [];
      const thing = Far('Thing', { fail: (text) => Fail\`no \${text}\` });
      const { dispatch } = makeCapTP('stock', (m) => void sent.push(m), thing, { onReject() {} });
      dispatch({ type: 'CTP_BOOTSTRAP', epoch: 0, questionID: 'q-1' });
      await new Promise(setImmediate);
      dispatch({ type: 'CTP_CALL', epoch: 0, questionID: 'q-2', target: 'o-1',
        method: { body: '["fail",["hidden words"]]', slots: [] } });
      await new Promise(setImmediate);
      console.log(sent.at(-1).exception.body.includes('hidden words') ? 'leaked' : 'redacted');
    `);
    const said = sayOf('ses');
    assert.match(said, /Temporary logging of sent error/);
    assert.match(said, /hidden words/);
    assert.match(said, /^redacted$/m);
    assert.equal(sayOf('@pocas/vat-runtime/lockdown'), 'redacted\n');
  });

  // Words for others are written in an answer, and not thrown (STYLE, "Errors").
  fault(8, 'the class and the code of an error do not cross', async () => {
    class OutOfStock extends RangeError {
      readonly code = 'OUT_OF_STOCK';
    }
    const { say, takeMessages } = await makeMet(
      Far('Thing', {
        fail() {
          throw new OutOfStock('none left');
        },
      }),
    );
    say({ ...call('q-2', 'o-1'), ...method('fail') });
    await nextTask();
    const [{ exception }] = takeMessages() as Any;
    const { errorId: _, ...error } = JSON.parse(exception.body);
    assert.deepEqual(error, { '@qclass': 'error', message: 'none left', name: 'RangeError' });
  });

  // The switchboard takes any reason, and endpoints give a text: switchboard.test.ts, "a party that
  // says goodbye in any words is let go, whatever the words are".
  fault(9, 'an abort with an error says nothing to the other side', () => {
    const { captp, takeMessages } = makeStock(undefined);
    captp.abort(Error('the link was lost'));
    const [goodbye] = takeMessages() as Any;
    assert.equal(goodbye.type, 'CTP_DISCONNECT');
    assert.equal(JSON.stringify(goodbye.reason), '{}');
  });

  // Not mended: whoever keeps a presence of a session that has ended pays for all of it.
  fault(9, 'one presence that is kept after the end keeps all of its session', () => {
    const said = run(`
      import '@pocas/vat-runtime/lockdown';
      const { Far } = await import('@endo/far');
      const { makeCapTP } = await import('${name}');
      const soon = () => new Promise((resolve) => setTimeout(resolve, 1));
      const held = [];
      const meet = async (isKept) => {
        let given;
        const thing = Far('Thing', { keep: (value) => void (given = value) });
        const captp = makeCapTP('stock', () => {}, thing, { gcImports: true, onReject() {} });
        captp.dispatch({ type: 'CTP_BOOTSTRAP', epoch: 0, questionID: 'q-1' });
        await soon();
        captp.dispatch({ type: 'CTP_CALL', epoch: 0, questionID: 'q-2', target: 'o-1',
          method: { body: '["keep",[${slot0}]]', slots: ['o+1'] } });
        await soon();
        captp.abort('the link was lost');
        await soon();
        if (isKept) held.push(given);
        given = undefined;
        return new WeakRef(captp.dispatch);
      };
      for (const isKept of [false, true]) {
        const session = await meet(isKept);
        // What was looked at stays until the end of its task, so nobody looks.
        for (let i = 0; i < 30; i += 1) {
          gc();
          await soon();
        }
        console.log(held.length, session.deref() === undefined ? 'collected' : 'there');
      }
    `);
    assert.equal(said, '0 collected\n1 there\n');
  });

  // Tables of ours, and the guard answers. endpoint.test.ts, "a call that cannot be read is
  // answered, and one on what is not exported too".
  fault(10, 'hooks only look on, and a call on what a table denies is never answered', async () => {
    const hooked: string[] = [];
    const { say, take } = await makeMet(Far('Thing', { label: () => 'thing' }), {
      exportHook: (_value: unknown, slot: string) => {
        hooked.push(slot);
        return 'o+17';
      },
    });
    say({ ...call('q-2', 'o-1'), ...method('label') });
    await nextTask();
    assert.deepEqual([hooked, take()], [['o+1'], ['q-2 = "thing"']]);
    const denied = makeStock(undefined, {
      makeCapTPImportExportTables: () => ({
        makeSlotForValue: () => 'o+d17',
        makeValueForSlot: () => assert.fail(),
        hasImport: () => false,
        getImport: () => undefined,
        markAsImported: () => {},
        hasExport: () => false,
        getExport: () => undefined,
        markAsExported: () => {},
        deleteExport: () => {},
        didDisconnect: () => {},
      }),
    });
    assert.equal(denied.say({ ...call('q-2', 'o-d17'), ...method('label') }), false);
    await nextTask();
    assert.deepEqual(denied.take(), []);
  });

  // captp stays at 4.5.0 (ARCHITECTURE.md, "Libraries").
  fault(11, version === '4.5.0' ? 'the last version with types' : 'there are no types', () => {
    const types = new URL('captp.d.ts', import.meta.resolve(name));
    assert.equal(existsSync(fileURLToPath(types)), version === '4.5.0');
  });

  // handshake.ts, link.ts, peers.ts, sturdy-ref.ts; the rest has issues of its own.
  fault(
    12,
    'who speaks, and after which restart, is nobody’s concern; a session only calls',
    async () => {
      const { captp, say, take } = await makeMet(Far('Thing', { label: () => 'thing' }));
      assert.deepEqual(Object.keys(captp).sort(), [
        ...['Trap', 'abort', 'dispatch', 'getBootstrap', 'getStats', 'isOnlyLocal'],
        ...['makeRemoteKit', 'makeTrapHandler', 'serialize', 'unserialize'],
      ]);
      // An epoch is carried along, and never looked at.
      assert.equal(say({ ...call('q-2', 'o-1'), epoch: 7, ...method('label') }), true);
      await nextTask();
      assert.deepEqual(take(), ['q-2 = "thing"']);
    },
  );
}
