import { NOTES, THEORY_KINDS } from '../stats/statistics.ts';
import type { DepthCell, DepthPlan } from './depth-plan.ts';
import { type DepthTheory, depthTheory, weightSquare } from './depth-theory.ts';
import { LAYER_COLUMNS, LAYER_STATISTICS, type LayerStatistic } from './layer-columns.ts';
import { type CellRecords, judgeLayer, layerEstimate } from './layer-estimates.ts';
import { exactTail, layerTail } from './layer-tail.ts';
import { partsOf } from './network-job.ts';

const COLUMN = new Map(LAYER_COLUMNS.map(({ name }, i) => [name, i]));

/** Blocks without which there is no standard error: rows of fewer hold their axes and theory alone. */
const LEAST_BLOCKS = 2;

/**
 * The rows of one cell in `layers.arrow`: one a layer, every number beside its error and its theory.
 *
 * @param blocks records of its blocks, in block order; null where one is missing
 * @returns column-major over LAYER_COLUMNS, NaN for null
 */
export function deriveLayers(
  plan: DepthPlan,
  cell: DepthCell,
  blocks: readonly (Float64Array | null)[],
): { values: Float64Array; rows: number } {
  const { depth, batch } = plan.spec;
  const { width, initializer, beta } = partsOf(plan, cell);
  const series = plan.networks[cell.network];
  const records = blocks.filter((record) => record !== null);
  const theory = depthTheory(plan, cell);
  const values = new Float64Array(LAYER_COLUMNS.length * depth).fill(Number.NaN);
  const put = (row: number, column: string, value: number | null | undefined): void => {
    const at = COLUMN.get(column);
    if (at !== undefined && value !== null && value !== undefined) values[at * depth + row] = value;
  };
  const own: CellRecords = {
    ...{ records, depth },
    replicates: plan.blockSamples,
    values: width * batch,
    weightSquare: weightSquare(plan, cell),
  };
  const networks = plan.blockSamples * records.length;
  for (let row = 0; row < depth; row++) {
    put(row, 'initializer', series?.initializer);
    put(row, 'input', cell.input);
    put(row, 'activation', series?.activation);
    put(row, 'width', width);
    put(row, 'depth', depth);
    put(row, 'layer', row + 1);
    put(row, 'beta', beta);
    put(row, 'weight_std', Math.sqrt(initializer.weightVariance(width, width)));
    put(row, 'samples', networks * width * batch);
    put(row, 'replicates', networks);
    put(row, 'blocks', records.length);
    put(row, 'q_star', theory.limit?.q);
    put(row, 'chi_fixed', theory.limit?.chi);
    put(row, 'depth_scale', theory.limit?.depthScale);
    put(row, 'c_star', theory.limit?.correlation);
    for (const { name } of LAYER_STATISTICS)
      putStatistic((part, value) => put(row, `${name}${part}`, value), own, theory, name, row);
  }
  return { values, rows: depth };
}

/** @param put writes one column of the statistic, by the end of its name */
function putStatistic(
  put: (part: string, value: number | null) => void,
  cell: CellRecords,
  theory: DepthTheory,
  name: LayerStatistic,
  layer: number,
): void {
  const expected = theory.layers[layer]?.[name] ?? null;
  const kind = isExact(name, layer, cell.depth, theory) ? 'exact' : 'gaussian';
  if (expected !== null) {
    put('_theory', expected);
    put('_theory_kind', THEORY_KINDS.indexOf(kind));
  }
  if (cell.records.length < LEAST_BLOCKS) return;
  const estimate = layerEstimate(cell, name, layer);
  const exact = kind === 'exact' ? expected : null;
  const tail =
    kind === 'exact' ? exactTail(cell, name, layer, theory) : layerTail(cell, name, layer, theory.logVariances);
  const { mcse, zscore, note, upper } = judgeLayer(cell, name, layer, estimate, exact, tail);
  put('', estimate.value);
  put('_mcse', mcse);
  put('_upper', upper);
  put('_zscore', zscore);
  put('_note', note === null ? null : NOTES.indexOf(note));
}

/** Whether a theory holds at this width, and not in the limit alone. */
function isExact(name: LayerStatistic, layer: number, depth: number, { zeroWeights }: DepthTheory): boolean {
  // A logarithm's mean is not the logarithm of the mean: a limit, whatever the weights.
  if (name === 'grad_log_var') return false;
  // Var z₁ follows from the moments of weights and inputs, and the gradient at the output is drawn with variance 1.
  return zeroWeights || (name === 'z_var' && layer === 0) || (name === 'grad_var' && layer === depth - 1);
}
