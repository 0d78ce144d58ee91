/** Whatever crashes, is lost, is replaced or is restored, in any order: what two nodes do to each other. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ModelNode,
  type World,
  connect,
  crash,
  makeWorld,
  startModel,
  step,
} from './stream-model.ts';

const [A, B] = ['aaaaaa', 'bbbbbb'] as const;

/** Two nodes and what has become of them. */
const makeRun = async () => {
  const world: World = makeWorld();
  let starts = 0;
  let ids = 0;
  const nodes = new Map<string, ModelNode>();
  /** Those that are alive, copies too. */
  const all = new Set<ModelNode>();

  /** What was carried out of the other node is the beginning of what that one sent, in one history. */
  const onDone = (taker: ModelNode, id: string) => {
    const giver = taker.current!.link.peer.incarnation;
    const sender = [...all].find(({ incarnation }) => incarnation === giver);
    assert.ok(!taker.done().includes(id), 'nothing is carried out twice');
    // A process that has ended may have sent it before.
    if (sender === undefined || taker.relations.statement(sender.name).epoch > 0) return;
    const done = [...taker.done(), id];
    assert.deepEqual(done, sender.sent().slice(0, done.length), 'one history');
  };
  const start = async (name: string, disk: Map<string, string>) => {
    starts += 1;
    const other = name === A ? B : A;
    const node = await startModel(world, name, other, disk, `i${starts}`, onDone);
    all.add(node);
    return node;
  };
  for (const name of [A, B]) nodes.set(name, await start(name, new Map()));
  const node = (name: string) => nodes.get(name)!;
  const end = (which: ModelNode) => {
    crash(which);
    all.delete(which);
  };
  return {
    ...{ world, node, all, start },
    send(which: ModelNode) {
      ids += 1;
      which.send(`${which.incarnation}-${ids}`);
    },
    end,
    async restart(name: string, disk = new Map(node(name).disk)) {
      end(node(name));
      nodes.set(name, await start(name, disk));
    },
    link: () => connect(world, node(A), node(B)),
    /** All arrives and is written, and nothing is lost any more. */
    heal(from = node(A), to = node(B)) {
      for (let round = 0; round < 3; round += 1) {
        connect(world, from, to);
        for (let more = true; more;) {
          more = false;
          while (step(world, 0)) more = true;
          for (const each of all) {
            if (!each.isDirty()) continue;
            each.flush();
            more = true;
          }
        }
      }
    },
    isQuarantined: (name: string) =>
      node(name).relations.statusOf(name === A ? B : A).quarantine !== undefined,
  };
};
type Run = Awaited<ReturnType<typeof makeRun>>;

/** One thing happens, as a number says. */
const happen = async (run: Run, choice: number): Promise<void> => {
  const pick = Math.floor(choice / 20);
  const name = pick % 2 === 0 ? A : B;
  const node = run.node(name);
  switch (choice % 20) {
    case 0:
      return run.restart(name);
    case 1:
    case 2:
      return run.link();
    case 3:
      return node.current?.lose();
    case 4:
      return node.current?.link.close();
    case 5:
    case 6:
    case 7:
      return run.send(node);
    case 8:
    case 9:
    case 10:
    case 11:
      return node.flush();
    case 12:
      // Much goes well at once.
      for (let i = 0; i < 12; i += 1) step(run.world, pick + i);
      run.node(A).flush();
      return run.node(B).flush();
    default:
      step(run.world, pick);
  }
};

const tape = fc.array(fc.nat(1_000_000), { maxLength: 250, size: 'max' });
const runs = Number(process.env['POCAS_MODEL_RUNS'] ?? 60);

const ids = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]!);
const assertOneHistory = (from: ModelNode, to: ModelNode) => {
  assert.deepEqual(to.done(), from.sent(), 'each once, in order');
  assert.deepEqual(
    from.ended(),
    from.sent().map((id) => `${id} ${id}`),
    'each is answered once',
  );
};

