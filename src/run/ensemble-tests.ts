import { meanTail, skewnessTail } from '../derive/mean-tail.ts';
import { effectiveSize, SINGLE_ACCURACY, tailGuard } from '../stats/guards.ts';
import { leaveOneOut, leaveOneOutRatio } from '../stats/jackknife.ts';
import { blockPowers, excessOf, POWER_SUMS, skewnessOf } from '../stats/moments.ts';
import type { Tally } from '../stats/tally.ts';
import type { ZMoments } from '../theory/moments.ts';
import { average, type Comparison, type Contrast, comparison } from './comparison.ts';
import { cosineSkewness, frequencies, meanCosine } from './harmonics.ts';

/** What was simulated for one (ensemble, fan-in), at unit weight scale, and what theory says of it. */
export interface EnsembleFanIn {
  /** Weight shape and input. */
  readonly ensemble: string;
  readonly fanIn: number;
  /** One for each block, in order; z is tallied about {@link centre}. */
  readonly tallies: readonly Tally[];
  /** What was subtracted from z. */
  readonly centre: number;
  /** How far that may be from E z, as a share of it. */
  readonly centringError: number;
  readonly theory: ZMoments;
  /** Variance of the mean and of the mean square against independent draws (docs/guide.md, Sharing draws); null when unknown. */
  readonly inflation: { readonly mean: number | null; readonly variance: number | null };
  /** E cos(ω(z − centre)); null where it is not known. */
  readonly characteristic: (omega: number) => number | null;
}

/** Why a statistic that has a theory was not tested. */
export type Skip = (ensemble: string, fanIn: number, statistic: string, reason: string) => void;

/** Measured error of E cos(ωz) from bins: of a Cauchy, whose wide bins hold whole waves, and of lighter tails. */
const WIDE_BINS = 1e-4;
const NARROW_BINS = 1e-6;

/** Every comparison of z itself: each statistic at each fan-in, and its averages over the fan-ins of the ensemble. */
export function ensembleComparisons(parts: Iterable<EnsembleFanIn>, skip: Skip = () => {}): Comparison[] {
  const comparisons: Comparison[] = [];
  const series = new Map<string, { ensemble: string; contrasts: Contrast[] }>();
  for (const part of parts)
    for (const contrast of contrasts(part, skip)) {
      push(comparisons, comparison(part.ensemble, part.fanIn, contrast));
      if (!(contrast.scale > 0)) continue;
      const key = JSON.stringify([part.ensemble, contrast.statistic, contrast.shifts.length]);
      const entry = series.get(key) ?? { ensemble: part.ensemble, contrasts: [] };
      entry.contrasts.push(contrast);
      series.set(key, entry);
    }
  for (const { ensemble, contrasts } of series.values()) {
    const [first, ...rest] = contrasts;
    if (first !== undefined && rest.length > 0)
      push(comparisons, comparison(ensemble, null, average([first, ...rest])));
  }
  return comparisons;
}

function push(list: Comparison[], item: Comparison | null): void {
  if (item !== null) list.push(item);
}

function* contrasts(part: EnsembleFanIn, skip: Skip): Generator<Contrast> {
  yield* momentContrasts(part, skip);
  const accuracy = part.theory.k2 === Number.POSITIVE_INFINITY ? WIDE_BINS : NARROW_BINS;
  const omegas = frequencies(part.theory.variance, part.tallies);
  // A cosine is even, so sharing draws costs it what it costs z².
  const effective = effectiveSize(samplesOf(part), part.inflation.variance);
  for (const [i, omega] of omegas.entries()) {
    const theory = part.characteristic(omega);
    if (theory === null) continue;
    const statistic = `cos(${i + 1}z/sd)`;
    if (!skewnessTail(cosineSkewness(omega, part.characteristic), effective).verifiable)
      skip(part.ensemble, part.fanIn, statistic, 'heavy tails');
    else yield { statistic, theory, scale: 1, accuracy, ...meanCosine(omega, part.tallies) };
  }
}

function samplesOf({ tallies }: EnsembleFanIn): number {
  return tallies.reduce((n, tally) => n + tally.count, 0);
}

/**
 * Mean, E z² as a linear statistic about the exact centre, skewness and excess kurtosis, where the tails allow. Skewness is held to K₄
 * as kurtosis is.
 */
function* momentContrasts(part: EnsembleFanIn, skip: Skip): Generator<Contrast> {
  const { theory, centre, centringError, tallies, ensemble, fanIn, inflation } = part;
  const drop = (statistic: string, reason: string) => skip(ensemble, fanIn, statistic, reason);
  if (!Number.isFinite(theory.variance)) {
    drop('z_mean', Number.isNaN(theory.variance) ? 'unknown variance' : 'infinite variance');
    return;
  }
  const rows = blockPowers(tallies);
  const column = (j: number) => tallies.map((_, b) => rows[b * POWER_SUMS + j] as number);
  const samples = samplesOf(part);
  const offset = theory.mean - centre;
  // What does not vary is measured against its mean.
  const sd = Math.sqrt(theory.variance) || Math.abs(theory.mean);

  if (!meanTail(theory, effectiveSize(samples, inflation.mean)).verifiable) drop('z_mean', 'heavy tails');
  else {
    const { value, shifts } = leaveOneOutRatio(column(1), column(0));
    const accuracy = SINGLE_ACCURACY + (sd > 0 ? (centringError * Math.abs(theory.mean)) / sd : 0);
    yield { statistic: 'z_mean', value: value + centre, theory: theory.mean, scale: sd, shifts, accuracy };
  }
  const effective = effectiveSize(samples, inflation.variance);
  if (theory.variance > 0 && !tailGuard(theory.k2, effective).verifiable) drop('z_sq', 'heavy tails');
  else
    yield {
      statistic: 'z_sq',
      theory: theory.variance + offset * offset,
      scale: sd * sd,
      ...leaveOneOutRatio(column(2), column(0)),
    };
  for (const [statistic, of, truth] of [
    ['z_skew', skewnessOf, theory.skewness],
    ['z_kurt', excessOf, theory.excess],
  ] as const) {
    if (truth === null || !Number.isFinite(truth)) continue;
    if (!tailGuard(theory.k4, effective).verifiable) drop(statistic, 'heavy tails');
    else yield { statistic, theory: truth, scale: 1, ...leaveOneOut(rows, POWER_SUMS, of) };
  }
}
