import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { RunError, StoppedError } from '../../errors.ts';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { Arena } from '../../memory/arena.ts';
import type { Datasets } from '../../model/spec.ts';
import { slotCount } from '../../sweep/groups.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { TallyEntry } from '../../sweep/tally-entry.ts';
import type { Executor } from '../executor.ts';
import { errorOf, failureOf, isVerdict, taskErrorOf } from '../failure.ts';
import { publishTally } from '../perform.ts';
import { thisProcess } from '../process-identity.ts';
import type { Task } from '../task.ts';
import type { QueueAddress } from './address.ts';
import { connect, isRefused, messageOf } from './connection.ts';
import { orderOf, type QueueJob } from './job.ts';
import { JobBoard, removeFailed, type Submission } from './job-board.ts';
import { LIFETIME, noticeKey, PREFIX, queueName, SWEEPS } from './keys.ts';
import { Lease } from './lease.ts';
import { loadLibraries } from './libraries.ts';
import { keepSweep, publishSweep } from './notice.ts';
import { ResultBox } from './result-box.ts';
import { REPORT_INTERVAL, reportSweep, workersOf } from './roster.ts';

export interface QueueOptions {
  /** Says what the user may want to know: that there is no worker, that Redis is away. */
  readonly onNote?: (text: string) => void;
  /** Nanoseconds of a task. */
  readonly taskTime?: number;
  readonly timing?: Partial<Timing>;
}

/** Milliseconds. */
export interface Timing {
  /** Between two looks for results. */
  readonly poll: number;
  /** For how long a result stays in Redis after it was read: until it is in the journal. */
  readonly keep: number;
  /** Between two looks whether the job of a task is still there. */
  readonly check: number;
  /** For how long this process may be silent before another may coordinate its sweep. */
  readonly lease: number;
}

const TIMING: Timing = { poll: 50, keep: 5_000, check: 10_000, lease: 10_000 };

/** What a job costs besides its work, some milliseconds, does not show in it, and what dies with a worker is soon done again. */
const TASK_TIME = 2e9;

/** Milliseconds that closing may take: Redis may be away. */
const FAREWELL = 5_000;

/** What an executor is put together from. */
interface Parts {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly lease: Lease;
  readonly local: Executor;
}

/**
 * Simulate tasks on the workers of a queue (`worker.ts`), derive tasks on another executor, in this process.
 *
 * A task is done when its result is in the sweep's hash in Redis: the state of its job is a means, which may be lost or wrong. So the
 * hash is looked at, jobs that are neither there nor done are sent again, and results that come twice are compared.
 */
export class QueueExecutor implements Executor {
  readonly taskTime: number;
  readonly #plan: Plan;
  readonly #datasets: Datasets;
  readonly #local: Executor;
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #lease: Lease;
  readonly #timing: Timing;
  readonly #note: (text: string) => void;
  readonly #results: ResultBox;
  readonly #began = Date.now();
  readonly #jobs: JobBoard;
  readonly #work: Promise<void>;
  #end: Error | undefined;
  /** The jobs of tasks that were not done when it ended. */
  #unfinished: readonly QueueJob[] = [];
  #closing: Promise<void> | undefined;
  #wake: () => void = () => {};
  #awake = false;
  #nextReport = 0;
  #nextLease = 0;
  /** Whether there are workers, as the user was told. */
  #workers: 'some' | 'none' = 'some';

