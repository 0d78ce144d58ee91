import { makeDouble, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';

const module = fileURLToPath(new URL('../../../test/fixtures/failing.ts', import.meta.url));

type Any = any;

const secret = 'hunter2secret';
const failed = 'Cannot call: the object failed';

const make = async () => {
  const lines: string[] = [];
  const node = await makeTestNode({ print: (line) => void lines.push(line) });
  const makeFailing = (label: string): Promise<Any> => node.makeVat({ module, label });
  const failing = await makeFailing('failing');
  const { engine, written }: Record<string, string[]> = await E(failing).ways();
  return { node, lines, failing, makeFailing, engine: engine!, written: written! };
};

const reasonOf = async (call: Promise<unknown>): Promise<Any> => {
  let answer: unknown;
  try {
    answer = await call;
  } catch (reason) {
    return reason;
  }
  return assert.fail(`it was answered: ${JSON.stringify(answer)}`);
};

const assertClean = (reason: Any) => {
  const everything = [
    reason,
    reason.message,
    reason.name,
    reason.stack,
    reason.cause,
    reason.errors,
  ];
  for (const key of Reflect.ownKeys(reason)) everything.push(String(key), reason[key]);
  for (const part of everything) assert.equal(String(part).includes(secret), false, String(part));
};

test('what the engine throws crosses as one fixed text; what it was stands in the vat’s console', async () => {
  const { node, lines, failing, engine } = await make();
  for (const method of ['fail', 'failLater']) {
    for (const way of engine) {
      lines.length = 0;
      const reason = await reasonOf(E(failing)[method](way, secret));
      assert.equal(reason.message, failed, way);
      assertClean(reason);
      await node.settled();
      assert.equal(lines.length, 1, `${way}: ${lines}`);
      assert.match(lines[0]!, /^\[vat failing\] A call failed: /);
    }
  }
  assert.equal(await E(failing).count(), 0n);
  await node.stop();
});

test('what somebody wrote crosses with its words, and with nothing else', async () => {
  const { node, failing, written, lines } = await make();
  for (const method of ['fail', 'failLater']) {
    for (const way of written) {
      const reason = await reasonOf(E(failing)[method](way, secret));
      assert.match(reason.message, /^shown/, way);
      assertClean(reason);
    }
  }
  assert.deepEqual(lines, []);
  await node.stop();
});

test('an error that came from elsewhere goes on as it came', async () => {
  const { node, failing, makeFailing, engine, written, lines } = await make();
  const other = await makeFailing('other');
  for (const way of written) {
    assert.match(
      (await reasonOf(E(other).pass(failing, 'fail', way, secret))).message,
      /^shown/,
      way,
    );
  }
  const [way] = engine;
  assert.equal((await reasonOf(E(other).pass(failing, 'fail', way, secret))).message, failed);
  await node.settled();
  // Only the vat that failed is told why.
  assert.deepEqual(
    lines.map((line) => line.slice(0, 13)),
    ['[vat failing]'],
  );
  await node.stop();
});

test('what is thrown and is no error crosses where it is data, and else as a fixed text or as words of ours', async () => {
  const { node, failing } = await make();
  for (const what of ['text', 7n, undefined, { code: 'no', list: [1n] }]) {
    assert.deepEqual(await reasonOf(E(failing).throwWhat(what)), what);
  }
  for (const method of ['throwCapability', 'throwPromise', 'throwThenable']) {
    const reason = await reasonOf(E(failing)[method](secret));
    assert.ok(reason instanceof Error, method);
    assertClean(reason);
  }
  await node.stop();
});

test('an error of the engine as data stays too: in an answer, in a message, and in a promise', async () => {
  const { node, failing, lines } = await make();
  const noted: unknown[] = [];
  const witness = makeDouble('Witness', { note: (value: unknown) => void noted.push(value) });
  const refused = await reasonOf(E(failing).answerError(secret));
  assert.match(refused.message, /^Cannot send: it holds an error that the engine made/);
  assert.equal(await E(failing).count(), 0n);
  for (const call of [
    E(failing).answerErrorLater(secret),
    E(failing).tellErrorLater(witness, secret),
    E(failing)
      .promise(secret)
      .then(({ later }: Any) => later),
  ]) {
    const reason = await reasonOf(call);
    assert.equal(reason.message, failed);
    assertClean(reason);
  }
  assert.deepEqual(noted, []);
  await node.settled();
  assert.ok(
    lines.every((line) => line.startsWith('[vat failing] A call failed: SyntaxError')),
    `${lines}`,
  );
  await node.stop();
});

test('a send that fails tells as little', async () => {
  const { node, failing, makeFailing, engine, written } = await make();
  const other = await makeFailing('other');
  for (const way of [...engine, ...written]) {
    await E(other).sendFail(failing, way, secret);
    await node.rest();
    const { failure, ctx }: Any = await E(other).heard();
    assert.deepEqual([ctx, failure.code], [way, 'thrown']);
    if (engine.includes(way)) assert.equal(failure.message, failed);
    else assert.match(failure.message, /^shown/);
    assert.equal(JSON.stringify(failure).includes(secret), false, way);
  }
  await node.stop();
});

test('inside of its vat an error is what it is', async () => {
  const { node, failing } = await make();
  assert.match(await E(failing).caught('parse', secret), new RegExp(secret.slice(0, 4)));
  await node.stop();
});

test('an answer that is not what its guard promises is the actor’s fault: a fixed text, and words for its author', async () => {
  const { node, failing, lines } = await make();
  const reason = await reasonOf(E(failing).lie(secret));
  assert.equal(reason.message, 'Cannot call "lie": its answer is not what its guard promises');
  assert.equal(await E(failing).count(), 0n);
  await node.settled();
  assert.deepEqual(lines, [
    '[vat failing] A call failed: TypeError: the answer of "lie" must be a whole number (bigint), not negative, and is a text (string)',
  ]);
  await node.stop();
});

test('no refusal names the methods that are there', async () => {
  const { node, failing } = await make();
  const names = ['fail', 'lie', 'heard', 'answerError'];
  for (const call of [
    E(failing).missing(),
    E(failing).constructor(),
    E(failing).passLocally(),
    E(failing).pass(failing, 'missing'),
    E(E(failing).count()).missing(),
  ]) {
    const { message } = await reasonOf(call);
    assert.match(message, /^Cannot (?:call|deliver)/);
    for (const name of names) assert.equal(message.includes(`"${name}"`), false, message);
  }
  await node.stop();
});

test('only facets leave their vat: no other object, in no place of an answer, a message or a promise', async () => {
  const { node, failing } = await make();
  const noted: unknown[] = [];
  const witness = makeDouble('Witness', { note: (value: unknown) => void noted.push(value) });
  for (const what of ['object', 'fn', 'deep', 'copy', 'proxy', 'promise']) {
    const { message } = await reasonOf(E(failing).ephemeral(what));
    assert.match(message, /it was not made by defineActor, so it has no guard/, what);
    // Nor is it reached by a call on the answer that is not there.
    await assert.rejects(E(E(failing).ephemeral(what)).note());
  }
  const [inner] = await E(failing).ephemeral('inPromise');
  await assert.rejects(inner, /has no guard/);
  await assert.rejects(E(failing).ephemeralLater(), /has no guard/);
  await assert.rejects(E(E(failing).ephemeralLater()).note());
  await assert.rejects(E(failing).tellEphemeral(witness), /has no guard/);
  assert.equal(await E(failing).count(), 0n);
  assert.deepEqual(noted, []);
  await node.stop();
});

test('a power without a guard is none', async () => {
  const { node, failing } = await make();
  const { Far } = await import('@endo/far');
  assert.throws(() => node.definePower('bare', Far('Bare', {})), /it has no guard/);
  await assert.rejects(async () => E(failing).throwWhat(Far('Bare', {})), /it has no guard/);
  await node.stop();
});

test('the powers of a node look at what strangers send them', async () => {
  const { node, failing } = await make();
  const through = (power: object, method: string, ...args: unknown[]) =>
    reasonOf(E(failing).pass(power, method, ...args));
  const text = 'argument 1 must be a text (string), and is a whole number (bigint)';
  for (const [power, method, args, words] of [
    [node.enlivener, 'enliven', [7n], text],
    [node.enlivener, 'enliven', [], 'it takes 1 argument, and was given 0'],
    [node.grantor, 'sturdy', [secret], 'argument 1 must be a reference, and is a text (string)'],
    [node.grantor, 'sturdy', [failing, { uses: secret }], /^argument 2, "uses" must be/],
    [node.grantor, 'sturdy', [failing, { [secret]: 1n }], /^argument 2 has a property/],
    [node.clock, 'startOf', [secret], /^argument 1 must be a whole number/],
  ] as [object, string, unknown[], string | RegExp][]) {
    const reason = await through(power, method, ...args);
    const told = reason.message.replace(`Cannot call "${method}": `, '');
    if (typeof words === 'string') assert.equal(told, words);
    else assert.match(told, words);
    assertClean(reason);
  }
  for (const method of ['call', 'constructor', 'toString', 'then', 'define', '__proto__']) {
    const { message } = await through(node.grantor, method, failing);
    assert.equal(message, 'Cannot call: the object has no such method');
  }
  await node.stop();
});

test('a secret at the end of a long line is not cut in two', async () => {
  const { node, failing, lines } = await make();
  const swiss = 'Ab1_'.repeat(11).slice(1);
  await E(failing).say(`${'x '.repeat(2_040)}${swiss}`);
  await node.settled();
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.includes(swiss.slice(0, 8)), false);
  await node.stop();
});

test('the console of a vat shows what an error says to everybody', async () => {
  const { node, failing, lines } = await make();
  await E(failing).print(secret);
  await node.settled();
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /failed: Error: printed \(a string\)/);
  for (const line of lines) assert.equal(line.includes(secret), false, line);
  await node.stop();
});
