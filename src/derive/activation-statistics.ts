import type { Activation } from '../model/activations.ts';
import { type Judgement, judge, rareLimits, SINGLE_ACCURACY, type TailGuard, tailGuard } from '../stats/guards.ts';
import { jackknifeRatio } from '../stats/jackknife.ts';
import type { StatisticName } from '../stats/statistics.ts';
import type { Cell } from './cells.ts';
import type { EnsembleEstimate } from './ensemble.ts';
import type { RowWriter } from './row-writer.ts';
import { type SaturatedSet, saturatedCounts, saturatedShare } from './saturation.ts';
import { type EnsembleTheory, expectedSaturation, type Theory } from './theory.ts';

/** What is known of an activation before any cell. */
export interface ActivationFacts {
  readonly activation: Activation;
  readonly set: SaturatedSet;
  /** E g for every z symmetric about 0, where there is such a number. */
  readonly symmetricMean: number | null;
  readonly bounded: boolean;
}

/** What the activation statistics of one cell are made from. */
export interface CellContext {
  readonly cell: Cell;
  readonly fanIn: number;
  readonly facts: ActivationFacts;
  readonly estimate: EnsembleEstimate;
  readonly theory: EnsembleTheory;
  /** N_e of the variance (docs/guide.md, Sharing draws). */
  readonly effective: number;
  readonly replicates: number;
  /** E g, Var g, E g′, E g′² of the simulation and their standard errors. */
  readonly answer: Float64Array;
  /** The same four in theory and K of each, or null. */
  readonly expected: Float64Array | null;
}

/** Mean and variance of the activation, moments of the derivative in z, saturated share, gains. */
export function activationStatistics(rows: RowWriter, row: number, context: CellContext): void {
  const { cell, answer, expected, theory, facts } = context;
  const { beta } = cell;
  const put = (
    name: StatisticName,
    at: number,
    factor: number,
    tail: TailGuard | null,
    exact: number | null = null,
  ) => {
    const value = factor * (answer[at] as number);
    const limit = expected === null ? null : factor * (expected[at] as number);
    const known: Theory | null =
      exact !== null ? { value: exact, kind: 'exact' } : limit === null ? null : { value: limit, kind: theory.kind };
    const truth = known?.kind === 'exact' ? known.value : null;
    const unit = factor * sizeOf(answer, at) || 1;
    const accuracy = Math.max(SINGLE_ACCURACY, (factor * roundingOf(at, facts.activation.maxDerivative)) / unit);
    rows.statistic(
      row,
      name,
      value,
      judge(value, factor * (answer[at + 4] as number), truth, unit, tail, accuracy),
      known,
    );
  };
  const { mean, variance } = tails(context);
  // Heavy tails that are not z's but the activation's: a steep g′, or one that is next to 0 where constant weights carry z, is an average
  // over a few z near 0 that a sample may not hold. The data cannot warn, but the law can, the limit's as well.
  const guard = (at: number) => (expected === null ? null : tailGuard(expected[at + 4] as number, context.effective));
  // An unbounded g of a z without a variance need not have a mean: symmetry alone gives none.
  put('a_mean', 0, 1, mean ?? guard(0), theory.symmetric && mean === null ? facts.symmetricMean : null);
  put('a_var', 1, 1, variance?.note ? variance : guard(1));
  put('d_mean', 2, beta, guard(2));
  put('d_sq_mean', 3, beta * beta, guard(3));
  saturated(rows, row, context);
  put('chi_forward', 3, context.fanIn * cell.weightVariance * beta * beta, guard(3));
  put('chi_backward', 3, cell.fanOut * cell.weightVariance * beta * beta, guard(3));
}

/** The size that rounding is measured by: a mean against its spread as well, a square against itself. */
function sizeOf(answer: Float64Array, at: number): number {
  const value = Math.abs(answer[at] as number);
  return at === 0 ? Math.max(value, Math.sqrt(answer[1] as number)) : value;
}

/** A kernel's g′ is good to 1e-15 of its maximum where it crosses 0 (gelu, silu). */
function roundingOf(at: number, maxDerivative: number): number {
  if (at < 2) return 0;
  return 1e-15 * (at === 2 ? maxDerivative : maxDerivative * maxDerivative);
}

/** Bounded activations have every moment; the others inherit the tails of z. */
function tails({ facts, theory, effective }: CellContext): { mean: TailGuard | null; variance: TailGuard | null } {
  if (facts.bounded) return { mean: null, variance: null };
  const infinite = theory.z.variance === Infinity ? ({ note: 'infinite', verifiable: false } as const) : null;
  return { mean: infinite, variance: infinite ?? tailGuard(theory.z.k2, effective) };
}

function saturated(rows: RowWriter, row: number, context: CellContext): void {
  const { cell, estimate, theory, replicates } = context;
  const { set } = context.facts;
  const { factor, offset } = cell.functional;
  const limit = expectedSaturation(theory, set, factor, offset);
  const known: Theory | null = limit === null ? null : { value: limit, kind: theory.kind };
  const truth = known?.kind === 'exact' ? known.value : null;
  const value = saturatedShare(set, factor, offset, estimate.cdf);
  // Weights of 0, or an activation that saturates everywhere or nowhere: nothing is random about the share.
  if (factor === 0 || set.intervals.length === 0 || theory.law?.kind === 'zero') {
    rows.statistic(row, 'saturated', value, judge(value, 0, truth, 1), known);
    return;
  }
  const events = saturatedCounts(set, factor, offset, estimate.merged);
  const rare = rareLimits(events, estimate.merged.blockCounts, replicates);
  if (rare !== null) {
    const judgement: Judgement = { mcse: null, zscore: null, note: 'rare' };
    rows.statistic(row, 'saturated', value, judgement, known, rare.upper);
    return;
  }
  const { mcse } = jackknifeRatio(events, estimate.merged.blockCounts);
  rows.statistic(row, 'saturated', value, judge(value, mcse, truth, 1), known);
}
