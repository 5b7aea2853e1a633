import { describe, expect, it } from 'vitest';
import { cgroupCores } from '../../../src/execute/cgroup.ts';
import { availableCores } from '../../../src/execute/cores.ts';

const files = (contents: Readonly<Record<string, string>>) => (path: string) => contents[path] ?? null;
const V1 = '/sys/fs/cgroup/cpu/cpu.cfs_';

describe('cgroupCores', () => {
  it('reads the quota of version 2, then of version 1', () => {
    expect(cgroupCores(files({ '/sys/fs/cgroup/cpu.max': '150000 100000\n' }))).toBe(1.5);
    expect(cgroupCores(files({ '/sys/fs/cgroup/cpu.max': 'max 100000\n' }))).toBeNull();
    expect(cgroupCores(files({ [`${V1}quota_us`]: '400000\n', [`${V1}period_us`]: '100000\n' }))).toBe(4);
  });

  it('is null without a quota, or one that it cannot read', () => {
    expect(cgroupCores(files({}))).toBeNull();
    expect(cgroupCores(files({ [`${V1}quota_us`]: '-1\n', [`${V1}period_us`]: '100000\n' }))).toBeNull();
    expect(cgroupCores(files({ [`${V1}quota_us`]: '400000\n' }))).toBeNull();
    expect(cgroupCores(files({ '/sys/fs/cgroup/cpu.max': '' }))).toBeNull();
  });

  it('leaves a whole number of cores, at least one', () => {
    expect(Number.isInteger(availableCores())).toBe(true);
    expect(availableCores()).toBeGreaterThanOrEqual(1);
  });
});
