import type { Redis } from 'ioredis';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import type { Datasets } from '../../model/spec.ts';
import type { Plan } from '../../sweep/plan.ts';
import { thisProcess } from '../process-identity.ts';
import { noticeKey, SWEEPS } from './keys.ts';
import { keepSweep, publishSweep } from './notice.ts';
import { reportSweep, type SweepReport, type WorkerReport, workersOf } from './roster.ts';

/** What is done of a sweep, in tasks. */
export type Standing = Pick<SweepReport, 'done' | 'pending' | 'failed'>;

/** A sweep as workers and users see it in Redis, and what its coordinator sees of the workers. */
export class Presence {
  readonly #redis: Redis;
  readonly #plan: Plan;
  readonly #datasets: Datasets;
  readonly #note: (text: string) => void;
  readonly #began = Date.now();
  #threads = 0;
  /** Whether there are workers, as the user was told. */
  #workers: 'some' | 'none' = 'some';

  constructor(redis: Redis, plan: Plan, datasets: Datasets, note: (text: string) => void) {
    this.#redis = redis;
    this.#plan = plan;
    this.#datasets = datasets;
    this.#note = note;
  }

  /** Threads of the workers that can do this sweep's tasks, when they last reported. */
  get threads(): number {
    return this.#threads;
  }

  /** Puts the sweep where workers find it. @param onPiece called now and then while data is on its way */
  async publish(onPiece: () => Promise<void>): Promise<void> {
    await publishSweep(this.#redis, this.#plan, this.#datasets, onPiece);
  }

  /** Looks who is there. */
  async look(): Promise<readonly WorkerReport[]> {
    const workers = [...(await workersOf(this.#redis)).values()];
    const ours = workers.filter(({ kernel }) => kernel === KERNEL_VERSION);
    this.#threads = ours.reduce((sum, { threads }) => sum + threads, 0);
    return workers;
  }

  /** Says how the sweep stands, and keeps it where it is. Returns false when Redis has forgotten it. */
  async report(standing: Standing): Promise<boolean> {
    const { name } = this.#plan.spec;
    const { host, pid } = thisProcess();
    const age = (Date.now() - this.#began) / 1000;
    await reportSweep(this.#redis, this.#plan.hash, { name, kernel: KERNEL_VERSION, host, pid, age, ...standing });
    const isThere = await keepSweep(this.#redis, this.#plan.hash, this.#datasets);
    const workers = await this.look();
    if (standing.pending > 0) this.#tell(workers.map(({ kernel }) => kernel));
    return isThere;
  }

  /** The sweep has no coordinator any more. @param forGood whether nobody will go on with it */
  async end(forGood: boolean): Promise<void> {
    if (forGood) await this.#redis.del(noticeKey(this.#plan.hash));
    await this.#redis.hdel(SWEEPS, this.#plan.hash);
  }

  /** @param kernels versions of the workers that are there */
  #tell(kernels: readonly string[]): void {
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
