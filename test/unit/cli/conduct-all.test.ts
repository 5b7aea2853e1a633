import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ConductJob, conductAll } from '../../../src/cli/conduct-all.ts';
import { StoppedError, TaskError } from '../../../src/errors.ts';
import type { Manifest } from '../../../src/run/manifest.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const FLAGS = { threads: 1, onError: 0, logFormat: 'text', quiet: true } as const;

const job = (name: string, work: ConductJob['work']): ConductJob => ({
  config: `${name}.yaml`,
  directory: `output/${name}`,
  work,
});

it('stops all jobs ten seconds before the time of all together is up', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const seen: boolean[] = [];
  const fails = (name: string, seconds: readonly number[]) =>
    job(name, async ({ signal }) => {
      for (const some of seconds) {
        vi.advanceTimersByTime(1000 * some);
        seen.push(signal?.aborted === true);
      }
      throw new TaskError(`${name} ends here`);
    });
  // Of what the first one leaves, ten seconds are more than a tenth.
  await conductAll([fails('first', [260]), fails('second', [29, 2])], { ...FLAGS, maxTime: 300 });
  expect(seen).toEqual([false, false, true]);
  expect(stderr.mock.calls.join('')).toContain('second ends here');
  expect(process.exitCode).toBe(4);
});

it('lets no job begin after a signal that came as another one ended', async () => {
  const first = job('first', async () => {
    process.emit('SIGTERM', 'SIGTERM');
    return { manifest: { failures: [] } as unknown as Manifest, alreadyFinished: false };
  });
  const second = job('second', async ({ signal }) => {
    if (signal?.aborted) throw new StoppedError({ where: 'second' });
    return { manifest: { failures: [] } as unknown as Manifest, alreadyFinished: false };
  });
  await expect(conductAll([first, second], FLAGS)).rejects.toThrow('second: received SIGTERM');
});
