import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type LoadedSweep, loadSweep } from '../../src/config/load.ts';
import type { Executor, OpenExecutor } from '../../src/execute/executor.ts';
import { openExecutor } from '../../src/execute/open.ts';
import { fieldOf, idPrefix, jobOf } from '../../src/execute/queue/job.ts';
import { queueName, resultsKey } from '../../src/execute/queue/keys.ts';
import { openOnQueue } from '../../src/execute/queue/open.ts';
import type { Task } from '../../src/execute/task.ts';
import { planOf } from '../../src/experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../src/kernel/kernel.ts';
import type { Manifest } from '../../src/run/manifest.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import type { Plan } from '../../src/sweep/plan.ts';
import { scratch, writeConfig } from './cli.ts';
import { type Helper, startWorker, tasksThat, type WorkerHelperOptions } from './queue.ts';
import { TestRedis } from './redis.ts';

/** Of a coordinator whose faults are seen soon, and whose tasks are many. */
export const TIMING = { keep: 1_000, check: 1_000, lease: 2_000 };
export const TASK_TIME = 20e6;

/** A sweep under way in this process, on the workers of a queue. */
export class QueuedRun {
  /** What the coordinator noted. */
  readonly notes: string[] = [];
  readonly finished: Promise<Manifest>;
  /** How long each fault was suffered, in seconds, in the order in which they were over. */
  readonly recoveries: number[] = [];
  readonly #plan: Plan;
  readonly #redis: TestRedis;
  /** Fields of the results that the coordinator has taken. */
  readonly #taken = new Set<string>();
  #done = 0;
  #waiting: { readonly tallies: number; readonly resolve: () => void }[] = [];
  #faults: { readonly name: string; readonly since: number; readonly isOver: (field: string) => boolean }[] = [];

  /** @param url by which the coordinator reaches Redis */
  constructor(sweep: LoadedSweep, directory: string, redis: TestRedis, url: string) {
    this.#plan = planOf(sweep.spec);
    this.#redis = redis;
    this.finished = runSweep(sweep, {
      directory,
      threads: 1,
      open: (...sweep) => this.#open(url, ...sweep),
      onProgress: ({ tallies }) => this.#progress(tallies.done),
    }).then(({ manifest }) => manifest);
  }

