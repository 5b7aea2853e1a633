import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { RunError, StoppedError, TaskError } from '../../errors.ts';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { Arena } from '../../memory/arena.ts';
import type { Datasets } from '../../model/spec.ts';
import { slotCount } from '../../sweep/groups.ts';
import type { SweepPlan } from '../../sweep/plan.ts';
import type { TallyEntry } from '../../sweep/tally-entry.ts';
import type { Executor } from '../executor.ts';
import { errorOf, failureOf, isVerdict, taskErrorOf } from '../failure.ts';
import { publishTally } from '../perform.ts';
import { thisProcess } from '../process-identity.ts';
import type { SimulateTask, Task } from '../task.ts';
import type { QueueAddress } from './address.ts';
import { connect, isRefused, messageOf } from './connection.ts';
import { fieldOf, idOf, idPrefix, jobOf, orderOf, type QueueJob } from './job.ts';
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

/** How often a result is asked for that arrives damaged. */
const TRIES = 3;
/** Jobs that are sent, or looked after, together. */
const BATCH = 500;
/** Milliseconds that closing may take: Redis may be away. */
const FAREWELL = 5_000;

interface Submission {
  readonly task: SimulateTask;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A task that was submitted, perhaps more than once, and has no result yet. */
interface Pending {
  readonly job: QueueJob;
  readonly submissions: Submission[];
  sent: boolean;
  /** When its job was last known to be there. */
  checked: number;
  damaged: number;
}

/**
 * Simulate tasks on the workers of a queue (`worker.ts`), derive tasks on another executor, in this process.
 *
 * A task is done when its result is in the sweep's hash in Redis: the state of its job is a means, which may be lost or wrong. So the
 * hash is looked at, jobs that are neither there nor done are sent again, and results that come twice are compared.
 */
export class QueueExecutor implements Executor {
  readonly taskTime: number;
  readonly #plan: SweepPlan;
  readonly #datasets: Datasets;
  readonly #local: Executor;
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #lease: Lease;
  readonly #timing: Timing;
  readonly #note: (text: string) => void;
  readonly #results: ResultBox;
  readonly #began = Date.now();
  /** By field. */
  readonly #pending = new Map<string, Pending>();
  /** Tasks that failed: their jobs may still be there, and hinder new ones of the same id. */
  readonly #failed = new Set<string>();
  /** Tasks that lost their worker so often that they may have killed it, or were beside one that did: sent one at a time. */
  readonly #suspects = new Set<string>();
  readonly #work: Promise<void>;
  #failures = 0;
  #end: Error | undefined;
  #closing: Promise<void> | undefined;
  #wake: () => void = () => {};
  #awake = false;
  #nextReport = 0;
  #nextLease = 0;
  /** Whether there are workers, as the user was told. */
  #workers: 'some' | 'none' = 'some';

