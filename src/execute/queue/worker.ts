import { randomBytes } from 'node:crypto';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type InitsweepError, StoppedError } from '../../errors.ts';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { sha256 } from '../../random/sha256.ts';
import { VERSION } from '../../version.ts';
import { failureOf } from '../failure.ts';
import { PoolError } from '../pool.ts';
import { thisProcess } from '../process-identity.ts';
import type { QueueAddress } from './address.ts';
import { encodeFailure } from './answer.ts';
import { connect, refusal } from './connection.ts';
import { Delivery } from './delivery.ts';
import { fieldOf, idOf, orderOf, type QueueJob, readJob, SUSPECT } from './job.ts';
import { PREFIX, queueName, WORKERS } from './keys.ts';
import { type Libraries, loadLibraries } from './libraries.ts';
import { isMisused, isRefused, isReply } from './redis-error.ts';
import { REPORT_INTERVAL, reportWorker, sweepsOf } from './roster.ts';
import { Serving } from './serving.ts';
import { type OpenSimulator, onThread } from './simulator.ts';
import { Troubles } from './troubles.ts';
import { Turns } from './turns.ts';

export interface QueueWorkerOptions {
  readonly threads: number;
  readonly onNote?: (text: string) => void;
  readonly timing?: Partial<WorkerTiming>;
  /** How often a job may lose its worker before it counts as one that kills them. */
  readonly mostStalls?: number;
  /** Does the work; on threads of this process by default. */
  readonly simulator?: OpenSimulator;
}

/** Milliseconds. */
export interface WorkerTiming {
  /** For how long a job stays this worker's when it gives no sign of life. */
  readonly lock: number;
  /** Between two looks for jobs whose worker has died. */
  readonly stalled: number;
}

const TIMING: WorkerTiming = { lock: 30_000, stalled: 5_000 };

const MOST_STALLS = 3;

/** Milliseconds for which no job is taken when Redis did not let one be taken; longer each time, up to the longest. */
const SHORTEST_REST = 1_000;
const LONGEST_REST = 10_000;

/** What a job of BullMQ returns: the result itself is in the sweep's hash. */
export interface Receipt {
  readonly digest: string;
  readonly bytes: number;
  readonly ms: number;
}

/**
 * Takes jobs of all sweeps of its kernel version from a queue, does them on threads and leaves the results in Redis.
 *
 * This thread only waits and carries bytes, so that locks are renewed in time. It takes one job more than it has threads, which is there
 * when the next thread is free.
 */
export class QueueWorker {
  /** Resolves, if ever, with why this worker can do nothing here: it takes no more jobs, and is to be closed. */
  readonly fault: Promise<InitsweepError>;
  #fail: (error: InitsweepError) => void = () => {};
  readonly #address: QueueAddress;
  readonly #redis: Redis;
  readonly #libraries: Libraries;
  readonly #worker: Worker<unknown, Receipt>;
  readonly #serving: Serving;
  readonly #delivery: Delivery;
  readonly #note: (text: string) => void;
  readonly #id = randomBytes(8).toString('hex');
  readonly #threads: number;
  readonly #began = Date.now();
  readonly #reports: Turns;
  readonly #strangers = new Set<string>();
  readonly #troubles: Troubles;
  #rest = SHORTEST_REST;
  #resting: NodeJS.Timeout | undefined;
  #done = 0;
  #failed = 0;
  #busy = 0;
  #closing: Promise<void> | undefined;