test('whatever crashes and is cut, each message is carried out once, in order, and nobody is quarantined', async () => {
  await fc.assert(
    fc.asyncProperty(tape, async (choices) => {
      const run = await makeRun();
      for (const choice of choices) {
        await happen(run, choice);
        assert.ok(!run.isQuarantined(A) && !run.isQuarantined(B), 'nobody is quarantined');
      }
      run.heal();
      assert.ok(!run.isQuarantined(A) && !run.isQuarantined(B), 'nobody is quarantined');
      assertOneHistory(run.node(A), run.node(B));
      assertOneHistory(run.node(B), run.node(A));
    }),
    { numRuns: runs },
  );
});

/** After a new epoch: nothing twice, and everybody who waits is answered. */
const assertReconciled = (run: Run) => {
  for (const [from, to] of [
    [run.node(A), run.node(B)],
    [run.node(B), run.node(A)],
  ] as const) {
    assert.equal(new Set(to.done()).size, to.done().length, 'nothing is carried out twice');
    assert.deepEqual(ids(from.ended()).toSorted(), from.sent().toSorted(), 'each ends, once');
  }
};

test('a node that is started from an older backup takes nothing and gives nothing in two histories, and goes on after it was reconciled', async () => {
  let quarantines = 0;
  await fc.assert(
    fc.asyncProperty(tape, tape, tape, fc.boolean(), async (before, lost, then, isA) => {
      const run = await makeRun();
      const name = isA ? A : B;
      for (const choice of before) await happen(run, choice);
      const backup = new Map(run.node(name).disk);
      for (const choice of lost) await happen(run, choice);
      await run.restart(name, backup);
      for (const choice of then) await happen(run, choice);
      run.heal();
      if (!run.isQuarantined(A) && !run.isQuarantined(B)) {
        assertOneHistory(run.node(A), run.node(B));
        assertOneHistory(run.node(B), run.node(A));
        return;
      }
      quarantines += 1;
      assert.ok(run.isQuarantined(A) && run.isQuarantined(B), 'both are quarantined');
      run.node(A).relations.agree(B);
      run.node(A).flush();
      run.heal();
      assert.ok(run.isQuarantined(A) && run.isQuarantined(B), 'both have to agree');
      run.node(B).relations.agree(A);
      run.node(B).flush();
      run.heal();
      assert.ok(!run.isQuarantined(A) && !run.isQuarantined(B), 'a new epoch began');
      assertReconciled(run);
    }),
    { numRuns: runs },
  );
  assert.ok(quarantines > runs / 20, `${quarantines} of ${runs} were found out`);
});

test('of two copies of a node that run at once, nobody takes two histories, and both are found out once both were heard', async () => {
  await fc.assert(
    fc.asyncProperty(tape, tape, fc.boolean(), async (before, then, restarts) => {
      const run = await makeRun();
      for (const choice of before) await happen(run, choice);
      const copy = await run.start(A, new Map(run.node(A).disk));
      if (restarts) await run.restart(A);
      for (const choice of then) {
        const pick = Math.floor(choice / 20);
        if (choice % 7 !== 0) await happen(run, choice);
        else if (pick % 3 === 0) run.send(copy);
        else if (pick % 3 === 1) copy.flush();
        else connect(run.world, copy, run.node(B));
      }
      const b = run.node(B);
      for (const each of [run.node(A), copy, run.node(A)]) run.heal(each, b);
      assert.ok(run.isQuarantined(B), 'two copies were heard');
      const given = run.node(A).sent();
      const copied = copy.sent();
      const taken = b.done();
      const isOf = (sent: readonly string[]) => taken.every((id, i) => sent[i] === id);
      assert.ok(isOf(given) || isOf(copied), 'one history');
    }),
    { numRuns: runs },
  );
});

