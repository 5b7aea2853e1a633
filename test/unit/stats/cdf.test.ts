import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../src/numeric/special.ts';
import { BinnedCdf } from '../../../src/stats/cdf.ts';
import { binAtoms, histogramOf, mergeTallies, pointBins } from '../../../src/stats/histogram.ts';
import { HALF_BIN } from '../../../src/stats/tally.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks, tallyOf } from '../../support/tally.ts';

const cdf = (values: readonly number[]) => BinnedCdf.ofTallies([tallyOf(values)]);
/** The bin of [1, 1 + 1/16): biased exponent 127, mantissa bits 0. */
const ONE = 127 * 16;
/** A cdf with a single bin whose mean lies δ bin widths above its middle, in |z|. */
const oneBin = (delta: number, bin = ONE) =>
  new BinnedCdf(
    Int16Array.of(bin),
    Float64Array.of(100),
    Float64Array.of(100 * delta * 2 * HALF_BIN),
    Uint8Array.of(0),
  );
/** Values of a linear density over [1, 17/16) with mean offset δ, at the middles of equal shares. */
const at = (u: number) => 1 + u / 16;

describe('histogram', () => {
  it('merges tallies into what one tally of all values holds, and keeps the atoms mean and spread', () => {
    const random = new TestRandom(6);
    const values = Array.from({ length: 3000 }, () => random.normal());
    const whole = histogramOf(tallyOf(values));
    const merged = mergeTallies([tallyOf(values.slice(0, 1000)), tallyOf([]), tallyOf(values.slice(1000))]);
    expect(merged).toEqual(whole);
    const { means, spreads } = binAtoms(whole);
    const sum = means.reduce((s, m, i) => s + m * (whole.counts[i] as number), 0);
    expect(sum).toBeCloseTo(
      values.reduce((s, z) => s + Math.fround(z), 0),
      9,
    );
    const square = means.reduce(
      (s, m, i) => s + (m * m + (spreads[i] as number) ** 2) * (whole.counts[i] as number),
      0,
    );
    expect(square).toBeCloseTo(
      values.reduce((s, z) => s + Math.fround(z) ** 2, 0),
      8,
    );
  });

  it('calls a bin a point when its values are equal, or a lattice value smeared by rounding', () => {
    expect([...pointBins(histogramOf(tallyOf([1, 1, 1])))]).toEqual([1]);
    expect([...pointBins(histogramOf(tallyOf([1.03, 1.03 + 2 ** -22, 1.03 - 2 ** -22])))]).toEqual([1]);
    expect([...pointBins(histogramOf(tallyOf([1, 1.03])))]).toEqual([0]);
  });
});

