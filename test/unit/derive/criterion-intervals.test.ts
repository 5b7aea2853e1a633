import { describe, expect, it } from 'vitest';
import { criterionIntervals } from '../../../src/derive/criterion-intervals.ts';
import { saturatedSet, saturatedShare } from '../../../src/derive/saturation.ts';
import { ensembleTheory, expectedSaturation } from '../../../src/derive/theory.ts';
import { ACTIVATION_CODES, resolveActivation } from '../../../src/model/activations.ts';
import { normalCdf } from '../../../src/numeric/special.ts';
import { raw, shape } from '../theory/models.ts';

const PARAMS: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  leaky_relu: [{}, { negativeSlope: 0.5 }],
  elu: [{}, { alpha: 0.3 }, { alpha: 2.5 }],
};
const activations = ACTIVATION_CODES.flatMap((kind) =>
  (PARAMS[kind] ?? [{}]).map((params) => resolveActivation({ kind, params })),
);
const EPSILONS = [1e-9, 1e-4, 0.05, 0.1, 0.3, 0.999];
/** At the very top of |g′| rounding decides over 1e-8 to either side. */
const TOPS = [1 - 1e-9, 1];

describe('criterionIntervals', () => {
  it.each(activations)('are those found by the landmarks of $label', (activation) => {
    for (const epsilon of EPSILONS) {
      const set = saturatedSet(activation, epsilon);
      const found = criterionIntervals(set);
      // A point alone, as at the largest slope, has no mass.
      const wanted = set.intervals.filter(({ from, to }) => to - from > 1e-12);
      expect(found.length, `epsilon ${epsilon}`).toBe(wanted.length);
      found.forEach(([from, to], i) => {
        const other = wanted[i] as (typeof wanted)[number];
        for (const [a, b] of [
          [from, other.from],
          [to, other.to],
        ] as const)
          expect(a === b || Math.abs(a - b) < 1e-11, `epsilon ${epsilon}: ${a} and ${b}`).toBe(true);
      });
    }
  });

  it('do not depend on the intervals that count a sample', () => {
    const set = saturatedSet(resolveActivation({ kind: 'tanh', params: {} }), 0.1);
    const theory = ensembleTheory(shape('constant'), raw('normal', { mean: 0.3, std: 2 }), 4);
    const right = expectedSaturation(theory, set, 0.7, theory.offset);
    expect(expectedSaturation(theory, { ...set, intervals: [] }, 0.7, theory.offset)).toBe(right);
  });
});

describe('the expected share under a Gaussian', () => {
  it.each(activations)('is that of the intervals of $label, for both signs of the weights', (activation) => {
    const theory = ensembleTheory(shape('constant'), raw('normal', { mean: 0.3, std: 2 }), 4);
    const [mean, sd] = [1.2, 4];
    const below = (z: number) => normalCdf(z / sd);
    expect(theory.offset).toBeCloseTo(mean, 12);
    for (const epsilon of [...EPSILONS, ...TOPS])
      for (const factor of [-3, -0.02, 0, 0.5, 40]) {
        const set = saturatedSet(activation, epsilon);
        const share = saturatedShare(set, factor, mean, { below, atOrBelow: below });
        expect(expectedSaturation(theory, set, factor, mean), `${epsilon} ${factor}`).toBeCloseTo(
          share,
          TOPS.includes(epsilon) ? 7 : 11,
        );
      }
  });

  it('keeps its digits in the upper tail', () => {
    const theory = ensembleTheory(shape('constant'), raw('normal', { mean: 0, std: 1 }), 1);
    const set = saturatedSet(resolveActivation({ kind: 'tanh', params: {} }), 0.1);
    const end = Math.atanh(Math.sqrt(0.9));
    const share = expectedSaturation(theory, set, end / 20, 0) as number;
    expect(share / (2 * normalCdf(-20))).toBeCloseTo(1, 9);
  });
});
