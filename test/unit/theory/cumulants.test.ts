import { describe, expect, it } from 'vitest';
import { cumulantsOf, finiteOrder, momentsOf, productMoments, sumMoments } from '../../../src/theory/cumulants.ts';

/** E x^k = k! for Exp(1), whose cumulants are (k − 1)!. */
const exponential = [1, 1, 2, 6, 24, 120, 720, 5040, 40320];
const normal = [1, 0, 1, 0, 3, 0, 15, 0, 105];

describe('cumulants', () => {
  it('turns factorial moments into (k − 1)! and back', () => {
    expect(cumulantsOf(exponential)).toEqual([0, 1, 1, 2, 6, 24, 120, 720, 5040]);
    expect(momentsOf(cumulantsOf(exponential))).toEqual(exponential);
  });

  it('vanish beyond the second for a normal', () => {
    expect(cumulantsOf(normal)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('stop at the first divergent moment', () => {
    expect(finiteOrder([1, 0, 1, 0, Infinity, Number.NaN])).toBe(3);
    expect(cumulantsOf([1, 0, 1, 0, Infinity])).toEqual([0, 0, 1, 0]);
    expect(productMoments(normal, [1, 0, 2, Infinity])).toEqual([1, 0, 2]);
  });

  it('add up: three exponentials make a Gamma(3), E x^k = 3·4…(k + 2)', () => {
    const gamma = sumMoments(exponential, 3);
    let expected = 1;
    for (let k = 0; k <= 8; k++) {
      expect(gamma[k]).toBeCloseTo(expected, 6);
      expected *= k + 3;
    }
  });
});