  private constructor(address: QueueAddress, redis: Redis, libraries: Libraries, options: QueueWorkerOptions) {
    const { threads, onNote, mostStalls = MOST_STALLS, simulator = onThread() } = options;
    const { lock, stalled } = { ...TIMING, ...options.timing };
    this.fault = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#address = address;
    this.#redis = redis;
    this.#libraries = libraries;
    this.#threads = threads;
    this.#note = onNote ?? (() => {});
    this.#troubles = new Troubles(this.#note);
    this.#delivery = new Delivery(redis, this.#note);
    this.#serving = new Serving(redis, threads, simulator);
    this.#worker = new libraries.Worker<unknown, Receipt>(
      queueName(KERNEL_VERSION),
      (job, token) => this.#perform(job, token as string),
      {
        connection: redis,
        prefix: PREFIX,
        concurrency: threads + 1,
        lockDuration: lock,
        stalledInterval: stalled,
        maxStalledCount: mostStalls,
        runRetryDelay: 1_000,
        drainDelay: 5,
      },
    );
    this.#worker.on('error', (error) => this.#meet(error));
    this.#worker.on('active', () => {
      this.#rest = SHORTEST_REST;
    });
    const report = (): Promise<void> => this.#report().catch((error) => void (isRefused(error) && this.#meet(error)));
    this.#reports = new Turns(report, REPORT_INTERVAL);
  }

  /** @throws UsageError or RunError when the queue cannot be used */
  static async open(address: QueueAddress, options: QueueWorkerOptions): Promise<QueueWorker> {
    const libraries = await loadLibraries();
    const redis = await connect(address, options.onNote);
    return new QueueWorker(address, redis, libraries, options);
  }

  /** Takes no more jobs, ends those that threads work at, gives the others back. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#reports.end();
    clearTimeout(this.#resting);
    this.#serving.drain();
    await this.#worker.close();
    await this.#serving.close();
    // None comes after it has said goodbye.
    await this.#reports.over;
    await this.#redis.hdel(WORKERS, this.#id).catch(() => {});
    this.#redis.disconnect();
  }

  /** What is not the fault of a job. Losing Redis, and a job that another worker has taken over, is all in a day's work. */
  #meet(error: unknown): void {
    if (error instanceof PoolError) {
      if (this.#serving.isLost) this.#giveUp(error);
      else this.#troubles.tell('a thread does not start, and its task is given back', error);
    } else if (isRefused(error)) this.#giveUp(refusal(this.#address, error));
    else if (isReply(error)) this.#pause(error);
  }

  #giveUp(error: InitsweepError): void {
    void this.#worker.pause(true);
    this.#serving.drain();
    this.#fail(error);
  }

  /** Takes no jobs for a while: BullMQ asks again at once where Redis answers with an error, as it does without memory. */
  #pause(trouble: unknown): void {
    if (this.#resting !== undefined || this.#closing !== undefined) return;
    this.#troubles.tell('the queue gives no jobs', trouble);
    void this.#worker.pause(true);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      void this.#worker.resume();
    }, this.#rest);
    this.#rest = Math.min(2 * this.#rest, LONGEST_REST);
  }

  async #perform(job: Job<unknown, Receipt>, token: string): Promise<Receipt> {
    const { UnrecoverableError } = this.#libraries;
    const fail = (reason: string): never => {
      this.#failed++;
      throw new UnrecoverableError(reason);
    };
    const asked = readJob(job.data);
    if (asked === null || job.id !== idOf(asked)) return fail('no job of initsweep');
    // No result of the task that it calls itself: that would lose an attempt.
    if (asked.kernel !== KERNEL_VERSION)
      return fail(`a job of kernel version ${asked.kernel} for a worker of ${KERNEL_VERSION}`);
    if (job.name === SUSPECT && job.stalledCounter > 0) return fail('a job whose worker died, once more');
    const began = performance.now();
    try {
      const there = await this.#delivery.delivered(asked);
      if (there !== null) return receipt(there, began);
      const work = await this.#simulate(asked);
      if (work === null) return await this.#giveBack(job, token);
      await this.#delivery.leave(asked, work.bytes);
      if (work.failure !== undefined) return fail(work.failure);
      this.#done++;
      return receipt(work.bytes, began);
    } catch (error) {
      if (!isElsewhere(error)) throw error;
      this.#meet(error);
      return this.#giveBack(job, token);
    }
  }

  /** Lets another worker have a job. Where Redis does not take it back, it will find that nobody works at it. */
  async #giveBack(job: Job<unknown, Receipt>, token: string): Promise<never> {
    await job.moveToWait(token).catch(() => {});
    throw new this.#libraries.WaitingError();
  }

  /** What a task comes to; null when no thread is free before this worker closes. @throws what is not the task's fault */
  async #simulate(asked: QueueJob): Promise<{ readonly bytes: Buffer; readonly failure?: string } | null> {
    try {
      const sweep = await this.#serving.find(asked.plan);
      const order = orderOf(sweep.plan, asked);
      if (order === null) throw new Error(`no such work in plan ${asked.plan.slice(0, 12)}: ${fieldOf(asked)}`);
      const bytes = await this.#serving.simulate(sweep, order, (milliseconds) => {
        this.#busy += milliseconds;
      });
      return bytes && { bytes };
    } catch (error) {
      if (isElsewhere(error)) throw error;
      const failure = failureOf(error);
      return { bytes: encodeFailure(failure), failure: failure.message };
    }
  }

  async #report(): Promise<void> {
    const { host, pid } = thisProcess();
    await reportWorker(this.#redis, this.#id, {
      host,
      pid,
      threads: this.#threads,
      kernel: KERNEL_VERSION,
      version: VERSION,
      age: (Date.now() - this.#began) / 1000,
      done: this.#done,
      failed: this.#failed,
      active: this.#serving.active,
      busy: this.#busy / 1000,
    });
    for (const [plan, { name, kernel }] of await sweepsOf(this.#redis)) {
      if (kernel === KERNEL_VERSION || this.#strangers.has(plan)) continue;
      this.#strangers.add(plan);
      this.#note(`sweep ${name} is refused: it needs kernel version ${kernel}, and this worker has ${KERNEL_VERSION}`);
    }
  }
}

function receipt(bytes: Buffer, began: number): Receipt {
  return { digest: sha256(bytes), bytes: bytes.length, ms: Math.round(performance.now() - began) };
}

/** Whether an error is of Redis or of this worker's threads, so that the job may be done another time or by another worker. */
function isElsewhere(error: unknown): boolean {
  return (isReply(error) && !isMisused(error)) || error instanceof PoolError || error instanceof StoppedError;
}
