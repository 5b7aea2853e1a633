import { RunDirectoryError, RunError, StoppedError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import type { SimulateTask, Task } from '../execute/task.ts';
import { Arena } from '../memory/arena.ts';
import { writeRecord } from '../stats/record.ts';
import { type Group, slotCount, slotOf } from '../sweep/groups.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { TallyRow } from './ensemble-parts.ts';

/** Tallies between two turns of the event loop, so that signals and progress get through. */
const ROWS_A_TURN = 256;

/**
 * Answers simulate tasks from the tallies of an earlier run, and passes derive tasks on: a run that draws nothing.
 *
 * Both plans must agree in inputs, fan-ins, samples, blocks and seed; the new one's weight shapes must be among the old one's, or
 * zero. Groups are asked for in row order, so one pass over the file serves them all.
 */
export class RecallExecutor implements Executor {
  readonly parallelism: number;
  readonly #plan: SweepPlan;
  readonly #source: SweepPlan;
  readonly #rows: Iterator<TallyRow>;
  readonly #inner: Executor;
  readonly #loaded = new Map<Group, Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #position = 0;
  #closed = false;

  /**
   * @param plan of the new run
   * @param source plan of the run that the tallies are from
   * @param rows its tallies, in file order
   * @param inner does the derive tasks; closed with this one
   */
  constructor(plan: SweepPlan, source: SweepPlan, rows: Iterator<TallyRow>, inner: Executor) {
    this.parallelism = inner.parallelism;
    this.#plan = plan;
    this.#source = source;
    this.#rows = rows;
    this.#inner = inner;
  }

  submit(task: Task): Promise<void> {
    return task.kind === 'derive' ? this.#inner.submit(task) : this.#recall(task);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rows.return?.();
    await this.#inner.close();
  }

  /** The first task of a group loads all of it; the others wait for that. */
  #recall({ group, arena }: SimulateTask): Promise<void> {
    const known = this.#loaded.get(group);
    if (known !== undefined) return known;
    const loaded = this.#last.then(() => this.#load(group, Arena.attach(arena, slotCount(this.#plan, group))));
    this.#loaded.set(group, loaded);
    this.#last = loaded;
    return loaded;
  }

  async #load(group: Group, arena: Arena): Promise<void> {
    const fanIns = this.#source.spec.fanIn.length;
    const perUnit = this.#source.shapes.length * this.#source.blocks;
    // Row order is (input, fan-in): a group is whole inputs, or part of the fan-ins of one.
    const from = (group.inputs[0] * fanIns + group.fanIns[0]) * perUnit;
    const to = ((group.inputs[1] - 1) * fanIns + group.fanIns[1]) * perUnit;
    while (this.#position < to) {
      if (this.#position % ROWS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#closed) throw new StoppedError('stopped before all tallies were read');
      const row = this.#next();
      if (this.#position++ >= from) this.#publish(group, arena, row);
    }
  }

  /** The row at the current position. @throws RunDirectoryError when the file holds another one there */
  #next(): TallyRow {
    const { done, value } = this.#rows.next();
    const { shapes, blocks, spec } = this.#source;
    const perInput = spec.fanIn.length * shapes.length * blocks;
    const unit = Math.floor(this.#position / (shapes.length * blocks));
    if (
      !done &&
      value.input === Math.floor(this.#position / perInput) &&
      value.fanIn === spec.fanIn[unit % spec.fanIn.length] &&
      value.shape === Math.floor(this.#position / blocks) % shapes.length &&
      value.block === this.#position % blocks
    )
      return value;
    throw new RunDirectoryError({
      where: `tallies.arrow, row ${this.#position}`,
      received: done ? 'the end of the table' : 'a tally out of order',
      allowed: 'a table as initsweep writes it',
      remedy: 'run the sweep again with --fresh',
    });
  }

  #publish(group: Group, arena: Arena, { shape, input, fanIn, block, tally }: TallyRow): void {
    const known = this.#source.shapes[shape];
    // Nobody keeps the tallies of weights that are all zero.
    if (known === undefined || known.kind === 'zero') return;
    const at = this.#plan.shapes.indexOf(known);
    if (at < 0) return;
    const slot = slotOf(this.#plan, group, input, this.#plan.spec.fanIn.indexOf(fanIn), at, block);
    if (arena.publish(slot, writeRecord(tally))) return;
    throw new RunError({
      where: `input ${this.#plan.inputs[input]?.label}, fan-in ${fanIn}, block ${block}`,
      received: `tallies that do not fit in ${arena.buffer.byteLength} bytes`,
      remedy: 'this is a fault of initsweep: please report it',
    });
  }
}