  private constructor(
    { redis, queue, lease, local }: Parts,
    plan: Plan,
    datasets: Datasets,
    { taskTime = TASK_TIME, onNote = () => {}, ...options }: QueueOptions,
  ) {
    this.taskTime = taskTime;
    this.#plan = plan;
    this.#datasets = datasets;
    this.#local = local;
    this.#redis = redis;
    this.#queue = queue;
    this.#lease = lease;
    this.#timing = { ...TIMING, ...options.timing };
    this.#note = onNote;
    this.#results = new ResultBox(redis, plan.hash, this.#timing.keep);
    this.#jobs = new JobBoard(queue, this.#results, this.#timing.check);
    // What was sent may be lost with the connection.
    redis.on('ready', () => this.#doubt());
    this.#work = this.#loop();
  }

  /**
   * @param local for derive tasks; closed with this one
   * @throws UsageError or RunError when the queue cannot be used, or another process coordinates this sweep
   */
  static async open(
    address: QueueAddress,
    plan: Plan,
    datasets: Datasets,
    local: Executor,
    options: QueueOptions = {},
  ): Promise<QueueExecutor> {
    let redis: Redis | undefined;
    try {
      redis = await connect(address, options.onNote);
      const lease = new Lease(redis, plan.hash, options.timing?.lease ?? TIMING.lease);
      await lease.take();
      await publishSweep(redis, plan, datasets);
      const { Queue } = await loadLibraries();
      const queue = new Queue(queueName(KERNEL_VERSION), {
        connection: redis,
        prefix: PREFIX,
        streams: { events: { maxLen: 1_000 } },
        defaultJobOptions: { removeOnComplete: true, removeOnFail: { age: LIFETIME, count: 1_000 } },
      });
      queue.on('error', () => {});
      await removeFailed(queue, plan.hash);
      return new QueueExecutor({ redis, queue, lease, local }, plan, datasets, options);
    } catch (error) {
      redis?.disconnect();
      await local.close();
      throw error;
    }
  }

  get parallelism(): number {
    return this.#local.parallelism;
  }

  submit(task: Task): Promise<void> {
    if (task.kind === 'derive') return this.#local.submit(task);
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      this.#jobs.add(this.#plan, { task, resolve, reject });
      this.#rouse();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#finish(new StoppedError('stopped before the task ended'));
    const deadline = new Promise((resolve) => setTimeout(resolve, FAREWELL).unref());
    await Promise.race([this.#work.then(() => this.#leave()).catch(() => {}), deadline]);
    await this.#queue.close().catch(() => {});
    this.#redis.disconnect();
    await this.#local.close();
  }

  /** Takes away what nobody needs any more. The results of tasks under way stay for whoever goes on with the run. */
  async #leave(): Promise<void> {
    const { hash } = this.#plan;
    // Otherwise all of it is another's by now.
    if (!(await this.#lease.isHeld())) return;
    await this.#results.forget(true);
    if (this.#unfinished.length === 0) {
      await this.#results.clear();
      await this.#redis.del(noticeKey(hash));
    }
    await this.#jobs.withdraw(this.#unfinished);
    await this.#redis.hdel(SWEEPS, hash);
    await this.#lease.release();
  }

  /** No more tasks are taken, and those that wait are rejected. */
  #finish(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#unfinished = this.#jobs.abandon(error);
    this.#rouse();
  }

  #rouse(): void {
    this.#awake = true;
    this.#wake();
  }

  async #loop(): Promise<void> {
    while (this.#end === undefined) {
      this.#awake = false;
      try {
        await this.#turn();
      } catch (error) {
        if (error instanceof RunError) this.#finish(error);
        else if (isRefused(error)) this.#finish(new RunError({ where: '--queue', received: messageOf(error) }));
        // Memory that ran out, a server that loads its data: what fails now may not fail the next time.
      }
      if (!this.#awake) await this.#sleep();
    }
  }

  /** Until it is time for the next turn, or there is something to do. */
  async #sleep(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, this.#timing.poll);
    });
    clearTimeout(timer);
  }

  /** Results first: taking them makes room in Redis, which all the rest may lack. */
  async #turn(): Promise<void> {
    const now = Date.now();
    if (now >= this.#nextLease) {
      if (!(await this.#lease.renew())) await this.#restore();
      this.#nextLease = now + this.#timing.lease / 4;
    }
    await this.#collect();
    await this.#results.forget();
    await this.#jobs.send();
    if (await this.#jobs.check(now)) this.#rouse();
    if (now >= this.#nextReport) {
      this.#nextReport = now + REPORT_INTERVAL;
      await this.#report();
    }
  }

  /** Takes the results that are there. */
  async #collect(): Promise<void> {
    for (const field of await this.#results.fields()) {
      if (this.#end !== undefined) return;
      if (this.#jobs.job(field) !== undefined) await this.#take(field);
      else await this.#results.inspect(field);
    }
  }

  async #take(field: string): Promise<void> {
    const reading = await this.#results.read(field);
    const job = this.#jobs.job(field);
    if (reading === null || job === undefined) return;
    const { answer, digest } = reading;
    if (answer?.kind === 'failure') {
      await this.#results.drop(field);
      this.#jobs.fail(field, isVerdict(answer.failure) ? errorOf(answer.failure) : taskErrorOf(answer.failure));
    } else if (answer !== null && isComplete(this.#plan, job, answer.entries)) {
      this.#results.take(field, digest);
      for (const submission of this.#jobs.finish(field)) this.#settle(submission, answer.entries);
    } else {
      this.#note(`a damaged result of ${field}: its task is done again`);
      await this.#results.drop(field);
      this.#jobs.redo(field);
    }
  }

  /** Copies a result into the memory that a task names. */
  #settle({ task, resolve, reject }: Submission, entries: readonly TallyEntry[]): void {
    try {
      const arena = Arena.attach(task.arena, slotCount(this.#plan, task.group));
      for (const { position, record } of entries) publishTally(this.#plan, task.group, arena, position, record);
      resolve();
    } catch (error) {
      const failure = failureOf(error);
      reject(isVerdict(failure) ? (error as Error) : taskErrorOf(failure));
    }
  }

  /** Every job may be lost. */
  #doubt(): void {
    this.#jobs.doubt();
    this.#nextLease = 0;
    this.#rouse();
  }

  /** Redis has forgotten everything, or at least the lease: so it may have forgotten the sweep and its jobs. */
  async #restore(): Promise<void> {
    await publishSweep(this.#redis, this.#plan, this.#datasets);
    this.#results.lost();
    this.#doubt();
  }

  async #report(): Promise<void> {
    const { name } = this.#plan.spec;
    const { host, pid } = thisProcess();
    await reportSweep(this.#redis, this.#plan.hash, {
      name,
      kernel: KERNEL_VERSION,
      host,
      pid,
      age: (Date.now() - this.#began) / 1000,
      done: this.#results.count,
      pending: this.#jobs.size,
      failed: this.#jobs.failures,
    });
    if (!(await keepSweep(this.#redis, this.#plan.hash, this.#datasets))) await this.#restore();
    await this.#results.prolong();
    if (this.#jobs.size > 0)
      this.#noteWorkers([...(await workersOf(this.#redis)).values()].map(({ kernel }) => kernel));
  }

  /** @param kernels versions of the workers that are there */
  #noteWorkers(kernels: readonly string[]): void {
    const workers = kernels.includes(KERNEL_VERSION) ? 'some' : 'none';
    if (workers === this.#workers) return;
    this.#workers = workers;
    if (workers === 'some') return;
    const others =
      kernels.length === 0 ? 'no worker' : `only workers of kernel version ${[...new Set(kernels)].join(', ')}`;
    this.#note(
      `${others} at this queue: waiting for one of kernel version ${KERNEL_VERSION} (initsweep worker --queue …)`,
    );
  }
}

/** Whether a result has the tallies that its task makes, each once, and no others. */
function isComplete(plan: Plan, job: QueueJob, entries: readonly TallyEntry[]): boolean {
  const text = ({ position: { input, fanIn, shape, block } }: Pick<TallyEntry, 'position'>) =>
    `${input} ${fanIn} ${shape} ${block}`;
  const expected = new Set(orderOf(plan, job)?.positions.map((position) => text({ position })));
  return entries.length === expected.size && entries.every((entry) => expected.delete(text(entry)));
}
