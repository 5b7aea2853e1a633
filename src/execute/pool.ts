import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { compileKernel } from '../kernel/wasm.ts';
import type { Datasets, SweepSpec } from '../model/spec.ts';
import type { Executor } from './executor.ts';
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
  }

  async submit(task: Task): Promise<void> {
    await this.#pool.run(task);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
