/**
 * Three nodes whose links take as long as they like: whoever is introduced to an object comes after
 * what his introducer asked of it before, and everybody's calls on one object stay in order.
 */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { leftIn } from './board.ts';
import {
  type Arrival,
  type Federation,
  type Token,
  give,
  makeFederation,
  makeVat,
} from './federation.ts';

type Deed = {
  readonly do: 'call' | 'pipeline' | 'drop';
  readonly by: number;
  readonly at: number;
  readonly to: number;
  readonly what: readonly number[];
};

const small = fc.nat({ max: 11 });
const deedArb: fc.Arbitrary<Deed> = fc.record({
  do: fc.constantFrom('call', 'call', 'call', 'pipeline', 'pipeline', 'drop'),
  by: small,
  at: fc.nat({ max: 60 }),
  to: small,
  what: fc.array(small, { maxLength: 2 }),
});

export type Trial = {
  readonly deeds: readonly Deed[];
  readonly delays: readonly number[];
  /** What vats do when they are called, and what they answer. */
  readonly habits: readonly number[];
  readonly doDrop: boolean;
  /** When links are lost, and which: those of A and B, of A and C, of B and C. They come back at once. */
  readonly cuts: readonly { readonly at: number; readonly link: number }[];
};

export const trialArb: fc.Arbitrary<Trial> = fc.record({
  deeds: fc.array(deedArb, { minLength: 1, maxLength: 40, size: 'max' }),
  delays: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 40 }),
  habits: fc.array(small, { minLength: 1, maxLength: 12 }),
  doDrop: fc.boolean(),
  cuts: fc.constant([]),
});