describe('BinnedCdf', () => {
  it('has the density in a bin that its mean implies', () => {
    for (const delta of [-1 / 6, -0.1, 0, 0.05, 1 / 6]) {
      const f = oneBin(delta);
      for (const u of [0, 0.1, 0.5, 0.9, 1]) {
        const expected = u + 6 * delta * (u * u - u);
        expect(f.below(at(u))).toBeCloseTo(expected, 12);
        expect(f.quantile(expected)).toBeCloseTo(at(u), 7);
      }
      // ∫ z dF = mean: by the trapezoid rule on F.
      let mean = 0;
      for (let k = 0; k < 2000; k++) mean += (1 - f.below(at((k + 0.5) / 2000))) / 2000;
      expect(mean).toBeCloseTo(0.5 + delta, 6);
    }
  });

  it('holds the tilt where the density would turn negative', () => {
    for (const delta of [0.45, -0.45]) {
      const f = oneBin(delta);
      let last = 0;
      for (let u = 0; u <= 1.0001; u += 0.01) {
        const share = f.below(at(u));
        expect(share).toBeGreaterThanOrEqual(last);
        last = share;
      }
      expect(last).toBe(1);
      for (const p of [0, 0.01, 0.5, 0.99, 1]) {
        const q = f.quantile(p);
        expect(q).toBeGreaterThanOrEqual(1);
        expect(q).toBeLessThanOrEqual(at(1));
      }
    }
    expect(oneBin(1 / 6).quantile(0)).toBe(1);
    expect([oneBin(0.1).quantile(-0.2), oneBin(0.1).quantile(1.2)]).toEqual([1, at(1)]);
    expect(oneBin(0.45).quantile(0)).toBe(1);
  });

  it('runs the other way in negative bins', () => {
    const random = new TestRandom(7);
    const values = Array.from({ length: 400 }, () => random.normal());
    const f = cdf(values);
    const mirrored = cdf(values.map((z) => -z));
    for (const x of [-2, -1.01, -0.3, 0, 0.2, 1.7]) expect(f.below(x)).toBeCloseTo(1 - mirrored.atOrBelow(-x), 12);
    for (const p of [0.0131, 0.3011, 0.7712]) expect(f.quantile(p)).toBeCloseTo(-mirrored.quantile(1 - p), 9);
    // Mean towards −17/16, the low end: most of the bin lies in its lower half.
    const low = oneBin(0.15, -1 - ONE);
    expect(low.below(-at(0.5))).toBeCloseTo(1 - (0.5 - 6 * 0.15 * 0.25), 12);
  });

  it('is exact for lattices: jumps where the points are, for both signs and 0', () => {
    const f = cdf([-3, -3, -1, 0, 0, -0, 1, 1, 3, 1.0625]);
    expect([f.below(-3), f.atOrBelow(-3)]).toEqual([0, 0.2]);
    expect([f.below(-1), f.atOrBelow(-1)]).toEqual([0.2, 0.3]);
    expect([f.below(0), f.atOrBelow(0)]).toEqual([0.3, 0.6]);
    expect([f.below(1), f.atOrBelow(1)]).toEqual([0.6, 0.8]);
    // 1.0625 is the edge of the next bin, and a point there.
    expect([f.below(1.0625), f.atOrBelow(1.0625)]).toEqual([0.8, 0.9]);
    expect(f.within(-1, 1)).toBeCloseTo(0.3, 15);
    expect(f.within(-1.0001, 1.0001)).toBeCloseTo(0.6, 15);
    expect(f.within(1, 1)).toBe(0);
    expect([f.below(-Infinity), f.atOrBelow(Infinity), f.below(Infinity)]).toEqual([0, 1, 1]);
    expect([0, 0.2, 0.21, 0.3, 0.6, 0.61, 1].map((p) => f.quantile(p) + 0)).toEqual([-3, -3, -1, -1, 0, 1, 3]);
  });

  it('spreads a point over its bin once the point rule is taken out', () => {
    const x = Math.fround(1.03);
    const lattice = histogramOf(tallyOf([-1, x]));
    const spread = new BinnedCdf(lattice.bins, lattice.counts, lattice.sums, new Uint8Array(2));
    expect(BinnedCdf.of(lattice).below(x)).toBe(0.5);
    expect(spread.below(x)).toBeGreaterThan(0.6);
  });

  it('counts both sides of a threshold inside a bin of its smeared lattice point', () => {
    const smeared = Array.from({ length: 100 }, (_, i) => Math.fround(1.03 + ((i % 5) - 2) * 2 ** -22));
    const f = cdf(smeared);
    expect(f.below(1.0299)).toBe(0);
    expect(f.below(1.0301)).toBe(1);
  });

  it('handles the bin at 0: exact zeros are a point, subnormals a bin', () => {
    const tiny = 2 ** -140;
    const f = cdf([0, tiny, tiny / 2, 3 * tiny]);
    expect(f.below(0)).toBe(0);
    expect(f.below(1e-30)).toBe(1);
    expect(f.quantile(0.5)).toBeGreaterThan(0);
    expect(cdf([-0, 0]).atOrBelow(0)).toBe(1);
    expect(cdf([-0, 0]).below(0)).toBe(0);
  });

  it('has no quantiles and no shares without values', () => {
    const empty = cdf([]);
    expect([empty.below(0), empty.atOrBelow(0), empty.quantile(0.5)]).toEqual([NaN, NaN, NaN]);
  });

  it('reads the quantiles of a normal to 1.5e-4 σ, ten times better than a flat density', () => {
    const n = 2 ** 17;
    const tally = tallyOf(Array.from({ length: n }, (_, i) => normalQuantile((i + 0.5) / n)));
    const f = BinnedCdf.ofTallies([tally]);
    const flat = new BinnedCdf(
      tally.bins,
      Float64Array.from(tally.counts),
      new Float64Array(tally.bins.length),
      new Uint8Array(tally.bins.length),
    );
    let [worst, worstFlat] = [0, 0];
    for (let p = 0.005; p < 1; p += 0.0023) {
      worst = Math.max(worst, Math.abs(f.quantile(p) - normalQuantile(p)));
      worstFlat = Math.max(worstFlat, Math.abs(flat.quantile(p) - normalQuantile(p)));
    }
    expect(worst).toBeLessThan(1.5e-4);
    expect(worstFlat).toBeGreaterThan(2e-3);
  });

  it('inverts itself', () => {
    const random = new TestRandom(8);
    const f = BinnedCdf.ofTallies(tallyBlocks(3, 500, () => random.normal()));
    for (let p = 0.01; p < 1; p += 0.01) {
      const q = f.quantile(p);
      expect(f.below(q)).toBeLessThanOrEqual(p + 1e-12);
      expect(f.atOrBelow(q)).toBeGreaterThanOrEqual(p - 1e-12);
    }
  });
});
