import { readFileSync } from 'node:fs';

/** Cores that the Linux control group's CPU quota allows, versions 2 and 1; null without a quota. */
export function cgroupCores(read: (path: string) => string | null = readText): number | null {
  const v2 = read('/sys/fs/cgroup/cpu.max');
  if (v2 !== null) {
    const [quota, period] = v2.trim().split(' ');
    return quota === 'max' ? null : ratio(quota, period);
  }
  const quota = read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  return quota === null ? null : ratio(quota, read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? undefined);
}

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