/** The same with links that are lost. */
export const lossyTrialArb: fc.Arbitrary<Trial> = fc
  .tuple(
    trialArb,
    fc.array(fc.record({ at: fc.nat({ max: 120 }), link: fc.nat({ max: 2 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([trial, cuts]) => ({ ...trial, cuts }));

/** A call, and those that have to come before it. */
type Made = { readonly target: Token | string; readonly before: ReadonlySet<string> };

export const runTrial = (
  { deeds, delays, habits, doDrop, cuts = [] }: Trial,
  look?: (federation: Federation) => void,
) => {
  const isLossy = cuts.length > 0;
  let turn = 0;
  const delay = () => 1 + delays[(turn += 1) % delays.length]!;
  const federation = makeFederation({ delay });
  const { schedule } = federation;
  look?.(federation);
  const nodes = ['A', 'B', 'C'].map(federation.node);
  federation.connect(nodes[0]!, nodes[1]!);
  federation.connect(nodes[0]!, nodes[2]!);

  const made = new Map<string, Made>();
  const arrived = new Set<string>();
  const replied = new Map<string, Token | undefined>();
  /** What a vat's next call on an object has to come after, by vat and object. */
  const before = new Map<string, Set<string>>();
  const knownTo = (vat: string, token: Token) => {
    const key = `${vat} ${token}`;
    let known = before.get(key);
    if (known === undefined) before.set(key, (known = new Set()));
    return known;
  };
  /** What goes with a message: for each object in it, what comes before calls of whoever gets it. */
  const sentWith = new Map<string, (readonly [Token, ReadonlySet<string>])[]>();
  const note = (vat: string, label: string, tokens: readonly Token[]) =>
    sentWith.set(
      label,
      tokens.map((token) => [token, new Set(knownTo(vat, token))] as const),
    );
  const learn = (vat: string, label: string) => {
    for (const [token, calls] of sentWith.get(label) ?? []) {
      for (const call of calls) knownTo(vat, token).add(call);
    }
  };
  let lastLabel = 0;

  const vats = nodes.map((node, place) => {
    const name = `${node.name}.v1`;
    const questions = new Map<string, string>();
    const asked = new Map<string, string>();
    const vat: ReturnType<typeof makeVat> = makeVat(node, {
      reply: (arrival) => {
        const habit =
          habits[(arrival.label.length + Number(arrival.label) + place) % habits.length]!;
        const all = tokensOf(vat);
        const token = habit < 6 ? all[habit % all.length] : undefined;
        note(name, `answer ${arrival.label}`, token === undefined ? [] : [token]);
        replied.set(arrival.label, token);
        return token;
      },
      onCall(arrival: Arrival) {
        const { label } = arrival;
        assert.ok(!arrived.has(label), `call ${label} came twice`);
        const { target, before: earlier } = made.get(label)!;
        const actual = vat.ownToken(arrival.target);
        if (target.includes('.')) assert.equal(actual, target);
        for (const call of earlier) {
          assert.ok(isLossy || arrived.has(call), `${label} came before ${call}`);
        }
        arrived.add(label);
        learn(name, label);
        const habit = habits[(Number(label) + place) % habits.length]!;
        // Whoever is introduced to something calls it at once.
        if (habit % 2 === 0) for (const token of arrival.tokens) call(token, []);
      },
      onAnswer(question, token) {
        const label = questions.get(question)!;
        questions.delete(question);
        if (!isLossy) assert.equal(token, replied.get(label), vat.answers.get(question));
        learn(name, `answer ${label}`);
        if (token === undefined) return;
        // Calls on the answer come before those on what it is.
        for (const call of knownTo(name, question)) knownTo(name, token).add(call);
        if (Number(label) % 2 === 0) call(token, []);
      },
    });
    const call = (target: Token, tokens: readonly Token[]) => {
      if (lastLabel >= 120) return;
      const slot = target.includes('.') ? vat.slotOf(target) : target;
      if (
        slot === undefined ||
        slot[1] === '+' ||
        tokens.some((each) => vat.slotOf(each) === undefined)
      )
        return;
      lastLabel += 1;
      const label = String(lastLabel);
      made.set(label, { target, before: new Set(knownTo(name, target)) });
      knownTo(name, target).add(label);
      note(name, label, tokens);
      // The answer may be there before the call returns.
      const question = vat.nextQuestion();
      questions.set(question, label);
      asked.set(question, label);
      vat.call(slot, label, tokens);
    };
    return { vat, call, questions, asked };
  });
  const tokensOf = (vat: (typeof vats)[number]['vat']): Token[] => [
    ...[...vat.imports.values()].map(({ token }) => token),
    vat.ownToken('o+1'),
    vat.ownToken('o+2'),
  ];
  const [a, b, c] = vats as [(typeof vats)[0], (typeof vats)[0], (typeof vats)[0]];
  for (const slot of ['o+1', 'o+2']) {
    give(federation, b.vat, slot, a.vat);
    give(federation, c.vat, slot, a.vat);
  }
  give(federation, a.vat, 'o+1', b.vat);
  give(federation, a.vat, 'o+1', c.vat);

  for (const deed of deeds) {
    schedule.after(deed.at, () => {
      const { vat, call, questions } = vats[deed.by % 3]!;
      const tokens = tokensOf(vat);
      const args = deed.what.map((at) => tokens[at % tokens.length]!);
      if (deed.do === 'call') return call(tokens[deed.to % tokens.length]!, args);
      if (deed.do === 'pipeline') {
        const open = [...questions.keys()];
        const question = open[deed.to % open.length];
        return question && call(question, args);
      }
      const slots = [...vat.imports.keys()];
      // What is open may still need it.
      if (doDrop && questions.size === 0 && slots.length > 0)
        vat.drop(slots[deed.to % slots.length]!);
      return undefined;
    });
  }
  const pairs = [
    [nodes[0]!, nodes[1]!],
    [nodes[0]!, nodes[2]!],
    [nodes[1]!, nodes[2]!],
  ] as const;
  for (const { at, link } of cuts) {
    schedule.after(at, () => {
      const pair = pairs[link]!;
      if (!federation.isLinked(...pair)) return;
      federation.cut(...pair);
      schedule.after(delay(), () => federation.connect(...pair));
    });
  }
  // Of links that are not lost nothing waits for so long that it is given up.
  schedule.run(schedule.now() + (isLossy ? 60_000 : 3000));

  for (const { vat, questions, asked } of vats) {
    assert.equal(questions.size, 0, 'a call was not answered');
    assert.deepEqual(vat.node.violations, []);
    if (isLossy) continue;
    for (const label of asked.values()) {
      const { target } = made.get(label)!;
      // Refused is only what was asked of an answer that is data.
      const isOnData = asked.has(target) && replied.get(asked.get(target)!) === undefined;
      assert.ok(arrived.has(label) || isOnData, `call ${label} was lost`);
    }
    assert.deepEqual(vat.strangers, []);
    assert.deepEqual(
      vat.node.outcomes.filter((outcome) => !outcome.endsWith('direct')),
      [],
    );
  }
  const direct = vats.flatMap(({ vat }) => vat.node.outcomes).length;
  // Gifts that nobody fetched have had their time.
  schedule.run(schedule.now() + 200_000);
  for (const { vat } of vats) for (const slot of [...vat.imports.keys()]) vat.drop(slot);
  schedule.run(schedule.now() + 200_000);
  for (const { board, name } of nodes) {
    for (const party of board.parties())
      assert.deepEqual(leftIn(party), {}, `${name}: ${party.id}`);
    assert.deepEqual(board.openGifts(), { withdrawals: 0, deposits: 0, waits: 0 }, name);
  }
  return { direct, calls: made.size, refused: made.size - arrived.size };
};
