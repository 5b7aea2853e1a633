import { StoppedError } from '../errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { WasmKernel } from '../kernel/wasm.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { Executor } from './executor.ts';
import { perform } from './perform.ts';
import type { Task } from './task.ts';

/** Tasks one after another on this thread; between two of them the event loop turns, so signals and progress get through. */
export class InlineExecutor implements Executor {
  readonly parallelism = 1;
  readonly #plan: SweepPlan;
  readonly #kernel: Kernel;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(plan: SweepPlan, kernel: Kernel = new WasmKernel()) {
    this.#plan = plan;
    this.#kernel = kernel;
  }

  submit(task: Task): Promise<void> {
    const done = this.#last.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#closed) throw new StoppedError('stopped before the task began');
      perform(this.#kernel, this.#plan, task);
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}
