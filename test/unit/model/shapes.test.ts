import { describe, expect, it } from 'vitest';
import { SHAPES } from '../../../src/model/shapes.ts';
import { expectation } from './expectation.ts';

describe.each(Object.values(SHAPES))('shape $kind', ({ kind, moments, variance, sampler }) => {
  it('has the moments of its sampler', () => {
    expect(moments).toHaveLength(9);
    for (let k = 0; k <= 8; k++) {
      const truth = expectation(sampler, (u) => u ** k);
      expect(Math.abs((moments[k] as number) - truth), `E u^${k}`).toBeLessThan(1e-11 * Math.max(1, truth));
    }
  });

  it('has the variance of its moments', () => {
    const [, mean = Number.NaN, square = Number.NaN] = moments;
    expect(variance).toBeCloseTo(square - mean * mean, 14);
  });

  it('would notice moments of another shape (negative control)', () => {
    const other = SHAPES[kind === 'uniform' ? 'normal' : 'uniform'];
    expect(Math.abs((other.moments[4] as number) - expectation(sampler, (u) => u ** 4))).toBeGreaterThan(0.1);
  });
});

describe('shapes', () => {
  it('have the kurtoses of their laws', () => {
    const kappa = (kind: keyof typeof SHAPES) => {
      const { moments } = SHAPES[kind];
      return (moments[4] as number) / (moments[2] as number) ** 2;
    };
    expect(kappa('uniform')).toBeCloseTo(1.8, 14);
    expect(kappa('normal')).toBe(3);
    expect(kappa('sign')).toBe(1);
    expect(kappa('truncated_normal')).toBeCloseTo(2.365537, 6);
    expect(SHAPES.truncated_normal.variance).toBeCloseTo(0.773741, 6);
  });
});
