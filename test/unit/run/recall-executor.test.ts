import { describe, expect, it } from 'vitest';
import { RunDirectoryError, StoppedError } from '../../../src/errors.ts';
import type { Executor } from '../../../src/execute/executor.ts';
import type { SimulateTask, Task } from '../../../src/execute/task.ts';
import { Arena } from '../../../src/memory/arena.ts';
import type { TallyRow } from '../../../src/run/ensemble-parts.ts';
import { RecallExecutor } from '../../../src/run/recall-executor.ts';
import { readRecord, zeroTally } from '../../../src/stats/record.ts';
import { type Group, groupsOf, slotCount, slotOf } from '../../../src/sweep/groups.ts';
import { planSweep, type SweepPlan } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';

/** Keeps the tasks that reach it. */
class Keeper implements Executor {
  readonly parallelism = 3;
  readonly tasks: Task[] = [];
  closed = false;

  async submit(task: Task): Promise<void> {
    this.tasks.push(task);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** Every row of a plan's tallies; `count` tells them apart. */
function* rowsOf(plan: SweepPlan): Generator<TallyRow> {
  let count = 0;
  for (let input = 0; input < plan.inputs.length; input++)
    for (const fanIn of plan.spec.fanIn)
      for (let shape = 0; shape < plan.shapes.length; shape++)
        for (let block = 0; block < plan.blocks; block++)
          yield { input, fanIn, shape, block, tally: zeroTally(++count) };
}

const tasksOf = (group: Group, arena: Arena): SimulateTask[] =>
  [0, 1].map((firstBlock) => ({
    kind: 'simulate',
    group,
    side: 1,
    firstBlock,
    lastBlock: firstBlock + 1,
    arena: arena.buffer,
  }));

function countAt(plan: SweepPlan, group: Group, arena: Arena, slot: [number, number, number, number]): number | null {
  const record = arena.record(slotOf(plan, group, ...slot));
  return record && readRecord(record.buffer, record.byteOffset).count;
}

describe('RecallExecutor', () => {
  it('puts tallies where the new plan has their shapes, group after group', async () => {
    const source = planSweep((await smallSweep({ initializers: ['he_normal', 'zeros', 'ones'] })).spec);
    const plan = planSweep((await smallSweep({ initializers: ['zeros', 'he_normal', 'lecun_normal'] })).spec);
    const inner = new Keeper();
    const recall = new RecallExecutor(plan, source, rowsOf(source), inner);
    // Small groups: one input each.
    for (const group of groupsOf(plan, 2 * 2 * plan.blocks)) {
      const arena = Arena.allocate(slotCount(plan, group), 2 ** 20);
      await Promise.all(tasksOf(group, arena).map((task) => recall.submit(task)));
      const [input] = group.inputs;
      for (const fanIn of [0, 1])
        for (const block of [0, 63]) {
          // Shapes of the source: normal, zero, constant; of the plan: zero, normal.
          const row = (input * 2 + fanIn) * 3 * 64 + block;
          expect(countAt(plan, group, arena, [input, fanIn, 1, block])).toBe(row + 1);
          expect(countAt(plan, group, arena, [input, fanIn, 0, block])).toBeNull();
        }
    }
    expect(inner.tasks).toEqual([]);
  });

  it('passes derive tasks on, and closes with what it passes them to', async () => {
    const plan = planSweep((await smallSweep()).spec);
    const inner = new Keeper();
    const recall = new RecallExecutor(plan, plan, rowsOf(plan), inner);
    expect(recall.parallelism).toBe(3);
    const [group] = groupsOf(plan) as [Group];
    const buffer = new SharedArrayBuffer(8);
    await recall.submit({ kind: 'derive', group, arena: buffer, rows: buffer, parts: [] });
    expect(inner.tasks).toHaveLength(1);
    await recall.close();
    expect(inner.closed).toBe(true);
    const arena = Arena.allocate(slotCount(plan, group), 2 ** 20);
    await expect(recall.submit(tasksOf(group, arena)[0] as SimulateTask)).rejects.toThrow(StoppedError);
  });

  it('refuses tallies that are out of order or too few', async () => {
    const plan = planSweep((await smallSweep()).spec);
    const [group] = groupsOf(plan) as [Group];
    const rows = [...rowsOf(plan)];
    const submit = (given: readonly TallyRow[]) => {
      const recall = new RecallExecutor(plan, plan, given.values(), new Keeper());
      const arena = Arena.allocate(slotCount(plan, group), 2 ** 20);
      return recall.submit(tasksOf(group, arena)[0] as SimulateTask);
    };
    await expect(submit(rows)).resolves.toBeUndefined();
    await expect(submit(rows.slice(0, -1))).rejects.toThrow(RunDirectoryError);
    await expect(submit(rows.slice(1))).rejects.toThrow(/row 0: received a tally out of order/);
    await expect(submit(rows.toSpliced(70, 1))).rejects.toThrow(/row 70: received a tally out of order/);
  });
});
