import { type Judgement, judge, rareLimits, type TailGuard } from '../stats/guards.ts';
import { type Estimate, jackknife } from '../stats/jackknife.ts';
import type { LayerStatistic } from './layer-columns.ts';
import { JACOBIAN, LAYER_FIELDS, RECORD } from './layer-record.ts';

/** The records of a cell's blocks, and what they are averages of. */
export interface CellRecords {
  readonly records: readonly Float64Array[];
  /** Networks in a block. */
  readonly replicates: number;
  /** Width × batch. */
  readonly values: number;
  readonly depth: number;
  /** n·E w². */
  readonly weightSquare: number;
}

/** A statistic of a layer from sums over the blocks; see `layer-record.ts` for what is summed. NaN where it is undefined. */
type FromMeans = (mean: (field: keyof typeof RECORD) => number, weightSquare: number) => number;

const variance = (square: number, mean: number): number => {
  const difference = square - mean * mean;
  // Values that are all equal have a variance of rounding.
  return difference <= 2 ** -40 * square ? 0 : difference;
};

/** A product; NaN where it is 0 and its factors are not: one that a double cannot hold. */
const held = (product: number, ...factors: readonly number[]): number =>
  product === 0 && factors.every((factor) => factor !== 0) ? Number.NaN : product;

const STATISTICS: Readonly<Partial<Record<LayerStatistic, FromMeans>>> = {
  z_var: (mean) => variance(mean('zSquare'), mean('z')),
  a_mean: (mean) => mean('a'),
  // Activations of pre-activations that differ may differ by less than rounding.
  a_var: (mean) => held(variance(mean('aSquare'), mean('a')), mean('aSquare'), variance(mean('zSquare'), mean('z'))),
  saturated: (mean) => mean('saturated'),
  chi: (mean, weightSquare) => weightSquare * mean('slopeSquare'),
  grad_var: (mean) => held(mean('gradient'), gradientFlows(mean('logGradient'))),
  grad_log_var: (mean) => mean('logGradient'),
  weight_grad_rms: (mean, weightSquare) =>
    held(
      Math.sqrt(mean('weightGradient')),
      ...[gradientFlows(mean('logGradient')), mean('slopeSquare'), weightSquare, mean('zSquare')],
    ),
  correlation: (mean) => mean('zPairs') / mean('zSquare'),
};

/** 1 where no network has a gradient of 0. */
function gradientFlows(logGradient: number): 0 | 1 {
  return Number.isFinite(logGradient) ? 1 : 0;
}

/** Value and jackknife error of a statistic of a layer, from 0; null where it is undefined. */
export function layerEstimate(cell: CellRecords, name: LayerStatistic, layer: number): Estimate {
  const statistic = STATISTICS[name];
  if (statistic === undefined) return jacobianEstimate(cell, name, layer);
  const { records, replicates, weightSquare } = cell;
  const width = LAYER_FIELDS + 1;
  const rows = new Float64Array(records.length * width);
  records.forEach((record, block) => {
    rows[block * width] = replicates;
    rows.set(record.subarray(layer * LAYER_FIELDS, (layer + 1) * LAYER_FIELDS), block * width + 1);
  });
  return jackknife(rows, width, (sums) =>
    statistic((field) => (sums[1 + RECORD[field]] as number) / (sums[0] as number), weightSquare),
  );
}

const SPECTRUM: Readonly<
  Partial<Record<LayerStatistic, readonly [keyof typeof JACOBIAN, keyof typeof JACOBIAN | null]>>
> = {
  jac_max: ['largest', null],
  jac_median: ['median', 'medians'],
  jac_min: ['smallest', 'smallests'],
  jac_mean_sq: ['meanSquare', null],
};

const NOTHING: Estimate = { value: null, mcse: null };

function jacobianEstimate(cell: CellRecords, name: LayerStatistic, layer: number): Estimate {
  const { records, replicates, depth, weightSquare } = cell;
  const [field, known] = SPECTRUM[name] ?? [];
  const base = depth * LAYER_FIELDS;
  if (field === undefined || layer !== depth - 1 || (records[0]?.length ?? 0) <= base) return NOTHING;
  const of = (record: Float64Array, part: keyof typeof JACOBIAN): number => record[base + JACOBIAN[part]] as number;
  if (known !== null && known !== undefined && records.some((record) => of(record, known) !== replicates))
    return NOTHING;
  // What comes back to the first layer goes through the same matrices.
  const flows = gradientFlows(layerEstimate(cell, 'grad_log_var', 0).value ?? Number.NaN);
  const rows = Float64Array.from(records.flatMap((record) => [replicates, of(record, field)]));
  return jackknife(rows, 2, (sums) => held((sums[1] as number) / (sums[0] as number), flows, weightSquare));
}

/** Relative accuracy of activations in single precision: of a constant, their mean is a single. */
const ACCURACY = 1e-6;

/** The estimate with its guards, and the upper limit of a share too rare for an error. */
export function judgeLayer(
  cell: CellRecords,
  name: LayerStatistic,
  layer: number,
  { value, mcse }: Estimate,
  exact: number | null,
  tail: TailGuard | null,
): Judgement & { readonly upper: number | null } {
  if (value === null) return { mcse: null, zscore: null, note: null, upper: null };
  if (name === 'saturated' && exact === null) {
    const { records, replicates, values } = cell;
    const events = records.map((record) => (record[layer * LAYER_FIELDS + RECORD.saturated] as number) * values);
    const limits = rareLimits(
      events,
      records.map(() => replicates * values),
      replicates * records.length,
    );
    if (limits !== null) return { mcse: null, zscore: null, note: 'rare', upper: limits.upper };
  }
  const scale = Math.max(Math.abs(value), Math.abs(exact ?? 0), Number.MIN_VALUE);
  const judged = judge(value, mcse, exact, scale, tail, ACCURACY);
  // `verify` tests every z-score of the table.
  return { ...judged, zscore: tail === null || tail.verifiable ? judged.zscore : null, upper: null };
}
