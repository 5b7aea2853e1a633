import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { RunError, StoppedError } from '../../errors.ts';
import type { Datasets } from '../../model/spec.ts';
import type { Band } from '../../sweep/band.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { Executor } from '../executor.ts';
import type { Task } from '../task.ts';
import type { QueueAddress } from './address.ts';
import { Collector } from './collector.ts';
import { connect, refusal } from './connection.ts';
import { mostBlocksOf, type QueueJob } from './job.ts';
import { JobBoard } from './job-board.ts';
import { removeFailed } from './job-queue.ts';
import type { Lease } from './lease.ts';
import { type Parts, partsOf, type QueueOptions, unlessAborted } from './parts.ts';
import type { Presence } from './presence.ts';
import { isFull, isMisused, isRefused, isReply, messageOf } from './redis-error.ts';
import type { ResultBox } from './result-box.ts';
import { REPORT_INTERVAL } from './roster.ts';
import { FAREWELL, TASK_TIME, TIMING, type Timing } from './timing.ts';
import { Troubles } from './troubles.ts';
import { Turns } from './turns.ts';

/**
 * Simulate tasks on the workers of a queue (`worker.ts`), derive tasks on another executor, in this process.
 *
 * A task is done when its result is in the sweep's hash in Redis: the state of its job is a means, which may be lost or wrong. Workers
 * leave word of each result; as that may be lost too, the hash is looked at now and then. Jobs that are neither there nor done are sent
 * again, and results that come twice are compared.
 */
export class QueueExecutor implements Executor {
  readonly taskTime: number;
  readonly #plan: Plan;
  readonly #local: Executor;
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #lease: Lease;
  readonly #presence: Presence;
  readonly #timing: Timing;
  readonly #results: ResultBox;
  readonly #jobs: JobBoard;
  readonly #collector: Collector;
  readonly #turns: Turns;
  readonly #note: (text: string) => void;
  readonly #troubles: Troubles;
  /** Since when Redis has had no memory left. */
  #fullSince = Number.POSITIVE_INFINITY;
  /** Whether the lease is had, and workers find the sweep, as far as is known. */
  #isThere = false;
  #end: Error | undefined;
  /** The jobs of tasks that were not done when it ended. */
  #unfinished: readonly QueueJob[] = [];
  #closing: Promise<void> | undefined;
  /** When each is due. */
  readonly #next = { lease: 0, survey: 0, report: 0 };

