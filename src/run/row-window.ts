import { RunError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import type { Task } from '../execute/task.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { unitsOf } from '../sweep/groups.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { type Chunk, type Cutting, cutRows } from './cutting.ts';
import { ATTEMPTS } from './faults.ts';
import type { Progress } from './progress.ts';
import { attempts, type Simulation, settled } from './simulation.ts';

/** Takes rows of an experiment's tables, in the order of each. */
export interface RowSink {
  /**
   * @param values column-major over the table's columns, NaN for null; valid during the call only
   * @param table position in the experiment's tables
   */
  rows(values: Float64Array, rows: number, table: number): void;
}

/** Derives the rows of one group after another. */
export interface RowDeriver {
  /** Resolves when all rows of a group are under way, or handed on. */
  dispatch(simulation: Simulation): Promise<void>;
  /** Hands on what is under way. */
  drain(): Promise<void>;
}

/** Derive tasks in row order, a bounded number of them under way, their row buffers used again and again. */
export class RowWindow implements RowDeriver {
  readonly #plan: SweepPlan;
  readonly #executor: Executor;
  readonly #sink: RowSink;
  readonly #progress: Progress;
  readonly #cutting: Cutting;
  readonly #free: SharedArrayBuffer[] = [];
  readonly #underWay: { readonly chunk: Chunk; readonly buffer: SharedArrayBuffer; readonly done: Promise<void> }[] =
    [];
  readonly #size: number;

  constructor(plan: SweepPlan, executor: Executor, sink: RowSink, progress: Progress, cutting: Cutting) {
    this.#plan = plan;
    this.#executor = executor;
    this.#sink = sink;
    this.#progress = progress;
    this.#cutting = cutting;
    this.#size = 2 * executor.parallelism + 2;
  }

  async dispatch(simulation: Simulation): Promise<void> {
    const { group, arena } = simulation;
    const blocks = group.blocks[1] - group.blocks[0];
    const { chunks, largest } = cutRows(this.#plan, unitsOf(group), blocks, this.#executor.parallelism, this.#cutting);
    const bytes = largest * ESTIMATE_COLUMNS.length * 8;
    for (const chunk of chunks) {
      for (const { input, fanIn } of chunk.parts) await simulation.ready(input, fanIn);
      if (this.#underWay.length === this.#size) await this.#commit();
      const buffer = this.#free.pop() ?? new SharedArrayBuffer(bytes);
      const rows = buffer.byteLength < bytes ? new SharedArrayBuffer(bytes) : buffer;
      const task = { kind: 'derive', group, arena: arena.buffer, rows, parts: chunk.parts } as const;
      this.#underWay.push({ chunk, buffer: rows, done: settled([this.#derive(task)]) });
    }
  }

  async drain(): Promise<void> {
    while (this.#underWay.length > 0) await this.#commit();
  }

  async #derive(task: Task): Promise<void> {
    const failure = await attempts(ATTEMPTS, () => this.#executor.submit(task));
    if (failure === null) return;
    throw new RunError(
      {
        where: 'deriving rows of estimates.arrow',
        received: `${failure.message}, ${ATTEMPTS} times`,
        remedy: 'the tallies are kept: run again to go on',
      },
      { cause: failure },
    );
  }

  /** Waits for the oldest task and hands its rows on. */
  async #commit(): Promise<void> {
    const [first] = this.#underWay;
    if (first === undefined) return;
    await first.done;
    this.#underWay.shift();
    const columns = ESTIMATE_COLUMNS.length;
    for (const { from, to, offset } of first.chunk.parts)
      this.#sink.rows(new Float64Array(first.buffer, offset, (to - from) * columns), to - from, 0);
    this.#free.push(first.buffer);
    this.#progress.derived(first.chunk.cost);
  }
}
