import { cos, sin } from '../numeric/elementary.ts';
import { BinnedCdf } from '../stats/cdf.ts';
import { binAtoms, histogramOf } from '../stats/histogram.ts';
import { type LeaveOneOut, leaveOneOutRatio } from '../stats/jackknife.ts';
import type { Tally } from '../stats/tally.ts';

/** Between the quartiles of a normal lie this many standard deviations. */
const QUARTILE_RANGE = 1.349;
/** A variance of a cosine below this is the error of its characteristic function. */
const ROUNDING = 1e-12;

/**
 * Frequencies at which cos(ωz) is compared with the characteristic function: 1/σ and 2/σ. Without a finite σ, one from the
 * quartiles, rounded to a power of two so that the frequency hardly ever depends on the draws. Empty when z does not vary.
 */
export function frequencies(variance: number, tallies: readonly Tally[]): readonly number[] {
  const sd = Number.isFinite(variance) ? Math.sqrt(variance) : quartileSpread(tallies);
  return sd > 0 ? [1 / sd, 2 / sd] : [];
}

function quartileSpread(tallies: readonly Tally[]): number {
  const cdf = BinnedCdf.ofTallies(tallies);
  const range = cdf.quantile(0.75) - cdf.quantile(0.25);
  return range > 0 ? powerOfTwo(range / QUARTILE_RANGE) : 0;
}

/** The largest power of two not above x > 0. */
function powerOfTwo(x: number): number {
  let power = 1;
  while (power <= x) power *= 2;
  while (power > x) power /= 2;
  return power;
}

/**
 * E cos(ωz), z about its centre, with leave-one-out shifts.
 *
 * A bin counts as a uniform density of its own mean m and standard deviation s: cos(ωm)·sin(x)/x with x = √3·ωs. For small
 * bins that is two atoms at m ± s to fourth order; unlike them it fades where a wide bin of a heavy tail holds
 * whole waves.
 */
export function meanCosine(omega: number, tallies: readonly Tally[]): LeaveOneOut {
  const sums = tallies.map((tally) => {
    const histogram = histogramOf(tally);
    const { means, spreads } = binAtoms(histogram);
    let sum = 0;
    for (let i = 0; i < means.length; i++) {
      const x = Math.sqrt(3) * omega * (spreads[i] as number);
      const fade = x === 0 ? 1 : sin(x) / x;
      sum += (histogram.counts[i] as number) * cos(omega * (means[i] as number)) * fade;
    }
    return sum;
  });
  return leaveOneOutRatio(
    sums,
    tallies.map((tally) => tally.count),
  );
}

/**
 * Skewness of cos(ωz), large where rare events alone make it vary. NaN where it is unknown; 0 where cos(ωz) does not vary.
 *
 * @param characteristic E cos(ωz)
 */
export function cosineSkewness(omega: number, characteristic: (omega: number) => number | null): number {
  const at = (k: number) => characteristic(k * omega) ?? Number.NaN;
  const [first, second, third] = [at(1), at(2), at(3)];
  const square = (1 + second) / 2;
  const variance = square - first * first;
  if (variance <= ROUNDING) return 0;
  const cube = (3 * first + third) / 4;
  return (cube - 3 * first * square + 2 * first * first * first) / (variance * Math.sqrt(variance));
}
