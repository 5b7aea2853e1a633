import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initsweep, scratch } from '../support/cli.ts';

const folder = scratch();

/** Seconds that `plan` predicts. */
function predicted(args: readonly string[]): number {
  const { stdout } = initsweep('plan', ...args);
  return Number(/time +about ([\d.]+) s /.exec(stdout)?.[1]);
}

function taken(args: readonly string[]): number {
  const start = performance.now();
  expect(initsweep('run', ...args, '--out', join(folder, 'run'), '--fresh', '--quiet').status).toBe(0);
  return (performance.now() - start) / 1000;
}

/** Predicted over taken. A machine that does other things meanwhile can't be predicted: out of bounds, the median of five decides. */
function ratioOf(args: readonly string[]): number {
  const once = () => predicted(args) / taken(args);
  const ratios = [once()];
  if (!isClose(ratios[0] as number)) for (let i = 1; i < 5; i++) ratios.push(once());
  return ratios.toSorted((a, b) => a - b)[ratios.length >> 1] as number;
}

const isClose = (ratio: number): boolean => ratio > 0.5 && ratio < 2;

describe('plan predicts the time within a factor of 2', () => {
  it.each([
    ['gold-rule', 1],
    ['gold-rule', 2],
    ['reference', 1],
    ['empirical', 2],
    ['depth', 2, 32],
    ['training', 2, 32],
  ] as const)('of %s on %d threads', (name, threads, samples?: number) => {
    const size = samples === undefined ? [] : ['--samples', String(samples)];
    expect(ratioOf([`configs/${name}.yaml`, '--threads', String(threads), ...size])).toSatisfy(isClose);
  });
});
