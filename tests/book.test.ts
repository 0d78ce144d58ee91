/** The program's own book: made by a first start, and by the next one where there was none. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { type Program, runNode } from '@pocas/pocas';
import { makeLineLog } from '@pocas/vat-runtime/node';
import { makeCleanup, makeFolder } from './support/cleanup.ts';

const cleanup = makeCleanup(after);

const run = async (directory: string, unit?: string) => {
  const running = await runNode({
    directory,
    port: 0,
    name: 'Ana',
    ...(unit === undefined ? {} : { unit }),
    log: makeLineLog(() => {}),
    onFatal(reason) {
      throw Error(reason);
    },
  });
  let isOn = true;
  const stop = async () => {
    if (isOn) await running.stop();
    isOn = false;
  };
  cleanup(stop);
  return { ...running, stop };
};

test('a directory from before there were books gets one, and keeps what it had', async () => {
  const directory = makeFolder(cleanup);
  const first = await run(directory);
  const { book, ...before } = first.program;
  assert.equal((await E(book).view()).name, 'La poca de Ana');
  // As it was left by a program that knew of no books, with something of its own beside.
  first.node.setProgram({ ...before, note: 'mine' });
  await first.node.settled();
  await first.stop();

  const second = await run(directory);
  const made = second.program.book;
  assert.equal((await E(made).view()).name, 'La poca de Ana');
  const kept = second.node.getProgram() as Program & { note: string };
  assert.equal(kept.note, 'mine');
  assert.ok(kept.wallet !== undefined);
  await second.stop();

  const third = await run(directory);
  const { vats } = await third.node.listVats();
  assert.equal(vats.filter(({ label }) => label === 'book').length, 2, 'no third book was made');
  const introduced = await E(third.program.book).introduce('Beto', 'request');
  assert.equal(introduced.ok, true);
  await third.stop();
});

test('its rounds count in what the first start said, and a later one changes nothing', async () => {
  const directory = makeFolder(cleanup);
  const unitOfRound = async (book: Program['book'], title: string): Promise<string> => {
    const convened = await E(book).convene(title, 60n, 5n, title);
    if (!convened.ok || !('goto' in convened)) throw Error('no round was made');
    return (await E(convened.goto).view()).unit;
  };
  const first = await run(directory, 'horas');
  assert.equal(await unitOfRound(first.program.book, 'one'), 'horas');
  await first.stop();

  const second = await run(directory, 'EUR');
  assert.equal(await unitOfRound(second.program.book, 'two'), 'horas');
  await second.stop();
});
