import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { cgroupCores } from './cgroup.ts';

/** Threads that this process may keep busy: the machine's, or fewer where a container's quota says so. */
export function defaultThreads(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCores() ?? Infinity)));
}

const MOST_THREADS = 1024;

export function parseThreads(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new InvalidArgumentError(`allowed: 1 … ${MOST_THREADS}.`);
}
