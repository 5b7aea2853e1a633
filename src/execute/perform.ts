import { deriveRows, type RecordSource } from '../derive/rows.ts';
import { RunError } from '../errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Arena } from '../memory/arena.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { type Band, bandOf, blockKeys, positionsOf, zeroRecord } from '../sweep/bands.ts';
import { blockCost, unitCost } from '../sweep/cost.ts';
import { type Group, slotCount, slotOf, type TallyPosition } from '../sweep/groups.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { NO_PULSE, type Pulse } from './heartbeat.ts';
import type { DeriveTask, SimulateTask, Task } from './task.ts';

/**
 * Does one task on this thread. Deterministic in the plan and the task; results go to shared memory.
 *
 * @param pulse beats after each block and each part of the rows
 */
export function perform(kernel: Kernel, plan: SweepPlan, task: Task, pulse: Pulse = NO_PULSE): void {
  if (task.kind === 'simulate') simulate(kernel, plan, task, pulse);
  else derive(kernel, plan, task, pulse);
}

/** A band, and the nanoseconds that a block of it is predicted to take. */
interface PricedBand {
  readonly band: Band;
  readonly cost: number;
}

const bands = new WeakMap<SweepPlan, PricedBand & { readonly key: string }>();

/** The band of the last task, if it is the same: tasks of one band follow each other, and the kernel is ready for its job. */
function bandFor(plan: SweepPlan, group: Group, side: number): PricedBand {
  const key = JSON.stringify([group, side]);
  const last = bands.get(plan);
  if (last?.key === key) return last;
  const band = bandOf(plan, group, side);
  const priced = { key, band, cost: blockCost(band) };
  bands.set(plan, priced);
  return priced;
}

function simulate(kernel: Kernel, plan: SweepPlan, task: SimulateTask, pulse: Pulse): void {
  const { group } = task;
  const arena = Arena.attach(task.arena, slotCount(plan, group));
  const { band, cost } = bandFor(plan, group, task.side);
  pulse.expect(cost);
  const simulateBlock = kernel.simulator(band.job);
  const keysOf = blockKeys(plan, band);
  // A task that failed half-way is tried again: what it had published is there, and room for it is taken.
  const isThere = (position: TallyPosition): boolean => arena.record(slotOf(plan, group, position)) !== null;
  for (let block = task.firstBlock; block < task.lastBlock; block++) {
    if (positionsOf(band, block).every(isThere)) continue;
    simulateBlock(keysOf(block), (p, n, record) => {
      const pair = band.pairs[p] as (typeof band.pairs)[number];
      const fanIn = plan.spec.fanIn.indexOf(n);
      const position = { input: pair.input, fanIn, shape: pair.shape, block };
      publishTally(plan, group, arena, position, record);
    });
    pulse.beat();
  }
}

/** Puts a record into its slot of a group's arena, unless there is one. @throws RunError when there is no room for it */
export function publishTally(
  plan: SweepPlan,
  group: Group,
  arena: Arena,
  position: TallyPosition,
  record: Uint8Array,
): void {
  const slot = slotOf(plan, group, position);
  if (arena.record(slot) !== null || arena.publish(slot, record)) return;
  const { input, fanIn, block } = position;
  throw new RunError({
    where: `input ${plan.inputs[input]?.label}, fan-in ${plan.spec.fanIn[fanIn]}, block ${block}`,
    received: `tallies of ${arena.slots} (ensemble, fan-in, block) that do not fit in ${arena.buffer.byteLength} bytes`,
    remedy: 'the values spread over too many orders of magnitude: use a narrower input or fewer fan-ins',
  });
}

function derive(kernel: Kernel, plan: SweepPlan, task: DeriveTask, pulse: Pulse): void {
  pulse.expect(unitCost(plan));
  const arena = Arena.attach(task.arena, slotCount(plan, task.group));
  const source = recordSource(plan, task.group, arena);
  for (const { input, fanIn, from, to, offset } of task.parts) {
    const rows = new Float64Array(task.rows, offset, (to - from) * ESTIMATE_COLUMNS.length);
    deriveRows(kernel, plan, source, input, fanIn, from, to, rows);
    pulse.beat();
  }
}

/**
 * Records of an arena, and those of weights that are all zero, which nobody simulates. Blocks that were given up are left out.
 *
 * @throws RunError when one is neither there nor given up
 */
export function recordSource(plan: SweepPlan, group: Group, arena: Arena): RecordSource {
  const zero = zeroRecord(plan);
  const [firstBlock, lastBlock] = group.blocks;
  return (shape, input, fanIn) => {
    const records: Uint8Array[] = [];
    for (let block = firstBlock; block < lastBlock; block++) {
      const slot = slotOf(plan, group, { input, fanIn, shape, block });
      const record = plan.shapes[shape]?.kind === 'zero' ? zero : arena.record(slot);
      if (record !== null) records.push(record);
      else if (!arena.isDropped(slot)) {
        throw new RunError({
          where: `block ${block} of ${plan.shapes[shape]?.kind} × ${plan.inputs[input]?.label}`,
          received: 'no tally',
          remedy: 'its task did not finish',
        });
      }
    }
    return records;
  };
}
