import { expect, it } from 'vitest';
import { gaussianExpectation, gaussianRule } from '../../../src/theory/gaussian.ts';

const FUNCTIONS: readonly ((u: number) => number)[] = [
  (u) => Math.exp(-Math.abs(u)) / (1 + Math.exp(-Math.abs(u))) ** 2,
  (u) => 1 / Math.cosh(Math.min(300, Math.abs(u))) ** 4,
  (u) => Math.max(0, u),
  (u) => Math.exp(-u * u),
];

/** Largest relative difference from the finest rule, for slopes up to `factor` times those the rule is asked for. */
function worst(factor: number): number {
  let error = 0;
  for (const tau of [0.01, 0.5, 1, 3.9, 4.1, 16, 17, 65, 300, 4097])
    for (const f of FUNCTIONS) {
      const at = (steepness: number) =>
        gaussianExpectation((u) => f(factor * tau * u), 0, 1, gaussianRule(0, steepness));
      error = Math.max(error, Math.abs(at(tau) / at(1e6) - 1));
    }
  return error;
}

it('has as many nodes as the steepness takes, and no more', () => {
  expect(worst(1)).toBeLessThan(1e-12);
  expect(gaussianRule(0, 1).nodes.length).toBeLessThan(gaussianRule().nodes.length / 2);
});

it('would not do for slopes a hundred times steeper (negative control)', () => {
  expect(worst(100)).toBeGreaterThan(1e-9);
});
