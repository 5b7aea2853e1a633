import { TaskError } from '../../src/errors.ts';
import type { Executor } from '../../src/execute/executor.ts';
import type { DeriveTask, SimulateTask, Task } from '../../src/execute/task.ts';
import { Arena } from '../../src/memory/arena.ts';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { writeRecord } from '../../src/stats/record.ts';
import { positionsOf } from '../../src/sweep/band.ts';
import { bandOf } from '../../src/sweep/bands.ts';
import { slotCount, slotOf, type TallyPosition } from '../../src/sweep/groups.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';

/** How a task ends: done; failed before or in the middle of its work; failed with an error that ends the run. */
export type Outcome = 'done' | 'fails' | 'fails midway' | Error;

interface Waiting {
  readonly task: Task;
  resolve(): void;
  reject(error: Error): void;
}

const records = new Map<string, Uint8Array>();

/** A tally that names its position, as large as one can be: what a kernel would make, without a kernel. */
export function madeUpRecord(plan: SweepPlan, { input, fanIn, shape, block }: TallyPosition): Uint8Array {
  const key = [plan.blockSamples, input, fanIn, shape, block].join();
  const known = records.get(key);
  if (known !== undefined) return known;
  const bins = plan.blockSamples;
  const record = writeRecord({
    count: plan.blockSamples,
    min: -1,
    max: 1,
    powers: Float64Array.of(input, fanIn, shape, block),
    bins: Int16Array.from({ length: bins }, (_, i) => i),
    counts: new Uint32Array(bins).fill(1),
    sums: new BigInt64Array(bins),
    squares: new BigUint64Array(bins),
  });
  records.set(key, record);
  return record;
}

/** What a made-up row holds in all its columns: it tells which blocks it was derived from, in which order. */
export function madeUpValue(input: number, fanIn: number, row: number, blocks: readonly number[]): number {
  return blocks.reduce((hash, block) => (hash * 31 + block + 1) % 1_000_003, 1 + input + 10 * fanIn + 100 * row);
}

/** Keeps every task until the test says how it ends. No thread, no clock, no kernel: results are made up from their positions. */
export class ScriptedExecutor implements Executor {
  readonly parallelism = 2;
  readonly waiting: Waiting[] = [];
  /** All tasks so far. */
  readonly submitted: Task[] = [];
  readonly simulators?: number;
  readonly #plan: SweepPlan;

  constructor(plan: SweepPlan, simulators?: number) {
    this.#plan = plan;
    if (simulators !== undefined) this.simulators = simulators;
  }

  submit(task: Task): Promise<void> {
    this.submitted.push(task);
    return new Promise((resolve, reject) => this.waiting.push({ task, resolve, reject }));
  }

  async close(): Promise<void> {}

  /** Ends the waiting task at `index`. */
  end(index: number, outcome: Outcome): Task {
    const [{ task, resolve, reject }] = this.waiting.splice(index, 1) as [Waiting];
    if (outcome !== 'fails' && !(outcome instanceof Error)) this.#perform(task, outcome === 'done' ? 1 : 0.5);
    if (outcome === 'done') resolve();
    else reject(outcome instanceof Error ? outcome : new TaskError({ where: 'the test', remedy: outcome }));
    return task;
  }

  #perform(task: Task, share: number): void {
    if (task.kind === 'simulate') this.#simulate(task, share);
    else this.#derive(task, share);
  }

  #simulate(task: SimulateTask, share: number): void {
    const { group, band: id, firstBlock, lastBlock } = task;
    const arena = Arena.attach(task.arena, slotCount(this.#plan, group));
    const band = bandOf(this.#plan, group, id);
    const positions = Array.from({ length: lastBlock - firstBlock }, (_, i) =>
      positionsOf(band, firstBlock + i),
    ).flat();
    for (const position of positions.slice(0, Math.ceil(share * positions.length)))
      if (!arena.publish(slotOf(this.#plan, group, position), madeUpRecord(this.#plan, position)))
        throw new Error('the arena is full');
  }

  #derive({ group, arena: buffer, rows: target, parts }: DeriveTask, share: number): void {
    const arena = Arena.attach(buffer, slotCount(this.#plan, group));
    for (const { input, fanIn, from, to, offset } of parts) {
      const blocks: number[] = [];
      this.#plan.shapes.forEach(({ kind }, shape) => {
        for (let block = group.blocks[0]; kind !== 'zero' && block < group.blocks[1]; block++) {
          const position = { input, fanIn, shape, block };
          const slot = slotOf(this.#plan, group, position);
          const record = arena.record(slot);
          if (record === null && !arena.isDropped(slot))
            throw new Error(`rows before their tallies: ${JSON.stringify(position)}`);
          if (record === null) continue;
          if (Buffer.compare(record, madeUpRecord(this.#plan, position)) !== 0)
            throw new Error(`another tally than ${JSON.stringify(position)}`);
          blocks.push(shape * this.#plan.blocks + block);
        }
      });
      const rows = new Float64Array(target, offset, (to - from) * ESTIMATE_COLUMNS.length);
      for (let row = from; row < from + Math.ceil(share * (to - from)); row++)
        for (let column = 0; column < ESTIMATE_COLUMNS.length; column++)
          rows[column * (to - from) + row - from] = madeUpValue(input, fanIn, row, blocks);
    }
  }
}
