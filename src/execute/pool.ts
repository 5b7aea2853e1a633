import { RunError, StoppedError, TaskError } from '../errors.ts';
import { compileKernel } from '../kernel/wasm.ts';
import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets } from '../model/spec.ts';
import type { Executor } from './executor.ts';
import { errorOf, type Failure, isVerdict, taskErrorOf } from './failure.ts';
import { Watch } from './heartbeat.ts';
import type { Task } from './task.ts';
import { OUT_OF_MEMORY, type WorkerOptions, WorkerThread } from './worker-thread.ts';

export interface PoolOptions extends WorkerOptions {
  /** Milliseconds that a task may stand still, at least: more where its blocks are predicted to take long. Default a minute. */
  readonly patience?: number;
}

const PATIENCE = 60_000;
/** Milliseconds between two looks at the heartbeats, at most. */
const LONGEST_INTERVAL = 5_000;
/** Milliseconds before a thread is started again that died without beginning a task: a lack of memory may pass. Then no more. */
const PAUSES = [0, 100, 1_000] as const;

/** No thread gets as far as a task. The machine is at fault, or its load, and not what was to be done. */
export class PoolError extends RunError {}

/** They ran out of the memory that JavaScript objects may take, which is the same on every machine where it is set. */
export class MemoryError extends PoolError {}

interface Job {
  readonly task: Task;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A place for a thread: one follows another when that dies, or did a task that failed. */
class Lane {
  thread: WorkerThread | undefined;
  job: Job | undefined;
  readonly watch = new Watch();
  /** Threads in a row that died in vain: before they began a task. */
  vain = 0;
  restart: NodeJS.Timeout | undefined;

  get lost(): boolean {
    return this.vain > PAUSES.length;
  }
}

/**
 * Tasks on worker threads (workers/block.ts), which share memory with this one.
 *
 * A task whose thread threw, died or stood still rejects with a TaskError once that thread writes no more; a new thread takes its
 * place. A thread that dies before it begins a task, or between two, is replaced without a word and its task given to another;
 * when none gets as far as a task, all reject with a PoolError.
 */
export class PoolExecutor implements Executor {
  readonly parallelism: number;
  readonly #start: () => WorkerThread;
  readonly #lanes: readonly Lane[];
  /** Ends of threads that were replaced. */
  readonly #endings = new Set<Promise<void>>();
  readonly #patience: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: Job[] = [];
  #closed = false;
  #fault: PoolError | undefined;

  /** @param threads worker threads, at least 1 */
  constructor(spec: Spec, datasets: Datasets, threads: number, options: PoolOptions = {}) {
    this.parallelism = threads;
    const setup = { spec, datasets, kernel: compileKernel() };
    this.#start = () => new WorkerThread(setup, options);
    this.#patience = options.patience ?? PATIENCE;
    this.#lanes = Array.from({ length: threads }, () => new Lane());
    for (const lane of this.#lanes) this.#open(lane);
    const interval = Math.min(LONGEST_INTERVAL, this.#patience / 4);
    this.#timer = setInterval(() => this.#look(interval), interval).unref();
  }

  submit(task: Task): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = this.#end;
      if (end !== undefined) reject(end);
      else {
        this.#waiting.push({ task, resolve, reject });
        this.#dispatch();
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#rejectWaiting();
    for (const lane of this.#lanes) {
      clearTimeout(lane.restart);
      this.#retire(lane, 'a worker thread whose run was stopped');
    }
    await Promise.all(this.#endings);
  }

  /** Why no more tasks are taken, if so. */
  get #end(): Error | undefined {
    return this.#closed ? new StoppedError('stopped before the task ended') : this.#fault;
  }

  /** Starts the thread of a lane. */
  #open(lane: Lane): void {
    if (this.#end !== undefined) return;
    let thread: WorkerThread;
    try {
      thread = this.#start();
    } catch (error) {
      this.#lose(lane, `no worker thread: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    lane.thread = thread;
    void thread.ended.then((end) => {
      // With a task, `#run` sees it.
      if (lane.thread === thread && lane.job === undefined) this.#lose(lane, end);
    });
    this.#dispatch();
  }

  #dispatch(): void {
    for (const lane of this.#lanes) {
      if (lane.thread === undefined || lane.job !== undefined) continue;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      void this.#run(lane, lane.thread, job);
    }
  }

  /** Does a job on a lane's thread; never throws. */
  async #run(lane: Lane, thread: WorkerThread, job: Job): Promise<void> {
    lane.job = job;
    lane.watch.begin();
    let failure: Failure | undefined;
    let death: string | undefined;
    try {
      failure = await thread.run(job.task);
    } catch {
      death = await thread.ended;
    }
    lane.job = undefined;
    const begun = thread.heartbeat.beats > 0;
    if (death === undefined && (failure === undefined || isVerdict(failure))) {
      lane.vain = 0;
      if (failure === undefined) job.resolve();
      else job.reject(errorOf(failure));
      this.#dispatch();
    } else if (this.#end !== undefined) {
      job.reject(this.#end);
    } else if (begun) {
      lane.vain = 0;
      job.reject(failure === undefined ? new TaskError(death as string) : taskErrorOf(failure));
      this.#retire(lane, 'a worker thread whose task failed');
      this.#open(lane);
    } else {
      this.#waiting.unshift(job);
      this.#lose(lane, death ?? taskErrorOf(failure as Failure).message);
    }
  }

  /** A lane's thread died in vain, or could not be started. */
  #lose(lane: Lane, end: string): void {
    this.#retire(lane, end);
    const pause = PAUSES[lane.vain++];
    if (pause !== undefined) lane.restart = setTimeout(() => this.#open(lane), pause);
    else if (this.#lanes.every(({ lost }) => lost)) this.#giveUp(end);
  }

  #giveUp(end: string): void {
    this.#fault ??= new (end === OUT_OF_MEMORY ? MemoryError : PoolError)({
      where: 'worker threads',
      received: `${end}, before it began any task, ${PAUSES.length + 1} times in a row`,
      remedy: 'run again with fewer threads (--threads), or with more memory',
    });
    this.#rejectWaiting();
  }

  #rejectWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(this.#end as Error);
  }

  /** Ends the thread of a lane, if it has one. */
  #retire(lane: Lane, reason: string): void {
    const { thread } = lane;
    lane.thread = undefined;
    if (thread === undefined) return;
    const ending = thread.end(reason).then(() => void this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  /** Ends threads whose task stands still. */
  #look(interval: number): void {
    for (const { thread, job, watch } of this.#lanes) {
      if (thread === undefined || job === undefined) continue;
      const { beats, patience } = thread.heartbeat;
      const limit = Math.max(this.#patience, patience);
      if (watch.tick(beats, interval) >= limit)
        void thread.end(`a worker thread without a sign of life for ${limit / 1000} s`);
    }
  }
}
