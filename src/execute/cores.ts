import { availableParallelism } from 'node:os';
import { cgroupCores, type ReadText } from './cgroup.ts';

/** Cores that this process may keep busy: the machine's, or fewer where a container's or a service's quota says so. */
export function availableCores(read?: ReadText): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCores(read) ?? Infinity)));
}
