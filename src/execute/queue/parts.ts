import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Datasets } from '../../model/spec.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { Executor } from '../executor.ts';
import { openJobQueue } from './job-queue.ts';
import { Lease } from './lease.ts';
import { Presence } from './presence.ts';
import { ResultBox } from './result-box.ts';
import { TIMING, type Timing } from './timing.ts';

export interface QueueOptions {
  /** Says what the user may want to know: that there is no worker, that Redis is away. */
  readonly onNote?: (text: string) => void;
  /** Nanoseconds of a task. */
  readonly taskTime?: number;
  readonly timing?: Partial<Timing>;
  /** Ends the opening: Redis may go away meanwhile, or another process have the lease. */
  readonly signal?: AbortSignal | undefined;
}

/** What an executor is put together from. */
export interface Parts {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly lease: Lease;
  readonly presence: Presence;
  readonly results: ResultBox;
  readonly local: Executor;
}

/** What takes the sweep for this process. Commands wait for Redis for as long as it takes. */
export async function partsOf(
  redis: Redis,
  plan: Plan,
  datasets: Datasets,
  { onNote = () => {}, timing }: QueueOptions,
): Promise<Omit<Parts, 'redis' | 'local'>> {
  const lease = new Lease(redis, plan.hash, timing?.lease ?? TIMING.lease);
  await lease.take();
  const results = new ResultBox(redis, plan.hash, timing?.keep ?? TIMING.keep);
  if (await results.distrust()) onNote('workers disagreed when this was last run: what they left is done again');
  const presence = new Presence(redis, plan, datasets, onNote);
  await presence.look();
  return { queue: await openJobQueue(redis), lease, presence, results };
}

/** What `work` comes to, or the reason of a signal that fires first: a lost connection that is ended settles no command. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: ended.signal });
  });
  return Promise.race([work, aborted]).finally(() => ended.abort());
}
