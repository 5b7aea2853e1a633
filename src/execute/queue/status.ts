import type { Redis } from 'ioredis';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import type { QueueAddress } from './address.ts';
import { connect, refusal } from './connection.ts';
import { PREFIX, queueName } from './keys.ts';
import { loadLibraries } from './libraries.ts';
import { type SweepReport, sweepsOf, type WorkerReport, workersOf } from './roster.ts';
import { printable } from './stranger.ts';

/** How a queue stands. */
export interface QueueStatus {
  /** The address, without its password. */
  readonly queue: string;
  readonly workers: readonly WorkerReport[];
  readonly sweeps: readonly (SweepReport & { readonly plan: string })[];
  /** Tasks of this kernel version: that nobody works at yet, that workers have, that failed lately. */
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
  /** The last of those that failed. */
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
}

/** Failures that are shown. */
const SHOWN = 5;

/** Milliseconds to look for, at most. */
const PATIENCE = 20_000;

/** Looks at a queue. @throws UsageError or RunError when it cannot be reached, or does not answer */
export async function queueStatus(address: QueueAddress): Promise<QueueStatus> {
  const redis = await connect(address);
  // A connection that is lost is made again, and questions wait for it. Those that still do fail now.
  const deadline = setTimeout(() => redis.disconnect(), PATIENCE);
  try {
    return await look(redis, address);
  } catch (error) {
    throw refusal(address, error);
  } finally {
    clearTimeout(deadline);
    redis.disconnect();
  }
}

async function look(redis: Redis, address: QueueAddress): Promise<QueueStatus> {
  const { Queue } = await loadLibraries();
  const queue = new Queue(queueName(KERNEL_VERSION), { connection: redis, prefix: PREFIX, skipMetasUpdate: true });
  queue.on('error', () => {});
  const [workers, sweeps, counts, failures] = await Promise.all([
    workersOf(redis),
    sweepsOf(redis),
    queue.getJobCounts('wait', 'active', 'failed'),
    queue.getFailed(0, SHOWN - 1),
  ]);
  await queue.close();
  const count = (state: string): number => counts[state] ?? 0;
  return {
    queue: address.shown,
    workers: [...workers.values()],
    sweeps: [...sweeps].map(([plan, report]) => ({ plan, ...report })),
    waiting: count('wait'),
    active: count('active'),
    failed: count('failed'),
    failures: failures.map(({ id, failedReason }) => ({
      id: printable(id ?? ''),
      reason: printable(failedReason ?? ''),
    })),
  };
}
