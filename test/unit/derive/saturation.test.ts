import { describe, expect, it } from 'vitest';
import { saturatedCounts, saturatedSet, saturatedShare } from '../../../src/derive/saturation.ts';
import { resolveActivation } from '../../../src/model/activations.ts';
import { normalCdf } from '../../../src/numeric/special.ts';
import { BinnedCdf } from '../../../src/stats/cdf.ts';
import { blockShares } from '../../../src/stats/quantiles.ts';
import { tallyOf } from '../../support/tally.ts';

const set = (kind: string, epsilon = 0.1, params = {}) => saturatedSet(resolveActivation({ kind, params }), epsilon);
const law = (values: readonly number[]) => BinnedCdf.ofTallies([tallyOf(values)]);
const normal = { below: normalCdf, atOrBelow: normalCdf };

describe('the saturated share', () => {
  it('of relu on a lattice holds z = 0, whose derivative is 0', () => {
    const lattice = law([-2, -1, 0, 0, 0, 1, 2, 3]);
    expect(saturatedShare(set('relu'), 1, 0, lattice)).toBe(5 / 8);
    // Mirrored weights: z = 0 stays, the other side comes.
    expect(saturatedShare(set('relu'), -1, 0, lattice)).toBe(6 / 8);
    expect(saturatedShare(set('relu'), 1, 1, lattice)).toBe(2 / 8);
    expect(saturatedShare(set('leaky_relu'), 1, 0, lattice)).toBe(5 / 8);
    expect(saturatedShare(set('leaky_relu', 0.005), 1, 0, lattice)).toBe(0);
  });

  it('of weights that are 0 is all or nothing: whether u = 0 is saturated', () => {
    for (const [kind, share] of [
      ['relu', 1],
      ['logistic', 0],
      ['tanh', 0],
      ['elu', 0],
      ['identity', 0],
    ] as const)
      expect(saturatedShare(set(kind), 0, 0, law([-1, 0, 5]))).toBe(share);
  });

  it('of gelu is that of both its intervals: u < −1.7282 and −1.1583 < u < −0.5324', () => {
    const share = normalCdf(-1.7282) + normalCdf(-0.5324) - normalCdf(-1.1583);
    expect(saturatedShare(set('gelu'), 1, 0, normal)).toBeCloseTo(share, 4);
    expect(saturatedShare(set('gelu'), -1, 0, normal)).toBeCloseTo(share, 4);
    expect(saturatedShare(set('gelu'), 0.5, 0, normal)).toBeCloseTo(
      normalCdf(-3.4564) + normalCdf(-1.0648) - normalCdf(-2.3166),
      4,
    );
  });

  it('leaves out points at an end that is not saturated', () => {
    const [interval] = set('logistic').intervals;
    const end = Math.fround(interval?.to as number);
    expect(interval?.closedTo).toBe(false);
    expect(saturatedShare(set('logistic'), 1, 0, law([2 * end, 0]))).toBe(0.5);
    expect(saturatedShare(set('identity', 0.999), 1, 0, law([-1, 1]))).toBe(0);
  });

  it.each([
    [false, false, 1],
    [true, false, 3],
    [false, true, 2],
    [true, true, 4],
  ])('counts the ends that belong to it (%s, %s)', (closedFrom, closedTo, count) => {
    const ends = { intervals: [{ from: 2, to: 5, closedFrom, closedTo }], slope: () => 1, includes: () => false };
    const values = [1, 2, 2, 3, 5, 6];
    for (const sign of [1, -1]) {
      const cdf = law(values.map((z) => sign * z));
      expect(saturatedShare(ends, sign, 0, cdf)).toBeCloseTo(count / 6, 12);
      expect(saturatedCounts(ends, sign, 0, blockShares([cdf]))[0]).toBeCloseTo(count, 12);
    }
  });

  it('is the sum of the counts of blocks, whatever scale, sign and offset', () => {
    const blocks = [
      [-3, -1, 0, 2],
      [0, 0, 1.5],
      [4, -0.5, -0.75, 0, 2.25],
    ];
    const cdfs = blocks.map(law);
    const shares = blockShares(cdfs);
    const merged = BinnedCdf.ofTallies(blocks.map((values) => tallyOf(values)));
    for (const kind of ['relu', 'gelu', 'tanh', 'logistic', 'silu'])
      for (const factor of [-2, -0.3, 0.3, 2])
        for (const offset of [-1, 0, 0.5]) {
          const counts = saturatedCounts(set(kind), factor, offset, shares);
          const total = counts.reduce((sum, count) => sum + count, 0);
          expect(total / 12).toBeCloseTo(saturatedShare(set(kind), factor, offset, merged), 12);
          const { derivative, maxDerivative } = resolveActivation({ kind, params: {} });
          counts.forEach((count, b) => {
            const plain = (blocks[b] as number[]).filter(
              (z) => Math.abs(derivative(factor * (z + offset))) < 0.1 * maxDerivative,
            ).length;
            expect(count).toBeCloseTo(plain, 12);
          });
        }
  });
});
