import { readFileSync } from 'node:fs';

/** The text of a file, or null where there is none. */
export type ReadText = (path: string) => string | null;

const ROOT = '/sys/fs/cgroup';

/**
 * Cores that the CPU quotas of Linux control groups allow, versions 2 and 1: the least of the process's own group and all around it,
 * each of which holds. Null without a quota.
 */
export function cgroupCores(read: ReadText = readText): number | null {
  // Lines are hierarchy:controllers:path, of version 2 without controllers. A container may see no path, or one of its host.
  const groups = [...(read('/proc/self/cgroup') ?? '').matchAll(/^\d+:([^:]*):(.*)$/gm)];
  const pathsOf = (controller: string): string[] =>
    upwards(groups.find(([, controllers]) => controllers?.split(',').includes(controller))?.[2] ?? '/');
  const quotas = [
    ...pathsOf('').map((path) => read(`${ROOT}${path}/cpu.max`)?.trim().split(' ')),
    ...pathsOf('cpu').map((path) =>
      ['quota', 'period'].map((name) => read(`${ROOT}/cpu${path}/cpu.cfs_${name}_us`) ?? undefined),
    ),
  ].flatMap((pair) => ratio(pair?.[0], pair?.[1]) ?? []);
  return quotas.length === 0 ? null : Math.min(...quotas);
}

/** '/a/b', '/a' and '' of /a/b. */
function upwards(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return [...names.keys(), names.length].map((depth) => ['', ...names.slice(0, depth)].join('/')).reverse();
}

/** No number of cores where there is no quota ('max', −1) or no period. */
function ratio(quota: string | undefined, period: string | undefined): number | null {
  const cores = Number(quota) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
