import { randomBytes } from 'node:crypto';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { VERSION } from '../../version.ts';
import { failureOf } from '../failure.ts';
import { thisProcess } from '../process-identity.ts';
import type { QueueAddress } from './address.ts';
import { digestOf, encodeFailure } from './answer.ts';
import { connect } from './connection.ts';
import { Delivery } from './delivery.ts';
import { fieldOf, idOf, orderOf, type QueueJob, readJob } from './job.ts';
import { PREFIX, queueName, WORKERS } from './keys.ts';
import { type Libraries, loadLibraries } from './libraries.ts';
import { REPORT_INTERVAL, reportWorker, sweepsOf } from './roster.ts';
import { Serving } from './serving.ts';
import { type OpenSimulator, onPool } from './simulator.ts';

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
  readonly #redis: Redis;
  readonly #libraries: Libraries;
  readonly #worker: Worker<unknown, Receipt>;
  readonly #serving: Serving;
  readonly #delivery: Delivery;
  readonly #note: (text: string) => void;
  readonly #id = randomBytes(8).toString('hex');
  readonly #threads: number;
  readonly #began = Date.now();
  readonly #reports: NodeJS.Timeout;
  readonly #strangers = new Set<string>();
  #done = 0;
  #failed = 0;
  #busy = 0;
  #closing: Promise<void> | undefined;

  private constructor(redis: Redis, libraries: Libraries, options: QueueWorkerOptions) {
    const { threads, onNote, mostStalls = MOST_STALLS, simulator = onPool() } = options;
    const { lock, stalled } = { ...TIMING, ...options.timing };
    this.#redis = redis;
    this.#libraries = libraries;
    this.#threads = threads;
    this.#note = onNote ?? (() => {});
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
    // Losing Redis, and a job that another worker has taken over, is all in a day's work.
    this.#worker.on('error', () => {});
    this.#reports = setInterval(() => void this.#report().catch(() => {}), REPORT_INTERVAL);
    void this.#report().catch(() => {});
  }

  /** @throws UsageError or RunError when the queue cannot be used */
  static async open(address: QueueAddress, options: QueueWorkerOptions): Promise<QueueWorker> {
    const libraries = await loadLibraries();
    const redis = await connect(address, options.onNote);
    return new QueueWorker(redis, libraries, options);
  }

  /** Takes no more jobs, ends those that threads work at, gives the others back. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#reports);
    this.#serving.drain();
    await this.#worker.close();
    await this.#serving.close();
    await this.#redis.hdel(WORKERS, this.#id).catch(() => {});
    this.#redis.disconnect();
  }

  async #perform(job: Job<unknown, Receipt>, token: string): Promise<Receipt> {
    const { UnrecoverableError, WaitingError } = this.#libraries;
    const asked = readJob(job.data);
    if (asked === null || job.id !== idOf(asked)) {
      this.#failed++;
      throw new UnrecoverableError('no job of initsweep');
    }
    const began = performance.now();
    const there = await this.#delivery.delivered(asked);
    if (there !== null) return receipt(there, began);
    let bytes: Buffer;
    let failure: string | undefined;
    try {
      const work = await this.#simulate(asked);
      if (work === null) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      bytes = work;
    } catch (error) {
      if (error instanceof WaitingError) throw error;
      const told = failureOf(error);
      failure = told.message;
      bytes = encodeFailure(told);
    }
    await this.#delivery.leave(asked, bytes);
    if (failure !== undefined) {
      this.#failed++;
      throw new UnrecoverableError(failure);
    }
    this.#done++;
    return receipt(bytes, began);
  }

  /** The bytes of a result; null when no thread is free before this worker closes. @throws what the task fails with */
  async #simulate(asked: QueueJob): Promise<Buffer | null> {
    if (asked.kernel !== KERNEL_VERSION)
      throw new Error(`a job of kernel version ${asked.kernel} for a worker of ${KERNEL_VERSION}`);
    const sweep = await this.#serving.sweep(asked.plan);
    const order = orderOf(sweep.plan, asked);
    if (order === null) throw new Error(`no such work in plan ${asked.plan.slice(0, 12)}: ${fieldOf(asked)}`);
    return this.#serving.simulate(sweep, order, (milliseconds) => {
      this.#busy += milliseconds;
    });
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
  return { digest: digestOf(bytes), bytes: bytes.length, ms: Math.round(performance.now() - began) };
}
