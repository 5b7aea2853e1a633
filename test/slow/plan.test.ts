import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initsweep, scratch } from '../support/cli.ts';

const folder = scratch();

/** Seconds that `plan` predicts. */
function predicted(config: string, threads: number): number {
  const { stdout } = initsweep('plan', config, '--threads', String(threads));
  return Number(/time +about ([\d.]+) s /.exec(stdout)?.[1]);
}

function taken(config: string, threads: number): number {
  const start = performance.now();
  const out = join(folder, 'run');
  expect(initsweep('run', config, '--threads', String(threads), '--out', out, '--fresh', '--quiet').status).toBe(0);
  return (performance.now() - start) / 1000;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** Predicted over taken. A machine that does other things meanwhile can't be predicted: out of bounds, the median of five decides. */
function ratioOf(config: string, threads: number): number {
  const once = () => predicted(config, threads) / taken(config, threads);
  const first = once();
  return first > 0.5 && first < 2 ? first : median([first, once(), once(), once(), once()]);
}

describe.each(['gold-rule', 'reference', 'empirical', 'depth', 'training'])('plan of %s', (name) => {
  it.each([1, 2])('predicts the time on %d threads within a factor of 2', (threads) => {
    const ratio = ratioOf(`configs/${name}.yaml`, threads);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
