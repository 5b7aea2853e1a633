import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RunDirectoryError, RunError } from '../../../src/errors.ts';
import { thisProcess } from '../../../src/execute/process-identity.ts';
import { LOCK_FILES, RunLock } from '../../../src/run/lock.ts';
import type { Owner } from '../../../src/run/lock-file.ts';
import { folder } from '../../support/tables.ts';

afterEach(() => vi.useRealTimers());

/** A lock that is released with the test. */
function take(directory: string): RunLock {
  const lock = RunLock.take(directory);
  onTestFinished(() => lock.release());
  return lock;
}

function ownerIn(directory: string): Owner {
  return JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'));
}

/** Leaves a lock as this process would, but for `changes`, that was not refreshed for `seconds`. */
function leave(directory: string, changes: Partial<Record<keyof Owner, unknown>> | string, seconds = 0): void {
  const path = join(directory, 'lock');
  const owner = { ...thisProcess(), nonce: '0123456789abcdef', ...(typeof changes === 'object' && changes) };
  writeFileSync(path, typeof changes === 'string' ? changes : JSON.stringify(owner));
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

function refusal(directory: string): string {
  try {
    take(directory);
  } catch (error) {
    expect(error).toBeInstanceOf(RunDirectoryError);
    return (error as Error).message;
  }
  return 'locked';
}

/** A process that ends when it is told to. */
function sleeper(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve));
}

