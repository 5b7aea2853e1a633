import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initsweep, scratch } from '../support/cli.ts';

const folder = scratch();

/** Seconds of an idle machine on which the bounds below are 0.15 and 0.7 s: what Node takes to start and end there. */
const NODE = 0.065;

/** How often Node could have started meanwhile: the median of nine pairs, as a machine is busy now and then. */
function starts(...args: string[]): number {
  const time = (work: () => number | null): number => {
    const start = performance.now();
    expect(work()).toBe(0);
    return performance.now() - start;
  };
  const ratios = Array.from({ length: 9 }, () => {
    const node = time(() => spawnSync(process.execPath, ['-e', '0']).status);
    return time(() => initsweep(...args).status) / node;
  });
  return ratios.sort((a, b) => a - b)[4] as number;
}

it('says what it can do in the time of two starts of Node', () => {
  expect(starts('--help')).toBeLessThan(0.15 / NODE);
});

it('runs the smoke sweep, start to end, in the time of ten', () => {
  expect(starts('run', 'configs/smoke.yaml', '--out', join(folder, 'smoke'), '--fresh')).toBeLessThan(0.7 / NODE);
});
