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

/** A machine that does other things meanwhile can't be predicted, so medians of three, side by side. */
describe.each(['gold-rule', 'reference', 'empirical', 'depth', 'training'])('plan of %s', (name) => {
  it.each([1, 2])('predicts the time on %d threads within a factor of 2', (threads) => {
    const config = `configs/${name}.yaml`;
    const pairs = [0, 1, 2].map(() => [predicted(config, threads), taken(config, threads)] as const);
    const ratio = median(pairs.map(([prediction]) => prediction)) / median(pairs.map(([, time]) => time));
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
