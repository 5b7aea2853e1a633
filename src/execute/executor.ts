import type { Datasets } from '../model/spec.ts';
import type { Band } from '../sweep/band.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Task } from './task.ts';

/**
 * Where tasks run. The coordinator knows this interface only.
 *
 * `submit` resolves when the task's results are in the shared memory that the task names, and rejects with the task's error. Tasks
 * may finish in any order; at most `parallelism` make progress at once, further ones wait. After `close`, running tasks may
 * be abandoned and every pending `submit` settles.
 */
export interface Executor {
  readonly parallelism: number;
  /** Nanoseconds that a simulate task had better take; absent: as little as keeps all threads busy. */
  readonly taskTime?: number;
  /**
   * Threads that simulate, as far as is known now, where they may be many: groups of tasks are then begun before the last one is done,
   * so that none of them waits. Absent: `parallelism`, in the memory of this machine.
   */
  readonly simulators?: number;
  /** Blocks of a band that one simulate task may have. Absent: any number. */
  mostBlocks?(band: Band): number;
  submit(task: Task): Promise<void>;
  /** @param isDone whether the run is over, and nobody will go on with it */
  close(isDone?: boolean): Promise<void>;
}

/** Makes an executor for a plan; `threads` is at least 1. Rejects when `signal` fires first, where that may take long. */
export type OpenExecutor = (plan: Plan, datasets: Datasets, threads: number, signal?: AbortSignal) => Promise<Executor>;
