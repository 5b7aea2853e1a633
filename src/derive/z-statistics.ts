import { normalQuantile } from '../numeric/special.ts';
import { type Judgement, judge, SINGLE_ACCURACY, type TailGuard, tailGuard } from '../stats/guards.ts';
import type { Estimate } from '../stats/jackknife.ts';
import type { StatisticName } from '../stats/statistics.ts';
import { type EnsembleEstimate, QUANTILES } from './ensemble.ts';
import { meanTail } from './mean-tail.ts';
import type { RowWriter } from './row-writer.ts';
import { type EnsembleTheory, expectedQuantile, type Theory } from './theory.ts';

const NORMAL_QUANTILES = QUANTILES.map(normalQuantile);
const NO_JUDGEMENT: Judgement = { mcse: null, zscore: null, note: null };
const QUANTILE_NAMES = ['z_p01', 'z_p05', 'z_p50', 'z_p95', 'z_p99'] as const satisfies readonly StatisticName[];

/**
 * The statistics of z itself under weight scale s: means and quantiles multiply by s, the variance by s², the shape numbers
 * not at all (a negative scale mirrors).
 */
export function zStatistics(
  rows: RowWriter,
  row: number,
  scale: number,
  estimate: EnsembleEstimate,
  theory: EnsembleTheory,
  effective: { readonly mean: number; readonly variance: number },
): void {
  const { z, offset } = theory;
  const square = scale * scale;
  const spread = Math.abs(scale) * Math.sqrt(finite(z.variance) ?? 1) || Math.abs(scale * offset) || 1;
  const infinite: TailGuard | null = z.variance === Infinity ? { note: 'infinite', verifiable: false } : null;
  const put = (
    name: StatisticName,
    { value, mcse }: Estimate,
    factor: number,
    truth: number | null,
    unit: number,
    tail: TailGuard | null,
    shift = 0,
  ): void => {
    const known: Theory | null = truth === null ? null : { value: truth, kind: 'exact' };
    if (value === null) {
      rows.statistic(row, name, null, NO_JUDGEMENT, known);
      return;
    }
    const estimated = shift + factor * value;
    const error = mcse === null ? null : Math.abs(factor) * mcse;
    rows.statistic(row, name, estimated, judge(estimated, error, truth, unit, tail, SINGLE_ACCURACY), known);
  };
  const guard = (k: number | null, n: number) => infinite ?? tailGuard(k, n);
  const meanTruth = infinite ? null : scale * z.mean;
  put('z_mean', estimate.mean, scale, meanTruth, spread, infinite ?? meanTail(z, effective.mean), scale * offset);
  put(
    'z_var',
    estimate.variance,
    square,
    scaled(finite(z.variance), square),
    spread * spread,
    guard(z.k2, effective.variance),
  );
  if (scale !== 0) {
    const mirror = Math.sign(scale);
    put('z_skew', estimate.skewness, mirror, scaled(finite(z.skewness), mirror), 1, guard(z.k4, effective.variance));
    put('z_kurt', estimate.excess, 1, finite(z.excess), 1, guard(z.k4, effective.variance));
  }
  QUANTILES.forEach((_, i) => {
    const q = scale < 0 ? QUANTILES.length - 1 - i : i;
    const expected = expectedQuantile(theory, NORMAL_QUANTILES[q] as number);
    quantile(
      rows,
      row,
      QUANTILE_NAMES[i] as StatisticName,
      estimate.quantiles[q] as Estimate,
      expected,
      scale,
      theory,
      spread,
    );
  });
  const [low, high] = [scale * (estimate.merged.min + offset), scale * (estimate.merged.max + offset)];
  rows.statistic(row, 'z_absmax', Math.max(Math.abs(low), Math.abs(high)), NO_JUDGEMENT, null);
}

function quantile(
  rows: RowWriter,
  row: number,
  name: StatisticName,
  { value, mcse }: Estimate,
  expected: number | null,
  scale: number,
  { offset, kind }: EnsembleTheory,
  spread: number,
): void {
  if (value === null || mcse === null) return;
  const estimated = scale * (value + offset);
  const truth = expected === null ? null : scale * (expected + offset);
  const error = Math.abs(scale) * mcse;
  const judged = judge(estimated, error, kind === 'exact' ? truth : null, spread, null, SINGLE_ACCURACY);
  rows.statistic(row, name, estimated, judged, truth === null ? null : { value: truth, kind });
}

function finite(x: number | null): number | null {
  return x !== null && Number.isFinite(x) ? x : null;
}

function scaled(x: number | null, factor: number): number | null {
  return x === null ? null : x * factor;
}
