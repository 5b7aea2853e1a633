import { expect, it } from 'vitest';
import { queueStatusLines } from '../../../src/cli/queue-status-text.ts';
import type { QueueStatus } from '../../../src/execute/queue/status.ts';

const WORKER = { version: '0.1.0', kernel: '1', active: 1, failed: 0, busy: 40 };

const STATUS: QueueStatus = {
  queue: 'redis://queue.example:6379',
  workers: [
    { ...WORKER, host: 'large', pid: 12, threads: 8, age: 100, done: 250 },
    // Its rate is that of a second, not of the half that it is there.
    { ...WORKER, host: 'small', pid: 7, threads: 1, age: 0.5, done: 2, failed: 3, active: 0, kernel: '2' },
  ],
  sweeps: [
    {
      plan: 'f'.repeat(64),
      name: 'gold',
      kernel: '1',
      host: 'desk',
      pid: 3,
      age: 9,
      done: 252,
      pending: 48,
      failed: 1,
    },
  ],
  waiting: 40,
  active: 8,
  failed: 1,
  failures: [{ id: 'p0-s1', reason: 'a job that failed: out of memory' }],
};

it('shows workers with host, threads and rate, the depth of the queue, failures and sweeps', () => {
  expect(queueStatusLines(STATUS)).toEqual([
    'redis://queue.example:6379: 2 workers with 9 threads',
    '  large (process 12): 8 threads, 1 busy, 250 tasks in 1 min 40 s (2.50/s), 0 failed, kernel 1',
    '  small (process 7): 1 thread, 0 busy, 2 tasks in 1 s (2.00/s), 3 failed, kernel 2',
    'tasks: 40 waiting, 8 with workers, 1 failed',
    '  p0-s1: a job that failed: out of memory',
    '1 sweep',
    '  gold (plan ffffffffffff, kernel 1): 252 tasks done, 48 pending, 1 failed; process 3 on desk',
  ]);
});

it('shows a queue that nobody uses', () => {
  const idle = { ...STATUS, workers: [], sweeps: [], waiting: 0, active: 0, failed: 0, failures: [] };
  expect(queueStatusLines(idle)).toEqual([
    'redis://queue.example:6379: 0 workers with 0 threads',
    'tasks: 0 waiting, 0 with workers, 0 failed',
    '0 sweeps',
  ]);
});
