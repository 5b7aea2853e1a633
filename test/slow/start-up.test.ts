import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initsweep, scratch } from '../support/cli.ts';

const folder = scratch();

/** Median seconds of nine processes, so that one disturbed by its neighbours does not count. */
function seconds(...args: string[]): number {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    expect(initsweep(...args).status).toBe(0);
    return (performance.now() - start) / 1000;
  });
  return times.sort((a, b) => a - b)[4] as number;
}

it('starts in less than 0.15 s', () => {
  expect(seconds('--help')).toBeLessThan(0.15);
});

it('runs the smoke sweep, start to end, in less than 0.7 s', () => {
  expect(seconds('run', 'configs/smoke.yaml', '--out', join(folder, 'smoke'), '--fresh')).toBeLessThan(0.7);
});
