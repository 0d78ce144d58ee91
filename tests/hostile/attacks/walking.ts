/** Walking from what was given to what was not, by inherited members and by calls on answers. */
import assert from 'node:assert/strict';
import { type Attack, assertServed, errorIn, refusalOf, repeated } from '../attack.ts';
import { type Peer, callMessage } from '../peer.ts';

const NO_METHOD = 'Cannot call: the object has no such method';
const NO_CAPABILITY = 'Cannot deliver call: the answer it was made on is not a capability';

/** Calls in one frame, each on the answer of the one before. @returns the texts of the refusals */
const walk = async (peer: Peer, first: string, names: readonly string[], args = '') => {
  let target = first;
  const questions: string[] = [];
  const messages = names.map((name) => {
    const question = peer.nextQuestion();
    const message = callMessage(question, target, name, args);
    questions.push(question);
    target = question;
    return message;
  });
  const answers = questions.map(peer.answerTo);
  peer.send(...messages);
  return Promise.all(answers);
};

const inherited = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'];

const walking = inherited.map((name) => ({
  name: `walking "${name}" four deep reaches nothing`,
  once: true,
  run: repeated(async (peer) => {
    const [first, ...rest] = (
      await walk(peer, peer.root, [name, name, name, name], '"return 1"')
    ).map(errorIn);
    assert.equal(first, NO_METHOD);
    assert.deepEqual(rest, [NO_CAPABILITY, NO_CAPABILITY, NO_CAPABILITY]);
    const behind = await walk(peer, peer.root, ['self', name, name, name]);
    assert.deepEqual(behind.slice(1).map(errorIn), [NO_METHOD, NO_CAPABILITY, NO_CAPABILITY]);
    await assertServed(peer);
  }),
}));

/** A method of the victim that answers data, and what one would like to do with it. */
const data: readonly [string, string, readonly string[]][] = [
  ['a text', 'text', ['repeat', 'constructor', 'length', 'padEnd']],
  ['a list', 'list', ['map', 'push', 'constructor', 'at', '0']],
  ['a record', 'record', ['a', 'constructor', 'hasOwnProperty', '__proto__']],
  ['a map that was answered by mistake', 'map', ['get', 'set', 'entries', 'constructor']],
];

const onData = data.map(([what, method, names]) => ({
  name: `a call on ${what} is not delivered`,
  once: true,
  run: repeated(async (peer) => {
    for (const name of names) {
      const [, answer, next] = await walk(
        peer,
        peer.root,
        [method, name, 'constructor'],
        '40000000',
      );
      assert.equal(errorIn(answer!), NO_CAPABILITY, name);
      assert.equal(errorIn(next!), NO_CAPABILITY, name);
    }
    await assertServed(peer);
  }),
}));

/** Bodies that are no method call to a careful reader. */
const disguises = [
  '["constructor"]',
  '[null,[]]',
  '[["text"],[]]',
  '["",[]]',
  '["text"]',
  '"text"',
  '{"method":"text"}',
  '["te\\u0078t",[]]',
  ' ["text",[]]',
  '[{"@qclass":"symbol","name":"@@asyncIterator"},[]]',
  '["call",[]]',
  '["apply",[]]',
  '["bind",[]]',
  '["then",[]]',
  '["__getMethodNames__ ",[]]',
];

const disguised: Attack[] = disguises.map((text) => ({
  name: `a call with the body ${text} reaches nothing`,
  once: true,
  run: repeated(async (peer) => {
    const question = peer.nextQuestion();
    const answer = peer.answerTo(question);
    peer.send({ ...callMessage(question, peer.root, 'text'), method: { body: text, slots: [] } });
    const refusal = refusalOf(await answer);
    if (!refusal.startsWith('Cannot accept message')) assert.equal(refusal, NO_METHOD);
  }),
}));

const wrongShapes: Attack = {
  name: 'arguments of another shape are refused by the guard, in words of ours',
  once: true,
  run: repeated(async (peer) => {
    for (const args of ['1', '"x".repeat', '{"@qclass":"undefined"},1', '"a","b"']) {
      const text = errorIn(await peer.ask(peer.root, 'subscribe', args));
      assert.doesNotMatch(text, /at |\/|node_modules/);
    }
    await assertServed(peer);
  }),
};

export const walks: readonly Attack[] = [...walking, ...onData, ...disguised, wrongShapes];
