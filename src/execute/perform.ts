import { deriveRows, type RecordSource } from '../derive/rows.ts';
import { RunError } from '../errors.ts';
import type { TalliesOf } from '../experiment/experiment.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Arena } from '../memory/arena.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { type Band, positionsOf } from '../sweep/band.ts';
import { unitCost } from '../sweep/cost.ts';
import { type Group, slotCount, slotOf, type TallyPosition } from '../sweep/groups.ts';
import type { Plan, SweepPlan } from '../sweep/plan.ts';
import { NO_PULSE, type Pulse } from './heartbeat.ts';
import type { DeriveTask, SimulateTask, Task } from './task.ts';

/**
 * Does one task on this thread. Deterministic in the plan and the task; results go to shared memory.
 *
 * @param pulse beats after each block and each part of the rows
 */
export function perform(kernel: Kernel, plan: Plan, task: Task, pulse: Pulse = NO_PULSE): void {
  if (task.kind === 'simulate') simulate(kernel, plan, task, pulse);
  // Only the layer experiment has rows that are worth a task.
  else derive(kernel, plan as SweepPlan, task, pulse);
}

const bands = new WeakMap<Plan, { readonly key: string; readonly band: Band }>();

/** The band of the last task, if it is the same: tasks of one band mostly follow each other, and the kernel is ready for its job. */
function bandFor(plan: Plan, group: Group, id: number): Band {
  const key = JSON.stringify([group, id]);
  const last = bands.get(plan);
  if (last?.key === key) return last.band;
  const band = experimentOf(plan).bandOf(plan, group, id);
  if (band === null) throw new RunError({ where: `band ${id}`, received: 'a task without work' });
  bands.set(plan, { key, band });
  return band;
}

function simulate(kernel: Kernel, plan: Plan, task: SimulateTask, pulse: Pulse): void {
  const { group } = task;
  const arena = Arena.attach(task.arena, slotCount(plan, group));
  const band = bandFor(plan, group, task.band);
  pulse.expect(band.cost);
  const simulateBlock = experimentOf(plan).simulator(kernel, plan, band);
  // A task that failed half-way is tried again: what it had published is there, and room for it is taken.
  const isThere = (position: TallyPosition): boolean => arena.record(slotOf(plan, group, position)) !== null;
  const publish = (position: TallyPosition, record: Uint8Array): void =>
    publishTally(plan, group, arena, position, record);
  const beat = () => pulse.beat();
  for (let block = task.firstBlock; block < task.lastBlock; block++) {
    if (positionsOf(band, block).every(isThere)) continue;
    simulateBlock(block, publish, beat);
    pulse.beat();
  }
}

/** Puts a record into its slot of a group's arena, unless there is one. @throws RunError when there is no room for it */
export function publishTally(
  plan: Plan,
  group: Group,
  arena: Arena,
  position: TallyPosition,
  record: Uint8Array,
): void {
  const slot = slotOf(plan, group, position);
  if (arena.record(slot) !== null || arena.publish(slot, record)) return;
  const { input, fanIn, block } = position;
  throw new RunError({
    where: `input ${plan.grid.inputs[input]}, fan-in ${plan.grid.fanIns[fanIn]}, block ${block}`,
    received: `tallies of ${arena.slots} (ensemble, fan-in, block) that do not fit in ${arena.buffer.byteLength} bytes`,
    remedy: 'the values spread over too many orders of magnitude: use a narrower input or fewer fan-ins',
  });
}

function derive(kernel: Kernel, plan: SweepPlan, task: DeriveTask, pulse: Pulse): void {
  const arena = Arena.attach(task.arena, slotCount(plan, task.group));
  const source = recordSource(plan, task.group, arena);
  for (const { input, fanIn, from, to, offset } of task.parts) {
    pulse.expect(unitCost(plan, { input, fanIn }));
    const rows = new Float64Array(task.rows, offset, (to - from) * ESTIMATE_COLUMNS.length);
    deriveRows(kernel, plan, source, input, fanIn, from, to, rows);
    pulse.beat();
  }
}

/**
 * Records of an arena, and those that nobody simulates, by block; null where a block was given up.
 *
 * @throws RunError when one is neither there nor given up
 */
export function talliesIn(plan: Plan, group: Group, arena: Arena, input: number, fanIn: number): TalliesOf {
  const [firstBlock, lastBlock] = group.blocks;
  return (shape) => {
    const constant = experimentOf(plan).constantTally(plan, shape);
    return Array.from({ length: lastBlock - firstBlock }, (_, i) => {
      const block = firstBlock + i;
      const slot = slotOf(plan, group, { input, fanIn, shape, block });
      const record = constant ?? arena.record(slot);
      if (record !== null || arena.isDropped(slot)) return record;
      throw new RunError({
        where: `block ${block} of ${plan.grid.series[shape]} × ${plan.grid.inputs[input]}`,
        received: 'no tally',
        remedy: 'its task did not finish',
      });
    });
  };
}

/** The tallies of an arena, without those of blocks that were given up. Throws as {@link talliesIn}. */
export function recordSource(plan: Plan, group: Group, arena: Arena): RecordSource {
  return (shape, input, fanIn) =>
    talliesIn(plan, group, arena, input, fanIn)(shape).filter((record) => record !== null);
}
