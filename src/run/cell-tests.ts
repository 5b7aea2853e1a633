import { scoreBeyond } from '../stats/guards.ts';
import { type Comparison, rowScore } from './comparison.ts';

/** Statistics of the activation that are tested; the gains inherit from `d_sq_mean`. */
export const CELL_STATISTICS = ['a_mean', 'a_var', 'd_mean', 'd_sq_mean', 'saturated'] as const;

export type CellStatistic = (typeof CELL_STATISTICS)[number];

/** A statistic of g(βz) in units of that of g, whose argument is all that β·s(n) decides: derivatives in z carry powers of β. */
const UNITS: Readonly<Record<CellStatistic, (beta: number) => number>> = {
  a_mean: () => 1,
  a_var: () => 1,
  d_mean: (beta) => beta,
  d_sq_mean: (beta) => beta * beta,
  saturated: () => 1,
};

/** One statistic of one cell, as the table of estimates has it; null where the table holds a null. */
export interface CellEstimate {
  /** Weight shape and input: cells of one ensemble share draws. */
  readonly ensemble: string;
  readonly fanIn: number;
  readonly initializer: string;
  readonly activation: string;
  readonly beta: number;
  readonly statistic: CellStatistic;
  readonly value: number;
  readonly theory: number;
  readonly kind: 'exact' | 'gaussian';
  readonly mcse: number;
  /** From the table; null where a guard withholds it or the theory is not exact. */
  readonly zscore: number | null;
  readonly blocks: number;
  /** Estimated error |E f(z) − E_G f| of a `gaussian` theory (Edgeworth); null or absent when unknown. */
  readonly correction?: number | null;
}

/** Share of the standard error that a limit theory may be off by and still be tested. */
const NEGLIGIBLE = 0.1;

/** Relative accuracy of sums of atoms and of interpolated shares; absolute one of g and of g′, by its own argument, next to 0. */
const ACCURACY = 1e-5;
const ROUNDING = 1e-14;

/**
 * Comparisons of cells with exact theory, and of those in the Gaussian limit whose Edgeworth correction is under a tenth of a
 * standard error. One for each distinct (ensemble, fan-in, activation, statistic, value): copies of a cell under another
 * initializer, β or fan-out that come to the same β·s(n) inherit the verdict.
 */
export function* cellComparisons(cells: Iterable<CellEstimate>): Generator<Comparison> {
  const seen = new Map<string, Set<number>>();
  let statisticNow: CellStatistic | null = null;
  for (const cell of cells) {
    const score = cell.kind === 'exact' ? exactScore(cell) : limitScore(cell);
    if (score === null) continue;
    const { ensemble, fanIn, activation, statistic, value, theory, mcse, blocks } = cell;
    // The table comes one statistic after the other: what was seen of the last one is done with.
    if (statistic !== statisticNow) seen.clear();
    statisticNow = statistic;
    const group = `${ensemble}\n${fanIn}\n${activation}`;
    const values = seen.get(group) ?? new Set();
    seen.set(group, values);
    const unit = UNITS[statistic](cell.beta);
    const key = singleKey(value / unit, mcse / unit);
    if (values.has(key)) continue;
    values.add(key);
    const label = `${cell.initializer}, ${activation}, beta ${cell.beta}`;
    yield { ensemble, fanIn, statistic, cell: label, value, theory, mcse, zscore: score, blocks };
  }
}

const singles = new Float32Array(2);
const words = new Uint32Array(singles.buffer);

/**
 * Value and error in single precision as one number (32 bits and 21): equal β·s(n) by another order of operations differs in the
 * last bits of a double.
 */
function singleKey(value: number, mcse: number): number {
  singles[0] = value;
  singles[1] = mcse;
  return (words[0] as number) * 2 ** 21 + ((words[1] as number) >>> 11);
}

function exactScore(cell: CellEstimate): number | null {
  const { zscore: stated, value, theory, mcse } = cell;
  if (stated === null) return null;
  return rowScore(stated, value, theory, mcse, allowance(cell));
}

function limitScore(cell: CellEstimate): number | null {
  const { correction, value, theory, mcse } = cell;
  if (correction === undefined || correction === null || !(Math.abs(correction) < NEGLIGIBLE * mcse)) return null;
  return scoreBeyond(value - theory, mcse, allowance(cell));
}

function allowance({ statistic, beta, value, theory }: CellEstimate): number {
  const size = Math.max(Math.abs(value), Math.abs(theory));
  return Math.max(ACCURACY * size, ROUNDING * UNITS[statistic](beta));
}
