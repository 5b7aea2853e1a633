import { fileURLToPath } from 'node:url';
import type { ResourceLimits } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets } from '../model/spec.ts';
import type { Failure } from './failure.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Task } from './task.ts';

/** What a worker thread gets once, when it starts: it plans the sweep for itself. */
export interface WorkerSetup {
  readonly spec: Spec;
  readonly datasets: Datasets;
  readonly kernel: WebAssembly.Module;
  readonly heartbeat: SharedArrayBuffer;
}

export interface WorkerOptions {
  /** The file that the threads run; default the built workers/block.ts. */
  readonly worker?: URL;
  /** Memory of each thread's JavaScript; default Node's. */
  readonly limits?: ResourceLimits;
}

/**
 * Piscina tries `require` first, and Node (20.20, v8::Module::IsGraphAsync) aborts the whole process when a thread is ended while it
 * requires an ES module. Without that ability the thread imports it, which can be ended at any moment.
 */
const NO_REQUIRE = '--no-experimental-require-module';

/** What a thread ends of that used up its `limits`. */
export const OUT_OF_MEMORY = 'a worker thread out of memory';

/**
 * One worker thread, from its start to its end, one task at a time.
 *
 * Piscina starts the thread and carries the messages, in a pool of this one. A larger pool would replace dead threads by itself,
 * but not well enough: it gives up for good after one that dies at its start, while tasks in its queue wait for ever; it hands the
 * next task to a thread before anyone saw that the last one broke it; and it lets go of an aborted task while its thread, not
 * yet ended, still writes to shared memory.
 */
export class WorkerThread {
  readonly heartbeat = new Heartbeat();
  /** Resolves when the thread is gone, and writes no more, with what it ended of: what a message shows as received. */
  readonly ended: Promise<string>;
  readonly #pool: Piscina;
  #destroyed = false;
  #reason: string | undefined;

  /** @throws what Node throws when there is no room for another thread */
  constructor(setup: Omit<WorkerSetup, 'heartbeat'>, { worker, limits }: WorkerOptions = {}) {
    const workerData: WorkerSetup = { ...setup, heartbeat: this.heartbeat.buffer };
    this.#pool = new Piscina({
      filename: fileURLToPath(worker ?? import.meta.resolve('#worker')),
      minThreads: 1,
      maxThreads: 1,
      // The arena and the rows carry the results; a message is only a task's description.
      atomics: 'async',
      recordTiming: false,
      workerData,
      ...(process.allowedNodeEnvironmentFlags.has(NO_REQUIRE) && { execArgv: [NO_REQUIRE] }),
      ...(limits && { resourceLimits: limits }),
    });
    const [thread] = this.#pool.threads;
    if (thread === undefined) throw new Error('no thread in a pool of one');
    let cause: unknown;
    thread.once('error', (error) => {
      cause = error;
    });
    this.ended = new Promise((resolve) => {
      thread.once('exit', (code) => resolve(endOf(code, cause, this.#reason)));
    });
    // While a pool is being destroyed, it replaces no thread.
    this.#pool.on('workerDestroy', () => this.#destroy());
    // An error outside of any task ends the thread as well: `ended` tells.
    this.#pool.on('error', () => {});
  }

  /**
   * Resolves when the task is done, with its failure, if any; the thread can then take another.
   *
   * @throws when the thread ended before that; it is then gone
   */
  async run(task: Task): Promise<Failure | undefined> {
    this.heartbeat.clear();
    try {
      // Piscina would start another thread.
      if (this.#destroyed) throw new Error('its thread has ended');
      return (await this.#pool.run(task)) as Failure | undefined;
    } catch (error) {
      await this.end(`a worker thread that answers ${describe(error)}`);
      throw error;
    }
  }

  /** Ends the thread, whatever it does. Resolves when it is gone. @param reason what it ends of */
  async end(reason: string): Promise<void> {
    this.#reason ??= reason;
    this.#destroy();
    await this.ended;
  }

  /** Once: a second `destroy` returns before the thread has ended, and its end then counts as one to be made good for. */
  #destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    void this.#pool.destroy();
  }
}

function endOf(code: number, cause: unknown, reason: string | undefined): string {
  if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') return OUT_OF_MEMORY;
  if (cause !== undefined) return `a worker thread that ended with ${describe(cause)}`;
  return reason ?? `a worker thread that ended with exit code ${code}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
