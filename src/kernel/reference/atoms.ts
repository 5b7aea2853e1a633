import { gaussLegendre } from '../../numeric/gauss-legendre.ts';
import { binAtoms, type Histogram, pointBins } from '../../stats/histogram.ts';
import { binMiddle, binUlp, HALF_BIN } from '../../stats/tally.ts';
import type { Atoms } from './functionals.ts';

/** Bins closer to the centre than this many of their widths are cut into pieces. */
const NEAR = 16;
/** The piece at the centre is this share of a bin's width; from there each is √2 times as far out as the one before. */
const FINEST = 2 ** -20;
const NODE = Math.sqrt(0.6);
/** Points a bin for functions that are steep beside the bins (assembly/atoms.ts). */
const FINE = 16;

/**
 * The values of a histogram as weighted points, bins ascending: two atoms at m ± √v for each bin; near `centre` (NaN: nowhere) as many
 * as a steep spot or a kink there takes, under the linear density of the bin's mean (assembly/atoms.ts).
 *
 * @param fine for each bin the points of a longer rule for the uniform law with its mean and variance instead
 */
export function atomsOf(histogram: Histogram, centre: number, fine = false): Atoms {
  const { means, spreads } = binAtoms(histogram);
  const isPoint = pointBins(histogram);
  const points: number[] = [];
  const weights: number[] = [];
  histogram.bins.forEach((bin, i) => {
    const share = (histogram.counts[i] as number) / histogram.count;
    const sign = bin < 0 ? -1 : 1;
    const middle = sign * binMiddle(bin);
    const width = 2 * HALF_BIN * binUlp(bin);
    const c = (centre - middle) / width;
    if (isPoint[i] === 0 && Math.abs(c) < NEAR) {
      const offset = (histogram.sums[i] as number) / (histogram.counts[i] as number);
      const delta = Math.max(-1 / 6, Math.min(1 / 6, (sign * offset) / (2 * HALF_BIN)));
      for (const [x, weight] of pieces(c, delta)) {
        points.push(middle + x * width);
        weights.push(share * weight);
      }
    } else if (fine && isPoint[i] === 0) {
      const rule = gaussLegendre(FINE);
      rule.nodes.forEach((node, j) => {
        points.push((means[i] as number) + Math.sqrt(3) * (spreads[i] as number) * node);
        weights.push(0.5 * share * (rule.weights[j] as number));
      });
    } else {
      points.push((means[i] as number) - (spreads[i] as number), (means[i] as number) + (spreads[i] as number));
      weights.push(0.5 * share, 0.5 * share);
    }
  });
  return { points: Float64Array.from(points), weights: Float64Array.from(weights) };
}

/** Points x in [−½, ½] of a bin and their weights under the density 1 + 12δx, pieces graded toward x = c. */
function* pieces(c: number, delta: number): Generator<readonly [number, number]> {
  for (const [from, to, sign] of [
    [Math.max(0, -0.5 - c), 0.5 - c, 1],
    [Math.max(0, c - 0.5), c + 0.5, -1],
  ] as const) {
    for (let near = from, far = near; near < to; near = far) {
      far = Math.min(to, Math.max(FINEST, near * Math.SQRT2));
      const middle = c + (sign * (near + far)) / 2;
      const half = (far - near) / 2;
      for (const node of [-1, 0, 1]) {
        const x = middle + node * NODE * half;
        yield [x, 2 * half * (node === 0 ? 8 / 18 : 5 / 18) * (1 + 12 * delta * x)];
      }
    }
  }
}