  private constructor(
    plan: SweepPlan,
    datasets: Datasets,
    local: Executor,
    redis: Redis,
    queue: Queue,
    lease: Lease,
    timing: Timing,
    { taskTime = TASK_TIME, onNote = () => {} }: QueueOptions,
  ) {
    this.taskTime = taskTime;
    this.#plan = plan;
    this.#datasets = datasets;
    this.#local = local;
    this.#redis = redis;
    this.#queue = queue;
    this.#lease = lease;
    this.#timing = timing;
    this.#note = onNote;
    this.#results = new ResultBox(redis, plan.hash, timing.keep);
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
    plan: SweepPlan,
    datasets: Datasets,
    local: Executor,
    options: QueueOptions = {},
  ): Promise<QueueExecutor> {
    const timing = { ...TIMING, ...options.timing };
    let redis: Redis | undefined;
    try {
      redis = await connect(address, options.onNote);
      const lease = new Lease(redis, plan.hash, timing.lease);
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
      await removeFailed(queue, plan);
      return new QueueExecutor(plan, datasets, local, redis, queue, lease, timing, options);
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
      const job = jobOf(this.#plan, task);
      const field = fieldOf(job);
      const pending = this.#pending.get(field) ?? { job, submissions: [], sent: false, checked: 0, damaged: 0 };
      pending.submissions.push({ task, resolve, reject });
      this.#pending.set(field, pending);
      this.#rouse();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const unfinished = [...this.#pending.values()];
    this.#finish(new StoppedError('stopped before the task ended'));
    const deadline = new Promise((resolve) => setTimeout(resolve, FAREWELL).unref());
    await Promise.race([this.#work.then(() => this.#leave(unfinished)).catch(() => {}), deadline]);
    await this.#queue.close().catch(() => {});
    this.#redis.disconnect();
    await this.#local.close();
  }

  /** Takes away what nobody needs any more. The results of tasks under way stay for whoever goes on with the run. */
  async #leave(unfinished: readonly Pending[]): Promise<void> {
    const { hash } = this.#plan;
    await this.#results.forget(true);
    if (unfinished.length === 0) {
      await this.#results.clear();
      await this.#redis.del(noticeKey(hash));
    }
    for (const some of batches(unfinished))
      await Promise.allSettled(some.map(({ job }) => this.#queue.remove(idOf(job))));
    await this.#redis.hdel(SWEEPS, hash);
    await this.#lease.release();
  }

  /** No more tasks are taken, and those that wait are rejected. */
  #finish(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const { submissions } of this.#pending.values()) for (const { reject } of submissions) reject(error);
    this.#pending.clear();
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
    await this.#send();
    await this.#check(now);
    if (now >= this.#nextReport) {
      this.#nextReport = now + REPORT_INTERVAL;
      await this.#report();
    }
  }

  /** Takes the results that are there. */
  async #collect(): Promise<void> {
    for (const field of await this.#results.fields()) {
      if (this.#end !== undefined) return;
      if (this.#pending.has(field)) await this.#take(field);
      else await this.#results.inspect(field);
    }
  }

  async #take(field: string): Promise<void> {
    const reading = await this.#results.read(field);
    const pending = this.#pending.get(field);
    if (reading === null || pending === undefined) return;
    const { answer, digest } = reading;
    if (answer?.kind === 'failure') {
      await this.#results.drop(field);
      this.#reject(field, isVerdict(answer.failure) ? errorOf(answer.failure) : taskErrorOf(answer.failure));
    } else if (answer !== null && isComplete(this.#plan, pending.job, answer.entries)) {
      this.#results.take(field, digest);
      this.#pending.delete(field);
      for (const submission of pending.submissions) this.#settle(submission, answer.entries);
    } else {
      await this.#results.drop(field);
      this.#redo(field, pending);
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

  #reject(field: string, error: Error): void {
    const pending = this.#pending.get(field);
    this.#pending.delete(field);
    this.#failed.add(field);
    this.#failures++;
    for (const { reject } of pending?.submissions ?? []) reject(error);
  }

  /** A result arrived that is none: the task is done again. */
  #redo(field: string, pending: Pending): void {
    if (++pending.damaged === TRIES) {
      this.#reject(field, new TaskError(`results that arrive damaged, ${TRIES} times`));
      return;
    }
    this.#note(`a damaged result of ${field}: its task is done again`);
    this.#failed.add(field);
    pending.sent = false;
  }

  /** Sends the jobs of tasks that have none. */
  async #send(): Promise<void> {
    for (const some of batches(this.#unsent())) {
      const again = some.filter(([field]) => this.#failed.has(field));
      await Promise.all(again.map(([, { job }]) => this.#queue.remove(idOf(job))));
      await this.#queue.addBulk(some.map(([, { job }]) => ({ name: job.kind, data: job, opts: { jobId: idOf(job) } })));
      const now = Date.now();
      for (const [field, pending] of some) {
        pending.sent = true;
        pending.checked = now;
        this.#failed.delete(field);
      }
    }
  }

  #unsent(): [field: string, pending: Pending][] {
    const pending = [...this.#pending];
    let isSuspectOut = pending.some(([field, { sent }]) => sent && this.#suspects.has(field));
    return pending.filter(([field, { sent }]) => {
      if (sent || this.#results.isKept(field)) return false;
      if (!this.#suspects.has(field)) return true;
      if (isSuspectOut) return false;
      isSuspectOut = true;
      return true;
    });
  }

  /** Looks after jobs: one may be lost, or have failed without a word. */
  async #check(now: number): Promise<void> {
    const due = [...this.#pending].filter(([, { sent, checked }]) => sent && now - checked > this.#timing.check);
    const some = due.slice(0, BATCH);
    if (some.length === 0) return;
    const jobs = await Promise.all(some.map(([, { job }]) => this.#queue.getJob(idOf(job))));
    // In this order: one that was done in between is no longer a job, and then it is a result.
    const results = new Set(await this.#results.fields());
    for (const [i, [field, pending]] of some.entries()) {
      const job = jobs[i];
      pending.checked = now;
      if (results.has(field) || !this.#pending.has(field)) continue;
      if (job === undefined) pending.sent = false;
      else if (job.finishedOn !== undefined && job.failedReason) this.#suspect(field, pending, job.failedReason);
    }
    if (due.length > some.length) this.#rouse();
  }

  /** A job failed and left no result. What it is guilty of shows when no other suspect is under way. */
  #suspect(field: string, pending: Pending, reason: string): void {
    if (this.#suspects.has(field)) {
      this.#reject(field, new TaskError(`a job that failed: ${reason}`));
      return;
    }
    this.#suspects.add(field);
    this.#failed.add(field);
    pending.sent = false;
  }

  /** Every job may be lost. */
  #doubt(): void {
    for (const pending of this.#pending.values()) pending.checked = 0;
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
      pending: this.#pending.size,
      failed: this.#failures,
    });
    if (!(await keepSweep(this.#redis, this.#plan, this.#datasets))) await this.#restore();
    await this.#results.prolong();
    if (this.#pending.size > 0)
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

/** Jobs of a sweep that failed when it was last run. */
async function removeFailed(queue: Queue, plan: SweepPlan): Promise<void> {
  const failed = await queue.getFailed();
  const own = failed.filter((job) => job?.id?.startsWith(idPrefix(plan.hash)));
  await Promise.all(own.map((job) => queue.remove(job.id as string)));
}

/** Whether a result has the tallies that its task makes, each once, and no others. */
function isComplete(plan: SweepPlan, job: QueueJob, entries: readonly TallyEntry[]): boolean {
  const text = ({ position: { input, fanIn, shape, block } }: Pick<TallyEntry, 'position'>) =>
    `${input} ${fanIn} ${shape} ${block}`;
  const expected = new Set(orderOf(plan, job)?.positions.map((position) => text({ position })));
  return entries.length === expected.size && entries.every((entry) => expected.delete(text(entry)));
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
}
