import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fateOf, thisProcess } from '../../../src/execute/process-identity.ts';

const system = vi.hoisted(() => ({ hasProc: true }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const readFileSync = (path: string, encoding: 'latin1') => {
    if (!system.hasProc && path.startsWith('/proc')) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return fs.readFileSync(path, encoding);
  };
  return { ...fs, readFileSync };
});
afterEach(() => {
  system.hasProc = true;
});

describe.each(process.platform === 'linux' ? [true, false] : [false])('a process, with /proc: %s', (hasProc) => {
  it('is alive, and gone once it has ended', async () => {
    system.hasProc = hasProc;
    const own = thisProcess();
    expect(fateOf(own)).toBe('alive');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const other = { ...own, pid: child.pid as number, startedAt: null };
    // Where nothing says when it began, another one may have its pid.
    expect(fateOf(other)).toBe(hasProc ? 'alive' : 'unknown');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(fateOf(other)).toBe('gone');
    expect(fateOf({ ...own, machine: 'elsewhere' })).toBe('unknown');
  });
});

it.runIf(process.platform === 'linux')('is gone where its pid was used again', () => {
  expect(fateOf({ ...thisProcess(), startedAt: '1' })).toBe('gone');
});