  async #open(url: string, ...sweep: Parameters<OpenExecutor>): Promise<Executor> {
    const onNote = (note: string): void => void this.notes.push(note);
    const open = openOnQueue({ url, shown: url }, { taskTime: TASK_TIME, timing: TIMING, onNote });
    const executor = await open(...sweep);
    const submit = executor.submit.bind(executor);
    return Object.assign(executor, {
      submit: async (task: Task) => {
        await submit(task);
        if (task.kind === 'simulate') this.#hasResult(fieldOf(jobOf(this.#plan, task)));
      },
    });
  }

  /** Resolves when so many tallies are done. */
  reached(tallies: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#done >= tallies) resolve();
      this.#waiting.push({ tallies, resolve });
      this.finished.then(() => reject(new Error('finished too soon')), reject);
    });
  }

  #progress(done: number): void {
    this.#done = done;
    for (const { tallies, resolve } of this.#waiting) if (done >= tallies) resolve();
  }

  /** Stops a worker process of one thread while that is at a task whose result nobody has. Returns the field of the task. */
  async catchAtWork(worker: Helper): Promise<readonly string[]> {
    for (;;) {
      worker.child.kill('SIGSTOP');
      // Until then all that it has said has come.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const begun = this.fields(tasksThat('begins', [worker]));
      const [last = ''] = begun.slice(-1);
      if (begun.length > tasksThat('ends', [worker]).length && !this.#taken.has(last)) return [last];
      worker.child.kill('SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** The tasks that workers have and have not delivered, by field. */
  async inHand(): Promise<readonly string[]> {
    const active = await this.#redis.client.lrange(`initsweep:${queueName(KERNEL_VERSION)}:active`, 0, -1);
    const delivered = await this.#delivered();
    return this.fields(active).filter((field) => !delivered.includes(field));
  }

  /** The fields of jobs. */
  fields(ids: readonly string[]): string[] {
    return ids.map((id) => id.slice(idPrefix(this.#plan.hash).length));
  }

  #delivered(): Promise<readonly string[]> {
    return this.#redis.client.hkeys(resultsKey(this.#plan.hash));
  }

  /**
   * Something has gone wrong: says how long it takes until the first result that was not there.
   * @param since when it went wrong
   * @param tasks that it is about, by field, or any; by default all without a result in Redis, where none may arrive before this resolves
   */
  async suffers(fault: string, since: number, tasks?: readonly string[] | 'any'): Promise<void> {
    const there = tasks === undefined ? await this.#delivered() : [];
    const isOver = (field: string): boolean => tasks === 'any' || (tasks?.includes(field) ?? !there.includes(field));
    this.#faults.push({ name: fault, since, isOver });
  }

  #hasResult(field: string): void {
    this.#taken.add(field);
    const over = this.#faults.filter(({ isOver }) => isOver(field));
    this.#faults = this.#faults.filter((fault) => !over.includes(fault));
    for (const { name, since } of over) this.recoveries.push(sayRecovery(name, since));
  }

  /** Whether all that was suffered was got over. */
  get isWell(): boolean {
    return this.#faults.length === 0;
  }
}

/** Says how long it took to get over a fault. Returns the seconds. */
export function sayRecovery(fault: string, since: number): number {
  const seconds = (performance.now() - since) / 1000;
  console.log(`${fault}: ${seconds.toFixed(1)} s to recover`);
  return seconds;
}

/** Has workers simulate, one after another, that block 8 of a band kills. Resolves with how many it killed, when the run is over. */
export async function sacrifice(run: QueuedRun, url: string, options: WorkerHelperOptions = {}): Promise<number> {
  let [isOver, killed] = [false, 0];
  /** The first death. */
  let since: number | undefined;
  while (!isOver) {
    const worker = await startWorker(url, { worker: './poisoned-worker.mjs', ...options });
    const stop = (): void => {
      isOver = true;
      worker.child.kill('SIGTERM');
    };
    run.finished.then(stop, stop);
    if ((await worker.ended) === 'SIGKILL') killed++;
    since ??= performance.now();
  }
  sayRecovery('a block that kills every worker', since ?? 0);
  return killed;
}

/**
 * What tests of faults share: a sweep, what it comes to without any, and for each test a Redis of its own. All is done as the documented
 * user, who has to be allowed what the way out of a fault takes.
 */
export class FaultSuite {
  readonly config: string;
  readonly #folder = scratch();
  #sweep: LoadedSweep | undefined;
  #wanted: string | undefined;
  #redis: TestRedis | undefined;
  #runs = 0;

  /** Within a `describe`. */
  constructor(startRedis: () => Promise<TestRedis> = () => TestRedis.start()) {
    this.config = writeConfig(this.#folder, 'faults.json', { fanIn: [1, 64, 512], samples: 2 ** 20 });
    beforeAll(async () => {
      this.#sweep = await loadSweep(this.config);
      const { manifest } = await runSweep(this.#sweep, { directory: this.directory(), threads: 1, open: openExecutor });
      this.#wanted = manifest.tables['estimates']?.sha256;
    });
    beforeEach(async () => {
      this.#redis = (await startRedis()).guard();
    });
    afterEach(async () => {
      try {
        expect(await this.redis.refused()).toEqual([]);
      } finally {
        await this.redis.dispose();
      }
    });
  }

  get redis(): TestRedis {
    return this.#redis as TestRedis;
  }

  get sweep(): LoadedSweep {
    return this.#sweep as LoadedSweep;
  }

  /** SHA-256 of the table that every run must have. */
  get wanted(): string {
    return this.#wanted as string;
  }

  /** For a run. */
  directory(): string {
    return join(this.#folder, `run-${this.#runs++}`);
  }

  start(url = this.redis.url): QueuedRun {
    return new QueuedRun(this.sweep, this.directory(), this.redis, url);
  }

  /** Waits for the end of a run, and compares its bytes. */
  async sound(run: QueuedRun): Promise<void> {
    const manifest = await run.finished;
    expect(manifest).toMatchObject({ status: 'finished', failures: [] });
    expect(manifest.tables['estimates']?.sha256).toBe(this.wanted);
    expect(run.isWell).toBe(true);
  }
}