  private constructor(
    { redis, queue, lease, presence, results, local }: Parts,
    plan: Plan,
    { taskTime = TASK_TIME, onNote = () => {}, ...options }: QueueOptions,
  ) {
    this.taskTime = taskTime;
    this.#plan = plan;
    this.#local = local;
    this.#redis = redis;
    this.#queue = queue;
    this.#lease = lease;
    this.#presence = presence;
    this.#timing = { ...TIMING, ...options.timing };
    this.#note = onNote;
    this.#troubles = new Troubles(onNote);
    this.#results = results;
    this.#jobs = new JobBoard(queue, this.#results, this.#timing.check);
    this.#collector = new Collector(plan, this.#results, this.#jobs, onNote);
    // What was sent may be lost with the connection.
    redis.on('ready', () => this.#doubt());
    this.#turns = new Turns(() => this.#turn(), this.#timing.poll);
  }

  /**
   * @param local for derive tasks; closed with this one
   * @throws UsageError or RunError when the queue cannot be used, or another process coordinates this sweep; the signal's reason
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
      const parts = await unlessAborted(partsOf(redis, plan, datasets, options), options.signal);
      return new QueueExecutor({ ...parts, redis, local }, plan, options);
    } catch (error) {
      redis?.disconnect();
      await local.close();
      throw isReply(error) ? refusal(address, error) : error;
    }
  }

  get parallelism(): number {
    return this.#local.parallelism;
  }

  get simulators(): number {
    return this.#presence.threads;
  }

  mostBlocks(band: Band): number {
    return mostBlocksOf(this.#plan, band);
  }

  submit(task: Task): Promise<void> {
    // Tallies that workers disagree about are not derived either.
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (task.kind === 'derive') return this.#local.submit(task);
    return new Promise((resolve, reject) => {
      const field = this.#jobs.add(this.#plan, { task, resolve, reject });
      if (this.#results.isThere(field)) this.#next.survey = 0;
      this.#turns.rouse();
    });
  }

  close(isDone = false): Promise<void> {
    this.#closing ??= this.#close(isDone);
    return this.#closing;
  }

  async #close(isDone: boolean): Promise<void> {
    this.#finish(new StoppedError('stopped before the task ended'));
    // Too late for any task to tell.
    if (isDone && this.#end instanceof RunError) this.#note(this.#end.message);
    const deadline = new Promise((resolve) => setTimeout(resolve, FAREWELL).unref());
    await Promise.race([this.#turns.over.then(() => this.#leave(isDone)).catch(() => {}), deadline]);
    await this.#queue.close().catch(() => {});
    this.#redis.disconnect();
    await this.#local.close();
  }

  /** Takes away what nobody needs any more. The results of tasks under way stay for whoever goes on with the run. */
  async #leave(isDone: boolean): Promise<void> {
    // Otherwise all of it is another's by now.
    if (!(await this.#lease.isHeld())) return;
    // What is wrong is for whoever runs it again to know, as that workers disagree.
    const forGood = isDone && this.#end instanceof StoppedError;
    await this.#results.forget(true);
    if (forGood) await Promise.all([this.#results.clear(), removeFailed(this.#queue, this.#plan.hash)]);
    await this.#jobs.withdraw(this.#unfinished);
    await this.#presence.end(forGood);
    await this.#lease.release();
  }

  /** No more tasks are taken, and those that wait are rejected. */
  #finish(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#unfinished = this.#jobs.abandon(error);
    this.#turns.end();
  }

  async #turn(): Promise<void> {
    try {
      await this.#advance();
      this.#fullSince = Number.POSITIVE_INFINITY;
    } catch (error) {
      this.#meet(error);
    }
  }

  /** Memory that ran out, a server that loads its data: most of what fails now may not fail the next time. */
  #meet(error: unknown): void {
    if (error instanceof RunError) this.#finish(error);
    else if (isRefused(error) || isMisused(error))
      this.#finish(new RunError({ where: '--queue', received: messageOf(error) }));
    // When it ends, the connection may be closed amid a turn.
    else if (this.#end === undefined) this.#troubles.tell('the queue does not do what it should', error);
    if (isFull(error)) this.#fullSince = Math.min(this.#fullSince, Date.now());
  }

  /** Results first: taking them makes room in Redis, which all the rest may lack, a claim to the sweep too. */
  async #advance(): Promise<void> {
    const now = Date.now();
    await this.#renew(now);
    await this.#collect(now);
    await this.#results.forget();
    // What an earlier session left and nobody has asked for: to do it again is better than to stand still.
    if (now - this.#fullSince > this.#timing.check)
      await this.#results.dropEarly((field) => this.#jobs.job(field) === undefined);
    if (!this.#isThere) await this.#appear();
    await this.#jobs.send();
    if (await this.#jobs.check(now)) this.#turns.rouse();
    if (now >= this.#next.report) {
      this.#next.report = now + REPORT_INTERVAL;
      await this.#report();
    }
  }

  /** Where Redis has forgotten the lease, it may have forgotten the sweep and its jobs. */
  async #renew(now = Date.now()): Promise<void> {
    if (now < this.#next.lease) return;
    if (await this.#lease.renew()) this.#next.lease = now + this.#timing.lease / 4;
    else this.#isThere = false;
  }

  /** Makes the sweep known to Redis, which knows nothing of it, or has forgotten it. */
  async #appear(): Promise<void> {
    await this.#lease.claim();
    // Data may be long on its way.
    await this.#presence.publish(() => (this.#end === undefined ? this.#renew() : Promise.reject(this.#end)));
    await removeFailed(this.#queue, this.#plan.hash);
    this.#isThere = true;
    this.#results.lost();
    this.#doubt();
  }

  /** Takes what workers have left word of; now and then, all that is there. */
  async #collect(now: number): Promise<void> {
    const isOver = () => this.#end !== undefined;
    if (now < this.#next.survey) return this.#collector.collect(await this.#results.arrived(), isOver);
    this.#next.survey = now + this.#timing.check;
    try {
      await this.#collector.collect(await this.#results.survey(), isOver);
    } catch (error) {
      this.#next.survey = 0;
      throw error;
    }
  }

  async #report(): Promise<void> {
    const { size: pending, failures: failed } = this.#jobs;
    this.#isThere = await this.#presence.report({ done: this.#results.count, pending, failed });
    await this.#results.prolong();
  }

  /** Every job may be lost, and word of any result. */
  #doubt(): void {
    this.#jobs.doubt();
    this.#next.lease = 0;
    this.#next.survey = 0;
    this.#turns.rouse();
  }
}
