import { availableParallelism } from 'node:os';
import { cgroupCores } from './cgroup.ts';

/** Cores that this process may keep busy: the machine's, or fewer where a container's quota says so. */
export function availableCores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCores() ?? Infinity)));
}
