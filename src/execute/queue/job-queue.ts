import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { idPrefix } from './job.ts';
import { LIFETIME, PREFIX, queueName } from './keys.ts';
import { loadLibraries } from './libraries.ts';

/** Opens the queue that the jobs of all sweeps wait in. */
export async function openJobQueue(redis: Redis): Promise<Queue> {
  const { Queue } = await loadLibraries();
  const queue = new Queue(queueName(KERNEL_VERSION), {
    connection: redis,
    prefix: PREFIX,
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: { age: LIFETIME, count: 1_000 } },
  });
  queue.on('error', () => {});
  return queue;
}

/** Takes away the jobs of a plan that failed: new ones have the same ids. */
export async function removeFailed(queue: Queue, plan: string): Promise<void> {
  const ids = (await queue.getFailed()).map((job) => job?.id ?? '');
  await Promise.all(ids.filter((id) => id.startsWith(idPrefix(plan))).map((id) => queue.remove(id)));
}
