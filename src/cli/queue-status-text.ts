import type { QueueStatus } from '../execute/queue/status.ts';
import { formatDuration } from './progress-rate.ts';

/** How a queue stands, as lines. */
export function queueStatusLines({ queue, workers, sweeps, ...tasks }: QueueStatus): string[] {
  const threads = workers.reduce((sum, worker) => sum + worker.threads, 0);
  return [
    `${queue}: ${counted(workers.length, 'worker')} with ${counted(threads, 'thread')}`,
    ...workers.map(
      (worker) =>
        `  ${worker.host} (process ${worker.pid}): ${counted(worker.threads, 'thread')}, ${worker.active} busy, ` +
        `${worker.done} tasks in ${formatDuration(worker.age)} (${(worker.done / Math.max(worker.age, 1)).toFixed(2)}/s), ` +
        `${worker.failed} failed, kernel ${worker.kernel}`,
    ),
    `tasks: ${tasks.waiting} waiting, ${tasks.active} with workers, ${tasks.failed} failed`,
    ...tasks.failures.map(({ id, reason }) => `  ${id}: ${reason}`),
    counted(sweeps.length, 'sweep'),
    ...sweeps.map(
      (sweep) =>
        `  ${sweep.name} (plan ${sweep.plan.slice(0, 12)}, kernel ${sweep.kernel}): ${sweep.done} tasks done, ` +
        `${sweep.pending} pending, ${sweep.failed} failed; process ${sweep.pid} on ${sweep.host}`,
    ),
  ];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
