import type { Redis } from 'ioredis';
import type { Order } from './job.ts';
import { type FoundSweep, findSweep } from './notice.ts';
import type { OpenSimulator, Simulator } from './simulator.ts';

/** Milliseconds without a job after which the threads of a sweep end. */
const IDLE = 60_000;

/** Sweeps whose threads are kept for their next job, at most: each has as many as this worker may use, and all their memory. */
const MOST_KEPT = 4;

/** A sweep that a worker has jobs of, with threads of its own. */
export interface ServedSweep extends FoundSweep {
  readonly simulator: Simulator;
  /** Jobs that are looked at or under way. */
  jobs: number;
  idle: NodeJS.Timeout | undefined;
}

/** The threads of a worker process. Each sweep has its own, as they plan it once; of all, only so many work at a time. */
export class Serving {
  readonly #redis: Redis;
  readonly #threads: number;
  readonly #open: OpenSimulator;
  readonly #sweeps = new Map<string, Promise<ServedSweep>>();
  /** Those without a job: the one that was used longest ago comes first. */
  readonly #unused = new Set<ServedSweep>();
  #waiting: ((free: boolean) => void)[] = [];
  #free: number;
  #draining = false;

  constructor(redis: Redis, threads: number, open: OpenSimulator) {
    this.#redis = redis;
    this.#open = open;
    this.#threads = threads;
    this.#free = threads;
  }

  /** Jobs under way. */
  get active(): number {
    return this.#threads - this.#free;
  }

  /** Does something with the sweep of a plan, whose threads are there meanwhile. @throws TaskError when there is none that this program can do */
  async use<Result>(hash: string, work: (sweep: ServedSweep) => Promise<Result>): Promise<Result> {
    const sweep = await this.#sweep(hash);
    sweep.jobs++;
    clearTimeout(sweep.idle);
    this.#unused.delete(sweep);
    try {
      return await work(sweep);
    } finally {
      sweep.jobs--;
      if (sweep.jobs === 0) {
        this.#unused.add(sweep);
        sweep.idle = setTimeout(() => this.#drop(sweep), IDLE).unref();
        this.#trim();
      }
    }
  }

  async #sweep(hash: string): Promise<ServedSweep> {
    const known = this.#sweeps.get(hash) ?? this.#find(hash);
    this.#sweeps.set(hash, known);
    try {
      return await known;
    } catch (error) {
      this.#sweeps.delete(hash);
      throw error;
    }
  }

  async #find(hash: string): Promise<ServedSweep> {
    const found = await findSweep(this.#redis, hash);
    this.#trim();
    return { ...found, simulator: this.#open(found, this.#threads), jobs: 0, idle: undefined };
  }

  /**
   * Simulates on the next thread that is free, and returns the result's bytes; null when this closes before one is.
   * @throws what the task fails with
   */
  async simulate(
    { simulator }: ServedSweep,
    order: Order,
    onBusy: (milliseconds: number) => void,
  ): Promise<Buffer | null> {
    if (!(await this.#acquire())) return null;
    const began = performance.now();
    try {
      return await simulator.simulate(order);
    } finally {
      onBusy(performance.now() - began);
      this.#release();
    }
  }

  /** From now on, no job begins. */
  drain(): void {
    this.#draining = true;
    for (const give of this.#waiting.splice(0)) give(false);
  }

  async close(): Promise<void> {
    this.drain();
    const sweeps = await Promise.allSettled(this.#sweeps.values());
    await Promise.all(
      sweeps.map((sweep) => (sweep.status === 'fulfilled' ? sweep.value.simulator.close() : undefined)),
    );
  }

  #trim(): void {
    for (const sweep of this.#unused) if (this.#sweeps.size > MOST_KEPT) this.#drop(sweep);
  }

  #drop(sweep: ServedSweep): void {
    clearTimeout(sweep.idle);
    this.#unused.delete(sweep);
    this.#sweeps.delete(sweep.plan.hash);
    void sweep.simulator.close();
  }

  async #acquire(): Promise<boolean> {
    if (this.#draining) return false;
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next(true);
  }
}