test('what a node took before it removed its sender is not sent to it again', async () => {
  const run = await makeRun();
  run.send(run.node(A));
  run.link();
  while (run.node(B).done().length === 0) {
    run.node(A).flush();
    assert.ok(step(run.world, 0));
  }
  run.node(B).flush();
  // The acknowledgement is lost, and B forgets in which life of A it took what.
  await run.restart(A);
  run.node(B).relations.forget(A);
  run.node(B).relations.forgotten(A);
  run.heal();
  assert.ok(run.isQuarantined(A));
  run.node(A).relations.agree(B);
  run.heal();
  assert.ok(!run.isQuarantined(A) && !run.isQuarantined(B), 'a new epoch began');
  assertReconciled(run);
  assert.equal(run.node(B).done().length, 1);
});

test('whatever is restored, how often, and whenever the operators agree: nothing is carried out twice in a history, and all ends', async () => {
  let epochs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(1_000_000), { maxLength: 400, size: 'max' }),
      async (choices) => {
        const run = await makeRun();
        const backups: Record<string, Map<string, string>[]> = { [A]: [], [B]: [] };
        for (const choice of choices) {
          const pick = Math.floor(choice / 20);
          const name = pick % 2 === 0 ? A : B;
          const other = name === A ? B : A;
          const node = run.node(name);
          const kept = backups[name]!;
          if (choice % 17 === 0) kept.push(new Map(node.disk));
          else if (choice % 29 === 0 && kept.length > 0) {
            await run.restart(name, new Map(kept[pick % kept.length]));
          } else if (choice % 7 === 0 && run.isQuarantined(name)) {
            node.relations.agree(other);
          } else await happen(run, choice);
        }
        for (let round = 0; round < 4; round += 1) {
          run.heal();
          for (const name of [A, B]) {
            if (run.isQuarantined(name)) run.node(name).relations.agree(name === A ? B : A);
            run.node(name).flush();
          }
        }
        assert.ok(!run.isQuarantined(A) && !run.isQuarantined(B), 'it goes on');
        epochs += run.node(A).relations.statement(B).epoch;
        assertReconciled(run);
      },
    ),
    { numRuns: runs },
  );
  assert.ok(epochs > runs / 20, `${epochs} new epochs began`);
});

test('what was taken before one restore is not sent again after another, from a backup of before that', async () => {
  const run = await makeRun();
  const early = new Map(run.node(A).disk);
  run.send(run.node(B));
  run.link();
  while (run.node(A).done().length === 0) {
    run.node(B).flush();
    assert.ok(step(run.world, 0));
  }
  run.node(A).flush();
  // B is told of nothing.
  run.node(A).current!.lose();
  const late = new Map(run.node(A).disk);
  const reconcile = () => {
    run.heal();
    run.node(A).relations.agree(B);
    run.node(B).relations.agree(A);
  };
  await run.restart(A, early);
  run.node(A).relations.quarantine(B, 'ours');
  // Its items are numbered anew, and none arrives.
  run.heal();
  run.node(A).relations.agree(B);
  run.node(B).relations.agree(A);
  connect(run.world, run.node(A), run.node(B));
  while (run.node(B).relations.statement(A).epoch === 0) {
    run.node(A).flush();
    run.node(B).flush();
    assert.ok(step(run.world, 0));
  }
  run.node(B).flush();
  await run.restart(A, late);
  reconcile();
  run.heal();
  assert.ok(!run.isQuarantined(A) && !run.isQuarantined(B), 'a new epoch began');
  assert.equal(run.node(A).done().length, 1);
  assertReconciled(run);
});

test('who comes back after its lease has ended is answered: that nothing is known of its answer', async () => {
  const run = await makeRun();
  run.send(run.node(A));
  run.link();
  while (run.node(B).done().length === 0) {
    run.node(A).flush();
    assert.ok(step(run.world, 0));
  }
  await run.restart(A);
  run.node(B).flush();
  run.node(B).relations.giveUp(A);
  run.heal();
  assert.deepEqual(ids(run.node(A).ended()), run.node(A).sent());
  assert.match(run.node(A).ended()[0]!, / failed$/);
});
