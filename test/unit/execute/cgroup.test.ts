import { availableParallelism } from 'node:os';
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

  it('takes the least quota of the process’s own group and those around it, of version 2', () => {
    const own = { '/proc/self/cgroup': '0::/system.slice/job:1.service\n', '/sys/fs/cgroup/cpu.max': 'max 100000' };
    const [slice, service] = ['/sys/fs/cgroup/system.slice', '/sys/fs/cgroup/system.slice/job:1.service'];
    const cores = (contents: Readonly<Record<string, string>>) => cgroupCores(files({ ...own, ...contents }));
    expect(cores({ [`${service}/cpu.max`]: '200000 100000' })).toBe(2);
    expect(cores({ [`${service}/cpu.max`]: '200000 100000', [`${slice}/cpu.max`]: '50000 100000' })).toBe(0.5);
    expect(cores({ [`${service}/cpu.max`]: 'max 100000', [`${slice}/cpu.max`]: '300000 100000' })).toBe(3);
    expect(cores({ '/sys/fs/cgroup/other.slice/cpu.max': '100000 100000' })).toBeNull();
  });

  it('and of version 1, by the line of the cpu controller', () => {
    const read = files({
      '/proc/self/cgroup': '5:memory:/m\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/s\n0::/\n',
      [`${V1}quota_us`]: '-1',
      [`${V1}period_us`]: '100000',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '250000',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000',
    });
    expect(cgroupCores(read)).toBe(2.5);
  });

  it('reads the root where the path is that of the host', () => {
    expect(cgroupCores(files({ '/proc/self/cgroup': '0::/../../x\n', '/sys/fs/cgroup/cpu.max': '1 2' }))).toBe(0.5);
  });
});

describe('availableCores', () => {
  const machine = availableParallelism();
  const cores = (quota: string) => availableCores(files({ '/sys/fs/cgroup/cpu.max': `${quota} 100000` }));

  it('are the machine’s or the quota’s, whichever are fewer: a whole number, at least one', () => {
    expect(cores('max')).toBe(machine);
    expect(cores(`${100_000 * (machine + 3)}`)).toBe(machine);
    expect(cores('50000')).toBe(1);
    expect(cores('100001')).toBe(Math.min(2, machine));
    expect(Number.isInteger(availableCores())).toBe(true);
  });
});
