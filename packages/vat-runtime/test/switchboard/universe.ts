/**
 * A switchboard whose parties do what a list of steps says, beside a model of what each may know.
 *
 * Every body has a number of its own, so the model knows which message somebody is given, who said it,
 * and which objects it named. It never looks into the switchboard.
 */
import assert from 'node:assert/strict';
import type { Limits } from '#src/switchboard/limits.js';
import { type CapData, type Message, errorData, reverse } from '#src/switchboard/wire.js';
import { formatHeld, makeHeldCheck, numberOf, parseHeld } from '#src/switchboard/held-slots.js';
import { type Party, makeBoard } from './board.ts';

export type Step = {
  readonly do: (typeof deeds)[number];
  /** Who does it, and what with: taken modulo what there is to choose from. */
  readonly by: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
};

export const deeds = [
  'ask',
  'answer',
  'resolve',
  'drop',
  'dropAnswer',
  'violate',
  'end',
  'begin',
  'rest',
  'keep',
] as const;

/** An object or a promise, as its owner knows it. */
type Token = {
  readonly owner: Member;
  readonly slot: string;
  /** How often its owner sent it and was not given it back. */
  sent: number;
  /** A test gave it to others, as the node does. */
  byHand: boolean;
  /** Its owner was away since, and may have been given it back meanwhile. */
  unsure: boolean;
  /** Its owner's session has ended. */
  dead: boolean;
  outcome?: Outcome;
};

type Outcome = {
  readonly rejected: boolean;
  readonly tokens: readonly Token[];
  readonly isCapability: boolean;
  /** Of the body that says so; undefined where the switchboard said so. */
  readonly number?: number;
};

type Target = { readonly token: Token } | { readonly question: Question };

type Question = {
  readonly asker: Member;
  readonly id: string;
  /** The session in which it was asked. */
  readonly session: number;
  readonly target: Target | undefined;
  readonly tokens: readonly Token[];
  deliveredTo?: { readonly member: Member; readonly id: string; readonly session: number };
  outcome?: Outcome;
  /** The asker was told. */
  told: boolean;
};

type Import = { readonly token: Token; sent: number; kept: boolean; isResolved: boolean };

type Member = {
  readonly kind: 'vat' | 'node' | 'client' | 'web';
  party: Party;
  isUp: boolean;
  session: number;
  lastAsked: number;
  lastOwn: number;
  /** The highest import slot that was given in this session. */
  lastImport: number;
  readonly own: Map<string, Token>;
  readonly imports: Map<string, Import>;
  /** A node has said in this session what it holds, so no more is kept for it. */
  hasSaid: boolean;
  /** The highest lasting slot that was ever given to a node. */
  lastLasting: number;
  /** What each lasting slot that was ever given to a node means. */
  readonly given: Map<string, Token>;
  /** Lasting slots, until a node gives them back. */
  readonly kept: Map<Token, string>;
  readonly asked: Map<string, Question>;
  readonly owed: Map<string, Question>;
  readonly answered: Set<string>;
};

export type UniverseOptions = {
  readonly limits?: Partial<Limits>;
  /** Does not say what breaks the protocol, and leaves instead. */
  readonly leaves?: boolean;
};

const kindsOfMembers = ['vat', 'vat', 'node', 'node', 'client', 'web'] as const;
const isOwnSlot = (slot: string) => slot[1] === '+';
const isPromiseSlot = (slot: string) => slot[0] === 'p';
const isLastingSlot = (slot: string) => slot[2] === 'd';

const NOT_A_CAPABILITY = 'Cannot deliver call: the answer it was made on is not a capability';
const failed: Outcome = { rejected: true, tokens: [], isCapability: false };

const dataOf = (message: Message): CapData => {
  if ('method' in message) return message.method;
  if ('result' in message) return message.result;
  if ('exception' in message) return message.exception;
  if ('res' in message) return message.res;
  if ('rej' in message) return message.rej;
  throw Error('a message without a body');
};

