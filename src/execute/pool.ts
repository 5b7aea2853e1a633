import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type InitsweepError, RunError, StoppedError } from '../errors.ts';
import { compileKernel } from '../kernel/wasm.ts';
import type { Datasets, SweepSpec } from '../model/spec.ts';
import type { Executor } from './executor.ts';
import { errorOf, type Failure } from './failure.ts';
import type { Task } from './task.ts';

/** What a worker thread gets once, when it starts: it plans the sweep for itself. */
export interface WorkerSetup {
  readonly spec: SweepSpec;
  readonly datasets: Datasets;
  readonly kernel: WebAssembly.Module;
}

/** Tasks on a pool of worker threads (workers/block.ts), which share memory with this one. */
export class PoolExecutor implements Executor {
  readonly parallelism: number;
  readonly #pool: Piscina;
  #closed = false;
  #fault: Error | undefined;

  /** @param threads worker threads, at least 1 */
  constructor(spec: SweepSpec, datasets: Datasets, threads: number) {
    this.parallelism = threads;
    const workerData: WorkerSetup = { spec, datasets, kernel: compileKernel() };
    this.#pool = new Piscina({
      filename: fileURLToPath(import.meta.resolve('#worker')),
      minThreads: threads,
      maxThreads: threads,
      // The arena and the rows carry the results; a message is only a task's description.
      atomics: 'async',
      workerData,
    });
    this.#pool.on('error', (error: Error) => {
      // The last answer of a thread that `destroy` is about to end.
      if (this.#closed) return;
      // It belongs to no task, so threads do not start, and the tasks in the queue would wait for ever.
      this.#fault ??= error;
      void this.#pool.destroy();
    });
  }

  async submit(task: Task): Promise<void> {
    // Piscina would start new threads for a task that comes after `destroy`.
    if (this.#closed || this.#fault) throw this.#endedBy(this.#fault);
    let failure: Failure | undefined;
    try {
      failure = (await this.#pool.run(task)) as Failure | undefined;
    } catch (error) {
      throw this.#endedBy(this.#fault ?? error);
    }
    if (failure !== undefined) throw errorOf(failure);
  }

  #endedBy(cause: unknown): InitsweepError {
    if (this.#closed) return new StoppedError('stopped before the task ended', { cause });
    const received = cause instanceof Error ? cause.message : String(cause);
    return new RunError({ where: 'a worker thread', received, remedy: 'run again, or with --threads 1' }, { cause });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.destroy();
  }
}
