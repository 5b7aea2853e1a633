import type { Redis } from 'ioredis';
import type { Order } from './job.ts';
import { type FoundSweep, findSweep } from './notice.ts';
import type { OpenSimulator, Simulator } from './simulator.ts';

/** Milliseconds without a job after which the threads of a sweep end. */
const IDLE = 60_000;

/** A sweep that a worker has jobs of, with threads of its own. */
interface ServedSweep extends FoundSweep {
  readonly simulator: Simulator;
  jobs: number;
  idle: NodeJS.Timeout | undefined;
}

/** The threads of a worker process. Each sweep has its own, as they plan it once; of all, only so many work at a time. */
export class Serving {
  readonly #redis: Redis;
  readonly #threads: number;
  readonly #open: OpenSimulator;
  readonly #sweeps = new Map<string, Promise<ServedSweep>>();
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

  /** The sweep of a plan, its threads started. @throws TaskError when there is none that this program can do */
  async sweep(hash: string): Promise<ServedSweep> {
    const known = this.#sweeps.get(hash) ?? this.#find(hash);
    this.#sweeps.set(hash, known);
    try {
      const sweep = await known;
      clearTimeout(sweep.idle);
      return sweep;
    } catch (error) {
      this.#sweeps.delete(hash);
      throw error;
    }
  }

  async #find(hash: string): Promise<ServedSweep> {
    const found = await findSweep(this.#redis, hash);
    return { ...found, simulator: this.#open(found, this.#threads), jobs: 0, idle: undefined };
  }

  /**
   * Simulates on the next thread that is free, and returns the result's bytes; null when this closes before one is.
   * @throws what the task fails with
   */
  async simulate(sweep: ServedSweep, order: Order, onBusy: (milliseconds: number) => void): Promise<Buffer | null> {
    sweep.jobs++;
    try {
      if (!(await this.#acquire())) return null;
      const began = performance.now();
      try {
        return await sweep.simulator.simulate(order);
      } finally {
        onBusy(performance.now() - began);
        this.#release();
      }
    } finally {
      sweep.jobs--;
      if (sweep.jobs === 0) sweep.idle = setTimeout(() => this.#drop(sweep), IDLE).unref();
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

  #drop(sweep: ServedSweep): void {
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