export const makeUniverse = ({ limits = {}, leaves = false }: UniverseOptions = {}) => {
  const board = makeBoard({ limits, leases: true });
  const questions = new Map<number, Question>();
  const outcomes = new Map<number, Outcome & { readonly of: Question | Token }>();
  let lastNumber = 0;
  let lastClient = 0;
  /** What each was sent, by the place of the member. */
  const transcripts: string[][] = kindsOfMembers.map(() => []);
  /** How the session of each was ended by the switchboard. */
  const endings: string[] = [];

  const newParty = (kind: Member['kind'], place: number): Party => {
    if (kind === 'client') return board.party('client', `client:${(lastClient += 1)}`);
    if (kind === 'web') return board.party('web', 'w:1');
    const id = kind === 'vat' ? `v${place}` : `n:${place}`;
    const party = board.party(kind, id, () => true, true);
    // A node is told at first that nothing of it is held.
    assert.deepEqual(party.take(), kind === 'node' ? ['holds '] : []);
    return party;
  };

  const members = kindsOfMembers.map((kind, place): Member => ({
    kind,
    party: newParty(kind, place),
    isUp: true,
    session: 1,
    lastAsked: 0,
    lastOwn: 1,
    lastImport: 0,
    hasSaid: true,
    lastLasting: 0,
    given: new Map(),
    own: new Map(),
    imports: new Map(),
    kept: new Map(),
    asked: new Map(),
    owed: new Map(),
    answered: new Set(),
  }));

  const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % from.length];
  const isRemote = ({ kind }: Member) => kind === 'node';
  const lasts = ({ kind }: Member) => kind !== 'client';

  // ---- what the model knows ----

  const ownToken = (owner: Member, slot: string): Token => {
    let token = owner.own.get(slot);
    if (token === undefined) {
      token = { owner, slot, sent: 0, byHand: false, unsure: false, dead: false };
      owner.own.set(slot, token);
    }
    return token;
  };

  const holders = (token: Token) =>
    members.filter(({ imports }) => [...imports.values()].some((entry) => entry.token === token));

  const noteImport = (member: Member, slot: string, token: Token): Import => {
    const known = member.imports.get(slot);
    if (known !== undefined) {
      assert.ok(known.token === token, `${slot} means another object now`);
      return known;
    }
    for (const [other, entry] of member.imports) {
      assert.ok(entry.token !== token, `an object came as ${slot} and as ${other}`);
    }
    const mayLast = isLastingSlot(token.slot) && lasts(token.owner) && lasts(member);
    assert.equal(isLastingSlot(slot), mayLast, `the kind of slot ${slot} for ${token.slot}`);
    assert.equal(slot[0], token.slot[0]);
    assert.ok(
      token.sent > 0 || token.byHand || token.unsure || token.dead,
      `${slot} is an object that its owner was told to forget`,
    );
    const before = member.kept.get(token);
    if (before !== undefined) assert.equal(slot, before, 'a kept object came under another slot');
    if (!mayLast) {
      const number = Number(slot.slice(2));
      assert.ok(number > member.lastImport, `slot ${slot} was given before`);
      member.lastImport = number;
    }
    if (mayLast && isRemote(member) && before === undefined) {
      const number = numberOf(slot)!;
      // What the node forgot in a crash may come again before it could say so.
      if (number <= member.lastLasting) {
        assert.ok(member.given.get(slot) === token, `slot ${slot} was given before`);
      }
      member.lastLasting = Math.max(number, member.lastLasting);
      member.given.set(slot, token);
    }
    const kept = before !== undefined || (mayLast && isRemote(member));
    if (kept) member.kept.set(token, slot);
    const entry = { token, sent: 0, kept, isResolved: false };
    member.imports.set(slot, entry);
    return entry;
  };

  /** The objects in a message to a member are those that its sender named, one by one. */
  const takeSlots = (member: Member, { slots }: CapData, tokens: readonly Token[]) => {
    assert.equal(slots.length, tokens.length);
    const entries = new Set<Import>();
    slots.forEach((slot, i) => {
      const token = tokens[i]!;
      const mine = reverse(slot);
      if (isOwnSlot(mine)) {
        assert.ok(token.owner === member, `${mine} is not the receiver's`);
        assert.equal(token.slot, mine);
        assert.equal(token.dead, false);
      } else entries.add(noteImport(member, mine, token));
    });
    for (const entry of entries) entry.sent += 1;
  };

  /** Where a call has to arrive, as far as it is known. */
  const follow = (target: Target): Target | 'refused' => {
    const outcome = 'token' in target ? target.token.outcome : target.question.outcome;
    if (outcome === undefined) return target;
    const [token] = outcome.tokens;
    if (!outcome.isCapability || token === undefined || isPromiseSlot(token.slot)) return 'refused';
    return follow({ token });
  };

  const isSame = (one: Target | undefined, other: Target | undefined): boolean =>
    one !== undefined &&
    other !== undefined &&
    ('token' in one
      ? 'token' in other && one.token === other.token
      : 'question' in other && one.question === other.question);

  // ---- what members are sent ----

  const numberIn = ({ body }: CapData): number | undefined => {
    const [, digits] = /<(\d+)>/.exec(body) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  const textIn = ({ body }: CapData): string => (JSON.parse(body) as { message: string }).message;

  const onCall = (member: Member, message: Message & { type: 'CTP_CALL' }) => {
    const question = questions.get(numberIn(message.method)!);
    assert.ok(question !== undefined, 'a call that nobody made');
    assert.ok(question.deliveredTo === undefined, 'a call was delivered twice');
    assert.ok(question.outcome === undefined, 'a call that was refused was delivered');
    const { questionID, target } = message;
    assert.ok(!member.owed.has(questionID) && !member.answered.has(questionID));
    const at = follow(question.target!);
    assert.ok(at !== 'refused', 'a call on data was delivered');
    if (target[0] === 'q') {
      assert.ok(isRemote(member));
      const awaited = (at as { question: Question }).question;
      const { deliveredTo } = awaited;
      assert.ok(
        deliveredTo?.member === member && deliveredTo.id === target,
        'a call on an answer came to another one',
      );
    } else {
      assert.ok('token' in at && at.token === member.own.get(reverse(target)), target);
      if (isPromiseSlot(target)) assert.ok(isRemote(member));
    }
    takeSlots(member, message.method, question.tokens);
    const alike = [...questions.values()].filter(
      (other) => other.asker === question.asker && other.session === question.session,
    );
    for (const other of alike.slice(alike.indexOf(question) + 1)) {
      const isAfter = other.deliveredTo?.member === member && isSame(other.target, question.target);
      assert.ok(!isAfter, 'of two calls on one target the later came first');
    }
    question.deliveredTo = { member, id: questionID, session: member.session };
    member.owed.set(questionID, question);
  };

  /** Where something becomes a member's own object, what the member asked of it before has come. */
  const assertEarlierCame = (member: Member, target: Target, { tokens, isCapability }: Outcome) => {
    if (!isCapability || tokens[0]!.owner !== member || isPromiseSlot(tokens[0]!.slot)) return;
    for (const earlier of questions.values()) {
      if (earlier.asker !== member || !isSame(earlier.target, target) || earlier.told) continue;
      assert.ok(earlier.deliveredTo !== undefined, 'a call is late for one’s own object');
    }
  };

  const onReturn = (member: Member, message: Message & { type: 'CTP_RETURN' }) => {
    const question = member.asked.get(message.answerID);
    assert.ok(question !== undefined && !question.told, `${message.answerID} is not open`);
    question.told = true;
    const data = dataOf(message);
    const number = numberIn(data);
    if (number !== undefined) {
      const outcome = outcomes.get(number);
      assert.ok(outcome?.of === question, 'an answer to another question');
      assert.equal(outcome?.rejected, 'exception' in message);
      assertEarlierCame(member, { question }, outcome!);
      return takeSlots(member, data, outcome!.tokens);
    }
    if (question.target === undefined) {
      assert.equal(textIn(data), 'Cannot bootstrap: nothing is offered here');
      return;
    }
    const text = textIn(data);
    assert.ok('exception' in message);
    assert.deepEqual(data.slots, []);
    const { deliveredTo } = question;
    if (text.endsWith('(delivered: unknown)')) {
      assert.ok(
        deliveredTo !== undefined && deliveredTo.session < deliveredTo.member.session,
        text,
      );
    } else if (text === NOT_A_CAPABILITY) {
      // A number that was dropped, or pushed out by newer ones, cannot be told from one of data.
      if ('token' in question.target) assert.ok(follow(question.target) === 'refused');
      assert.ok(deliveredTo === undefined);
    } else {
      assert.match(text, /^Cannot deliver call: .* \(delivered: no\)$/);
      assert.doesNotMatch(text, /no longer kept/);
      assert.ok(deliveredTo === undefined, 'a call that was delivered was refused');
    }
    question.outcome = failed;
  };

  const onResolve = (member: Member, message: Message & { type: 'CTP_RESOLVE' }) => {
    const entry = member.imports.get(message.promiseID);
    assert.ok(entry !== undefined, `a promise that is not held settled: ${message.promiseID}`);
    assert.equal(entry.isResolved, false, 'a promise settled twice');
    entry.isResolved = true;
    const { outcome } = entry.token;
    assert.ok(outcome !== undefined, 'a promise settled before its owner said so');
    const data = dataOf(message);
    const number = numberIn(data);
    assert.equal(number, outcome.number);
    assert.equal('rej' in message, outcome.rejected);
    if (number === undefined) assert.match(textIn(data), /\(delivered: unknown\)$/);
    assertEarlierCame(member, { token: entry.token }, outcome);
    takeSlots(member, data, outcome.tokens);
  };

  const onDrop = (member: Member, { slotID, decRefs }: Message & { type: 'CTP_DROP' }) => {
    if (slotID[0] === 'q') return assert.ok(member.answered.has(reverse(slotID)));
    const token = member.own.get(reverse(slotID));
    assert.ok(token !== undefined, `${slotID} is not the receiver's`);
    assertForgotten(token);
    const isSure = isRemote(member) && isLastingSlot(token.slot);
    if (isSure || !token.unsure) assert.equal(decRefs, token.sent, `how often ${slotID} was sent`);
    assert.deepEqual(
      holders(token).map(({ party }) => party.connection.id),
      [],
    );
    token.sent = 0;
  };

  /** No row names an object of another node that is told to forget it. */
  const assertForgotten = (token: Token) => {
    if (!isRemote(token.owner)) return;
    for (const { kept, party } of members) {
      assert.ok(!kept.has(token), `${party.connection.id} keeps what ${token.slot} was`);
    }
  };

  /** A node may forget all that is not spoken of. */
  const onHeld = (member: Member, message: Message & { type: 'CTP_HELD' }) => {
    const isHeld = makeHeldCheck(parseHeld(message));
    for (const [slot, token] of member.own) {
      const number = numberOf(slot);
      if (number === undefined || isHeld(number)) continue;
      assertForgotten(token);
      assert.equal(holders(token).length, 0);
    }
  };

  const read = (member: Member) => {
    const place = members.indexOf(member);
    for (const message of member.party.takeMessages()) {
      transcripts[place]!.push(JSON.stringify(message));
      switch (message.type) {
        case 'CTP_CALL':
          onCall(member, message);
          break;
        case 'CTP_RETURN':
          onReturn(member, message);
          break;
        case 'CTP_RESOLVE':
          onResolve(member, message);
          break;
        case 'CTP_DROP':
          onDrop(member, message);
          break;
        case 'CTP_HELD':
          onHeld(member, message);
      }
    }
  };

  // ---- sessions ----

  const noteEnd = (member: Member, forgetsAll = false) => {
    member.isUp = false;
    member.session += 1;
    member.lastAsked = 0;
    for (const question of member.asked.values()) question.told = true;
    member.asked.clear();
    for (const question of member.owed.values()) question.outcome = failed;
    member.owed.clear();
    for (const [slot, entry] of member.imports) {
      if (forgetsAll || !entry.kept) member.imports.delete(slot);
      else if (isRemote(member)) entry.sent = 0;
    }
    for (const [slot, token] of member.own) {
      if (isLastingSlot(slot)) {
        token.unsure = true;
        // Between nodes each session counts for itself.
        if (isRemote(member)) token.sent = 0;
        continue;
      }
      token.dead = true;
      if (isPromiseSlot(slot)) token.outcome ??= failed;
      member.own.delete(slot);
    }
  };

  /** Takes what everybody was sent since the last call. @returns who was cut off meanwhile */
  const readAll = (): Member[] => {
    const cut = members.filter(({ isUp, party }) => isUp && party.ended.length > 0);
    for (const member of cut) {
      endings.push(...member.party.ended.splice(0));
      read(member);
      noteEnd(member, member.kind === 'vat');
    }
    for (const member of members) if (member.isUp) read(member);
    for (const { isUp, imports, kept, party, kind, hasSaid } of members) {
      if (!isUp) continue;
      if (kind === 'node' && hasSaid) {
        assert.deepEqual(board.keptBy(party).sort(), [...kept.values()].sort(), 'what is kept');
      }
      for (const [slot, { token, isResolved }] of imports) {
        assert.equal(isResolved, token.outcome !== undefined, `whether ${slot} has settled`);
      }
    }
    return cut;
  };

  const giveByHand = (holder: Member, owner: Member) => {
    const token = ownToken(owner, 'o+1');
    token.byHand = true;
    noteImport(holder, board.introduce(holder.party, owner.party, 'o+1'), token).sent += 1;
  };

  const introduceAll = (member: Member) => {
    for (const owner of members) {
      if (owner === member || !owner.isUp) continue;
      for (const [holder, from] of [
        [member, owner],
        [owner, member],
      ] as const) {
        giveByHand(holder, from);
      }
    }
  };

  /** What a node still holds, which may be less than it held: it was killed. */
  const stillHeld = (member: Member, forgets: number): string[] => {
    const held: string[] = [];
    if (!isRemote(member)) return held;
    for (const [slot, { token, kept }] of [...member.imports]) {
      if (!kept) continue;
      if ((numberOf(slot)! + forgets) % 3 > 0) {
        held.push(slot);
        continue;
      }
      member.imports.delete(slot);
      member.kept.delete(token);
    }
    return held;
  };

  const begin = (member: Member, forgets = 1) => {
    member.isUp = true;
    member.lastOwn = 1;
    const place = members.indexOf(member);
    if (member.kind === 'client') {
      member.party = newParty('client', place);
      member.lastImport = 0;
      member.imports.clear();
      member.answered.clear();
    } else {
      const held = stillHeld(member, forgets);
      member.hasSaid = false;
      member.party.up();
      // What waited for it comes first.
      readAll();
      if (member.isUp && isRemote(member)) {
        member.party.say({ type: 'CTP_HELD', epoch: 0, ...formatHeld(held) });
        member.hasSaid = true;
      }
    }
    readAll();
    if (member.isUp) introduceAll(member);
  };

  // ---- what members do ----

  /** Slots that a member may name: what it holds, what it has, and something new. */
  const nameable = (member: Member, at: number): string => {
    const held = [...member.imports.keys()];
    const own = [...member.own.values()]
      .filter(({ slot, outcome }) => !isPromiseSlot(slot) || outcome === undefined)
      .map(({ slot }) => slot);
    const fresh = `${at % 2 === 0 ? 'o' : 'p'}+${member.lastOwn + 1}`;
    const lasting = lasts(member) ? [`o+d${1 + (at % 3)}${isRemote(member) ? '' : '.a'}`] : [];
    const slot = pick([...held, ...held, ...own, fresh, ...lasting], at)!;
    if (slot === fresh) member.lastOwn += 1;
    return slot;
  };

  /** What a member means by its slots, once the switchboard has taken the message. */
  const meant = (member: Member, slots: readonly string[]): Token[] => {
    const tokens = slots.map((slot) =>
      isOwnSlot(slot) ? ownToken(member, slot) : member.imports.get(slot)!.token,
    );
    for (const token of new Set(tokens)) if (token.owner === member && !token.dead) token.sent += 1;
    return tokens;
  };

  const newNumber = () => (lastNumber += 1);

  /** A body for an outcome, of one of the kinds that there are. */
  const outcomeData = (
    member: Member,
    step: Step,
    of: Question | Token,
    slot = nameable(member, step.c),
  ) => {
    const number = newNumber();
    const kind = step.b % 5;
    const slots = kind === 3 ? [] : [slot];
    const body =
      kind < 2
        ? `{"@qclass":"slot","index":0,"iface":"Alleged: <${number}>"}`
        : kind === 4
          ? errorData(`<${number}>`).body
          : `["<${number}>"]`;
    const rejected = kind === 4;
    const tokens = meant(member, slots);
    const outcome = { rejected, tokens, isCapability: kind < 2, number };
    outcomes.set(number, { ...outcome, of });
    return { data: { body, slots }, outcome };
  };

  const ask = (member: Member, { a, b, c }: Step) => {
    member.lastAsked += 1 + (a % 7 === 0 ? 1 : 0);
    const id = `${isRemote(member) ? 'q+' : 'q-'}${member.lastAsked}`;
    const targets = [...member.imports.keys(), ...member.asked.keys()];
    const target = a % 13 === 0 ? undefined : pick(targets, a);
    if (target === undefined) {
      const { session } = member;
      member.asked.set(id, {
        ...{ asker: member, id, session, target: undefined, tokens: [], told: false },
      });
      return member.party.say({ type: 'CTP_BOOTSTRAP', epoch: 0, questionID: id });
    }
    const number = newNumber();
    const slots = [nameable(member, b), nameable(member, c)].slice(0, (b + c) % 3);
    const question: Question = {
      asker: member,
      id,
      session: member.session,
      target:
        target[0] === 'q'
          ? { question: member.asked.get(target)! }
          : { token: member.imports.get(target)!.token },
      tokens: meant(member, slots),
      told: false,
    };
    questions.set(number, question);
    member.asked.set(id, question);
    member.party.say({
      type: 'CTP_CALL',
      epoch: 0,
      questionID: id,
      target,
      method: { body: `["m",["<${number}>"]]`, slots },
    });
  };

  const answer = (member: Member, step: Step) => {
    const id = pick([...member.owed.keys()], step.a);
    if (id === undefined) return;
    const question = member.owed.get(id)!;
    member.owed.delete(id);
    member.answered.add(id);
    const { data, outcome } = outcomeData(member, step, question);
    question.outcome = outcome;
    const settled = outcome.rejected ? { exception: data } : { result: data };
    member.party.say({ type: 'CTP_RETURN', epoch: 0, answerID: id, ...settled });
  };

  /** Whether a promise would settle to something in which it stands itself. */
  const leadsTo = (from: Token, to: Token, seen = new Set<Token>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (from.outcome?.tokens ?? []).some((next) => leadsTo(next, to, seen));
  };

  const resolve = (member: Member, step: Step) => {
    const open = [...member.own.values()].filter(
      ({ slot, outcome }) => isPromiseSlot(slot) && outcome === undefined,
    );
    const token = pick(open, step.a);
    if (token === undefined) return;
    // Promises in a ring hold each other for as long as their owner's session lasts.
    const named = nameable(member, step.c);
    const first = isOwnSlot(named) ? ownToken(member, named) : member.imports.get(named)!.token;
    if (leadsTo(first, token)) return;
    const { data, outcome } = outcomeData(member, step, token, named);
    token.outcome = outcome;
    const settled = outcome.rejected ? { rej: data } : { res: data };
    member.party.say({ type: 'CTP_RESOLVE', epoch: 0, promiseID: reverse(token.slot), ...settled });
  };

  const drop = (member: Member, { a, b }: Step) => {
    const slot = pick([...member.imports.keys()], a);
    if (slot === undefined) return;
    const entry = member.imports.get(slot)!;
    const count = b % 4 === 3 ? 1_000_000 : b % 4;
    entry.sent -= Math.min(entry.sent, count);
    // It was sent again on the way: what it became is told once more.
    if (entry.sent > 0 && count > 0) entry.isResolved = false;
    if (entry.sent === 0 && (!entry.kept || isRemote(member))) {
      member.imports.delete(slot);
      if (isRemote(member)) member.kept.delete(entry.token);
    }
    member.party.say({ type: 'CTP_DROP', epoch: 0, slotID: slot, decRefs: count });
  };

  const dropAnswer = (member: Member, { a }: Step) => {
    const id = pick(
      [...member.asked.values()].filter(({ told }) => told),
      a,
    )?.id;
    if (id === undefined) return;
    member.asked.delete(id);
    member.party.say({
      type: 'CTP_DROP',
      epoch: 0,
      slotID: a % 2 === 0 ? id : reverse(id),
      decRefs: 0,
    });
  };

  const body = { body: '[]', slots: [] as string[] };
  /** Messages that break the protocol, whoever sends them and whenever, by what they break. */
  const violations = (member: Member): unknown[][] => {
    const sign = isRemote(member) ? '+' : '-';
    const held = [...member.imports.keys()];
    const [good = 'q-1'] = held;
    const last = `q${sign}${member.lastAsked}`;
    const call = {
      type: 'CTP_CALL',
      epoch: 0,
      questionID: `q${sign}${member.lastAsked + 1}`,
      target: good,
      method: body,
    };
    // Slots that others hold and this member does not.
    const foreign = members
      .flatMap(({ imports }) => [...imports.keys()])
      .filter((slot) => !member.imports.has(slot) && !isLastingSlot(slot));
    const strange = [...foreign, 'o-999999', 'p-999999', 'o-dx'];
    const answer = { type: 'CTP_RETURN', epoch: 0, result: body };
    const settle = { type: 'CTP_RESOLVE', epoch: 0, res: body };
    const settled = [...member.own.values()].filter(
      (token) =>
        isPromiseSlot(token.slot) && token.outcome !== undefined && holders(token).length > 0,
    );
    const [object] = [...member.own.values()].filter(
      (token) => !isPromiseSlot(token.slot) && holders(token).length > 0,
    );
    return [
      strange.map((target) => ({ ...call, target })),
      strange.map((slot) => ({ ...call, method: { ...body, slots: ['o+77', slot] } })),
      ['o+1', 'p+1', 'o+77', 'o+da'].map((target) => ({ ...call, target })),
      member.lastAsked === 0
        ? []
        : [
            { ...call, questionID: last },
            { ...call, questionID: 'q-1' },
          ],
      ['q+999999', 'q-1', ...member.answered].map((answerID) => ({ ...answer, answerID })),
      held.filter(isPromiseSlot).map((slot) => ({ ...settle, promiseID: reverse(slot) })),
      settled.map(({ slot }) => ({ ...settle, promiseID: reverse(slot) })),
      object === undefined ? [] : [{ ...settle, promiseID: reverse(object.slot) }],
      lasts(member) ? [] : [{ ...call, method: { ...body, slots: ['o+dx'] } }],
      [
        { ...call, trap: true },
        { ...call, method: { ...body, slots: Array.from({ length: 300 }, () => 'o+1') } },
        { ...call, method: { ...body, body: '['.repeat(65) } },
        { type: 'CTP_DROP', epoch: 0, slotID: 'o-1', decRefs: -1 },
        { type: 'CTP_ABORT', epoch: 0 },
        ...['nonsense', null, []],
      ],
    ].filter((some) => some.length > 0);
  };

  const why = 'its session was ended';
  const end = (member: Member) => {
    // As the node does with a vat: all that it did was heard of.
    if (member.kind === 'vat') board.switchboard.rest(member.party.connection, why);
    else member.party.down(why);
    read(member);
    noteEnd(member, member.kind === 'vat');
  };

  const violate = (member: Member, step: Step) => {
    if (leaves) {
      // The same choice is made, so that both worlds go on alike.
      return end(member);
    }
    member.party.say(pick(pick(violations(member), step.a)!, step.b));
    assert.equal(member.party.ended.length, 1, 'a violation passed');
    const [reason] = member.party.ended;
    assert.match(reason!, /^Cannot accept message: [a-z ]+$/);
  };

  const rest = (member: Member) => {
    const { connection } = member.party;
    if (member.kind !== 'vat' || !board.switchboard.isQuiet(connection)) return;
    board.switchboard.pause(connection);
    board.switchboard.rest(connection);
    noteEnd(member, true);
    readAll();
    begin(member);
  };

  const keep = (member: Member, { a }: Step) => {
    const slot = pick([...member.imports.keys()], a);
    if (slot === undefined) return;
    const entry = member.imports.get(slot)!;
    assert.equal(board.switchboard.keep(member.party.connection, slot), isLastingSlot(slot));
    if (!isLastingSlot(slot)) return;
    entry.kept = true;
    member.kept.set(entry.token, slot);
  };

  const act = { ask, answer, resolve, drop, dropAnswer, violate, end, rest, keep };

  members.forEach((member, place) => {
    for (const owner of members.slice(0, place)) {
      for (const [holder, from] of [
        [member, owner],
        [owner, member],
      ] as const) {
        giveByHand(holder, from);
      }
    }
  });

  return {
    transcripts,
    endings,
    take(step: Step): void {
      const member = members[step.by % members.length]!;
      if (step.do === 'begin') {
        if (!member.isUp) begin(member, step.a);
      } else if (member.isUp) act[step.do](member, step);
      const isAllowed = (one: Member) => step.do === 'violate' && one === member;
      const before = endings.length;
      for (const one of readAll()) {
        if (isAllowed(one)) continue;
        // Past a limit, and in no other way.
        const reasons = endings.slice(before).join();
        assert.match(reasons, /too many open questions|too many entries/, 'somebody was cut off');
      }
    },
    /** All but one leave. What is left then belongs to those who come back. */
    finish(lastOne: number): void {
      const last = members[lastOne % members.length]!;
      if (!last.isUp) begin(last);
      for (const member of members) {
        if (member === last || !member.isUp) continue;
        end(member);
        readAll();
      }
      if (!last.isUp) return;
      for (const { party } of members)
        board.switchboard.unreachable(party.connection, 'it is gone');
      readAll();
      for (const _ of [...last.owed]) {
        answer(last, { do: 'answer', by: 0, a: 0, b: 3, c: 0 });
        readAll();
      }
      for (const { slot, outcome } of [...last.own.values()]) {
        if (!isPromiseSlot(slot) || outcome !== undefined) continue;
        resolve(last, { do: 'resolve', by: 0, a: 0, b: 3, c: 0 });
        readAll();
      }
      for (const { id, told } of last.asked.values()) assert.ok(told, `${id} was not settled`);
      for (const _ of [...last.asked])
        dropAnswer(last, { do: 'dropAnswer', by: 0, a: 0, b: 0, c: 0 });
      for (const [slot, entry] of [...last.imports]) {
        if (!entry.kept)
          drop(last, { do: 'drop', by: 0, a: [...last.imports.keys()].indexOf(slot), b: 3, c: 0 });
      }
      readAll();
      for (const { party, kind, own } of members) {
        const { connection } = party;
        assert.deepEqual(
          [
            connection.asked.size,
            connection.answering.size,
            connection.answered.size,
            connection.held.length,
            connection.waits.length + connection.answeringLength,
          ],
          [0, 0, 0, 0, 0],
          connection.id,
        );
        assert.equal(connection.byRef.size, connection.bySlot.size);
        for (const [slot, { kept, ref }] of connection.bySlot) {
          assert.ok(isLastingSlot(slot), `${slot} of ${connection.id} is left`);
          if (isOwnSlot(slot))
            assert.ok(
              kind === 'node' || ref.holders.size > 0,
              `${slot} of ${connection.id} is held by nobody`,
            );
          else assert.ok(kept, `${slot} of ${connection.id} is left, and is not kept`);
        }
        for (const token of own.values()) {
          if (isLastingSlot(token.slot)) continue;
          assert.equal(token.sent, 0, `${token.slot} of ${connection.id} was not given back`);
        }
      }
    },
  };
};
