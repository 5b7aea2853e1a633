import type { Executor } from '../../src/execute/executor.ts';
import type { Task } from '../../src/execute/task.ts';
import { TestRandom } from './random.ts';

interface Waiting {
  readonly task: Task;
  resolve(done: Promise<void>): void;
}

/**
 * Takes tasks in a random order of its own, and reports each as done some turns of the event loop after it is: completions come
 * in an order that no queue would give, the same one for a seed where the inner executor has one thread.
 */
export class ShuffledExecutor implements Executor {
  readonly parallelism: number;
  /** Positions, in order of submission, in the order in which tasks were begun. */
  readonly order: number[] = [];
  readonly #inner: Executor;
  readonly #random: TestRandom;
  readonly #waiting: (Waiting & { readonly position: number })[] = [];
  #submitted = 0;

  constructor(inner: Executor, seed: number) {
    this.parallelism = inner.parallelism;
    this.#inner = inner;
    this.#random = new TestRandom(seed);
  }

  async submit(task: Task): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#waiting.push({ task, resolve, position: this.#submitted++ });
    });
    setImmediate(() => this.#begin());
    await done;
    for (let turns = this.#random.word() % 8; turns > 0; turns--) await new Promise((turn) => setImmediate(turn));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #begin(): void {
    const [next] = this.#waiting.splice(this.#random.word() % this.#waiting.length, 1);
    if (next === undefined) return;
    this.order.push(next.position);
    next.resolve(this.#inner.submit(next.task));
  }
}
