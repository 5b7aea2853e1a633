import { setImmediate as turn } from 'node:timers/promises';
import { StoppedError } from '../errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { WasmKernel } from '../kernel/wasm.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Executor } from './executor.ts';
import { failureOf, isVerdict, taskErrorOf } from './failure.ts';
import { perform } from './perform.ts';
import type { Task } from './task.ts';

/** Tasks one after another on this thread; between two of them the event loop turns, so signals and progress get through. */
export class InlineExecutor implements Executor {
  readonly parallelism = 1;
  readonly #plan: Plan;
  readonly #newKernel: () => Kernel;
  #kernel: Kernel | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param newKernel called at once, and again after a task that threw: its kernel is in an unknown state */
  constructor(plan: Plan, newKernel: () => Kernel = () => new WasmKernel()) {
    this.#plan = plan;
    this.#newKernel = newKernel;
    this.#kernel = newKernel();
  }

  submit(task: Task): Promise<void> {
    const done = this.#last.then(async () => {
      await turn();
      if (this.#closed) throw new StoppedError('stopped before the task began');
      this.#perform(task);
    });
    this.#last = done.catch(() => {});
    return done;
  }

  #perform(task: Task): void {
    try {
      this.#kernel ??= this.#newKernel();
      perform(this.#kernel, this.#plan, task);
    } catch (error) {
      const failure = failureOf(error);
      if (isVerdict(failure)) throw error;
      this.#kernel = undefined;
      throw taskErrorOf(failure);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}
