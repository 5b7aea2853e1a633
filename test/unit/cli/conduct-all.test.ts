import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ConductJob, conductAll } from '../../../src/cli/conduct-all.ts';
import { TaskError } from '../../../src/errors.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  process.exitCode = undefined;
});

it('gives each config what --max-time leaves of the time of all together', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const seen: boolean[] = [];
  const job = (name: string, work: (stopped: () => boolean) => void): ConductJob => ({
    config: `${name}.yaml`,
    directory: `output/${name}`,
    work: async ({ signal }) => {
      work(() => signal?.aborted === true);
      throw new TaskError(`${name} ends here`);
    },
  });
  const pass = (seconds: number, stopped: () => boolean) => {
    vi.advanceTimersByTime(1000 * seconds);
    seen.push(stopped());
  };
  const jobs = [
    job('first', (stopped) => pass(40, stopped)),
    // 60 seconds are left, a tenth of which is kept for stopping.
    job('second', (stopped) => {
      pass(53, stopped);
      pass(2, stopped);
    }),
  ];
  await conductAll(jobs, { threads: 1, onError: 0, maxTime: 100, logFormat: 'text', quiet: true });
  expect(seen).toEqual([false, false, true]);
  expect(stderr.mock.calls.join('')).toContain('second ends here');
  expect(process.exitCode).toBe(4);
});