describe('the lock of a run directory', () => {
  it('names its owner, and is gone once released', () => {
    const path = folder();
    const lock = take(path);
    expect(ownerIn(path)).toMatchObject({ pid: process.pid, host: hostname() });
    expect(readdirSync(path)).toEqual(['lock']);
    expect(lock.held()).toBe(true);
    lock.release();
    expect(readdirSync(path)).toEqual([]);
    expect(lock.held()).toBe(false);
    lock.release();
    take(path);
  });

  it('keeps out everybody else, this process too, and says who has it', () => {
    const path = folder();
    const lock = take(path);
    expect(refusal(path)).toBe(
      `${join(path, 'lock')}: received the lock of process ${process.pid} on host "${hostname()}"; allowed: one process for ` +
        'each run directory; wait until it ends or stop it; when that host is down, the lock is free a minute later',
    );
    expect(lock.held()).toBe(true);
    expect(readdirSync(path)).toEqual(['lock']);
  });

  it('can be taken over from a process that has ended, but not before', async () => {
    const path = folder();
    const child = sleeper();
    leave(path, { pid: child.pid, startedAt: null });
    expect(refusal(path)).toContain(`process ${child.pid} on host`);
    child.kill('SIGKILL');
    await ended(child);
    expect(take(path).held()).toBe(true);
    expect(ownerIn(path).pid).toBe(process.pid);
    expect(readdirSync(path)).toEqual(['lock']);
  });

  it.runIf(process.platform === 'linux')('can be taken over when the pid is another process’s by now', () => {
    const path = folder();
    const child = sleeper();
    leave(path, { pid: child.pid, startedAt: thisProcess().startedAt });
    expect(refusal(path)).toBe('locked');
  });

  it.runIf(process.platform === 'linux')('can be taken over from a zombie', async () => {
    // The shell's child ends soon, and nobody asks for it: by then the shell became `sleep`.
    const shell = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void shell.kill('SIGKILL'));
    const pid = await new Promise<number>((resolve) => shell.stdout.once('data', (line) => resolve(Number(line))));
    await vi.waitUntil(() => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '), 10_000);
    const path = folder();
    leave(path, { pid, startedAt: null });
    expect(refusal(path)).toBe('locked');
  });

  it.runIf(process.platform === 'linux')('is not taken from a process that may not be signalled', () => {
    const path = folder();
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    try {
      leave(path, {});
      expect(refusal(path)).toContain(`process ${process.pid}`);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('of another machine is respected while it is refreshed, and for a minute after', () => {
    const path = folder();
    const elsewhere = { host: 'elsewhere', machine: 'elsewhere', pid: 1 };
    leave(path, elsewhere, 55);
    expect(refusal(path)).toContain('process 1 on host "elsewhere"');
    // Its clock may be ahead of ours.
    leave(path, elsewhere, -3600);
    expect(refusal(path)).toContain('process 1 on host "elsewhere"');
    expect(readdirSync(path)).toEqual(['lock']);
    leave(path, elsewhere, 65);
    expect(refusal(path)).toBe('locked');
    expect(ownerIn(path).host).toBe(hostname());
    expect(readdirSync(path)).toEqual(['lock']);
  });

  it('of a container with our host’s name and the pid of nobody is one of another machine', () => {
    const path = folder();
    leave(path, { machine: 'another container', pid: 2 ** 30 }, 55);
    expect(refusal(path)).toContain(`process ${2 ** 30}`);
    leave(path, { machine: 'another container', pid: process.pid }, 65);
    expect(refusal(path)).toBe('locked');
  });

  it.each([
    ['empty', ''],
    ['no JSON', '{ "pid": 1'],
    ['null', 'null'],
    ['a pid that is a group', { pid: -1 }],
    ['a pid that is every process', { pid: 0 }],
    ['a pid that is none', { pid: 1.5 }],
    ['a huge pid', { pid: 2 ** 40 }],
    ['a nonce that climbs out', { nonce: '../../../../x' }],
    ['no host', { host: null }],
    ['a hostile key', '{"__proto__": {"pid": 1}}'],
  ])('that is damaged (%s) is respected for five seconds', (_, content) => {
    const path = folder();
    leave(path, content, 4);
    expect(refusal(path)).toContain(
      'received a lock without an owner; allowed: one process for each run directory; try',
    );
    leave(path, content, 6);
    expect(refusal(path)).toBe('locked');
    expect(ownerIn(path).pid).toBe(process.pid);
    expect(readdirSync(path)).toEqual(['lock']);
  });

  it('is refreshed every few seconds by the clock of the file system, and keeps no process alive', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const path = folder();
    const lock = take(path);
    const before = ownerIn(path);
    utimesSync(join(path, 'lock'), 1, 1);
    vi.advanceTimersByTime(4999);
    expect(statSync(join(path, 'lock')).mtimeMs).toBe(1000);
    vi.advanceTimersByTime(1);
    expect(Math.abs(statSync(join(path, 'lock')).mtimeMs - Date.now())).toBeLessThan(5000);
    expect(ownerIn(path)).toEqual(before);
    lock.release();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('knows when it was taken over, and then neither refreshes nor removes what is another’s', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const path = folder();
    const old = take(path);
    // As another machine would, to which the old owner seems dead.
    leave(path, { ...ownerIn(path), machine: 'elsewhere' }, 65);
    expect(old.held()).toBe(true);
    const heir = take(path);
    expect(old.held()).toBe(false);
    const content = readFileSync(join(path, 'lock'));
    vi.advanceTimersByTime(10_000);
    old.release();
    expect(readFileSync(join(path, 'lock'))).toEqual(content);
    expect(heir.held()).toBe(true);
  });

  it('is not held once somebody removed it, or the directory', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const path = join(folder(), 'run');
    mkdirSync(path);
    const lock = take(path);
    rmSync(join(path, 'lock'));
    expect(lock.held()).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(readdirSync(path)).toEqual([]);
    rmSync(path, { recursive: true });
    expect(lock.held()).toBe(false);
    vi.advanceTimersByTime(10_000);
    lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('leaves names that are told apart from other files', () => {
    for (const name of ['lock', 'lock.0123456789abcdef', 'lock.0123456789abcdef.probe', 'lock.damaged'])
      expect(LOCK_FILES.test(name)).toBe(true);
    for (const name of ['locker', 'block', 'locks.txt', '.lock']) expect(LOCK_FILES.test(name)).toBe(false);
  });

  it('says where it cannot be made', () => {
    const path = folder();
    expect(() => take(join(path, 'none'))).toThrow(RunError);
    expect(() => take(join(path, 'none'))).toThrow(`${join(path, 'none', 'lock')}: received ENOENT`);
    mkdirSync(join(path, 'lock'));
    expect(() => take(path)).toThrow(/lock: received EISDIR.*remove the folder of that name/);
  });
});
