import type { Redis } from 'ioredis';
import { PoolError } from '../pool.ts';
import type { Order } from './job.ts';
import { type FoundSweep, findSweep } from './notice.ts';
import type { OpenSimulator, Simulator } from './simulator.ts';

/** Milliseconds without a job after which a thread ends. */
const IDLE = 60_000;

/** Milliseconds for which nothing follows a thread that did not start: what it lacked, others of the machine may need. */
const HOLD = 5_000;

/** Sweeps whose plans are kept, at most: those asked for last. */
const MOST_SWEEPS = 16;

/** A thread of one sweep, which it plans once. */
interface Place {
  readonly sweep: FoundSweep;
  readonly simulator: Simulator;
  idle?: NodeJS.Timeout;
  closing?: Promise<void>;
}

/**
 * The threads of a worker process: each has one sweep. Only so many work at a time, and as many again are kept for the next job of
 * their sweep, whatever the number of sweeps.
 */
export class Serving {
  readonly #redis: Redis;
  readonly #threads: number;
  readonly #open: OpenSimulator;
  /** By plan; the one asked for longest ago comes first. */
  readonly #sweeps = new Map<string, Promise<FoundSweep>>();
  /** Those whose threads may be alive. */
  readonly #places = new Set<Place>();
  /** Those without a job: the one used longest ago comes first. */
  readonly #idle = new Set<Place>();
  #waiting: ((free: boolean) => void)[] = [];
  #free: number;
  #active = 0;
  /** Threads in a row that did not start. */
  #vain = 0;
  #draining = false;

  constructor(redis: Redis, threads: number, open: OpenSimulator) {
    this.#redis = redis;
    this.#open = open;
    this.#threads = threads;
    this.#free = threads;
  }

  /** Jobs under way. */
  get active(): number {
    return this.#active;
  }

  /** Whether as many threads in a row did not start as work at a time: the machine is at fault, and no sweep. */
  get isLost(): boolean {
    return this.#vain >= this.#threads;
  }

  /** The sweep of a plan. @throws TaskError when there is none that this program can do */
  async find(hash: string): Promise<FoundSweep> {
    const found = this.#sweeps.get(hash) ?? findSweep(this.#redis, hash);
    this.#sweeps.delete(hash);
    this.#sweeps.set(hash, found);
    for (const oldest of this.#sweeps.keys()) if (this.#sweeps.size > MOST_SWEEPS) this.#sweeps.delete(oldest);
    try {
      return await found;
    } catch (error) {
      if (this.#sweeps.get(hash) === found) this.#sweeps.delete(hash);
      throw error;
    }
  }

  /**
   * Simulates on the next thread that is free, and returns the result's bytes; null when this closes before one is.
   * @param onBusy told for how many milliseconds it was not free
   * @throws what the task fails with, or PoolError
   */
  async simulate(
    sweep: FoundSweep,
    order: Order,
    onBusy: (milliseconds: number) => void = () => {},
  ): Promise<Buffer | null> {
    if (!(await this.#acquire())) return null;
    const began = performance.now();
    this.#active++;
    let hold = 0;
    try {
      return await this.#work(sweep, order);
    } catch (error) {
      if (error instanceof PoolError) hold = HOLD;
      throw error;
    } finally {
      this.#active--;
      onBusy(performance.now() - began);
      if (hold === 0) this.#release();
      else setTimeout(() => this.#release(), hold).unref();
    }
  }

  /** From now on, no job begins. */
  drain(): void {
    this.#draining = true;
    for (const give of this.#waiting.splice(0)) give(false);
  }

  async close(): Promise<void> {
    this.drain();
    await Promise.all([...this.#places].map((place) => this.#close(place)));
  }

  async #work(sweep: FoundSweep, order: Order): Promise<Buffer> {
    const place = await this.#take(sweep);
    try {
      const bytes = await place.simulator.simulate(order);
      this.#vain = 0;
      return bytes;
    } catch (error) {
      if (error instanceof PoolError) {
        this.#vain++;
        void this.#close(place);
      }
      throw error;
    } finally {
      if (place.closing === undefined) this.#rest(place);
    }
  }

  /** A place of a sweep: the one used last, which may have the most in its caches; else a new one, in place of another's where need be. */
  async #take(sweep: FoundSweep): Promise<Place> {
    for (;;) {
      const known = [...this.#idle].findLast((place) => place.sweep.plan.hash === sweep.plan.hash);
      if (known !== undefined) {
        this.#idle.delete(known);
        clearTimeout(known.idle);
        return known;
      }
      if (this.#places.size < 2 * this.#threads) {
        const place: Place = { sweep, simulator: this.#open(sweep) };
        this.#places.add(place);
        return place;
      }
      const [oldest] = this.#idle;
      // Fewer than half of them are busy: where none is idle, some are closing.
      await (oldest ? this.#close(oldest) : Promise.race([...this.#places].flatMap(({ closing }) => closing ?? [])));
    }
  }

  #rest(place: Place): void {
    this.#idle.add(place);
    place.idle = setTimeout(() => void this.#close(place), IDLE).unref();
  }

  /** Resolves when its thread is gone. */
  #close(place: Place): Promise<void> {
    this.#idle.delete(place);
    clearTimeout(place.idle);
    place.closing ??= place.simulator.close().finally(() => {
      this.#places.delete(place);
      // Nobody asked for anything lately.
      if (this.#places.size === 0) this.#sweeps.clear();
    });
    return place.closing;
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
