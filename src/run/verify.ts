import { holm, twoSidedP } from '../stats/holm.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { cellEstimates } from './cell-rows.ts';
import { type CellEstimate, cellComparisons } from './cell-tests.ts';
import type { Comparison } from './comparison.ts';
import { ensembleParts, type TallyRow } from './ensemble-parts.ts';
import { type EnsembleFanIn, ensembleComparisons } from './ensemble-tests.ts';
import { limitErrorOf } from './limit-error.ts';

/** Chance of a single false alarm in the whole of a run (STATISTICS rule 6). */
export const FAMILY_ALPHA = 1e-3;

/** A comparison and its verdict among all of them. */
export interface VerifyTest extends Comparison {
  /** Two-sided, from Student's t with blocks − 1 degrees of freedom. */
  readonly p: number;
  /** p after Holm's adjustment: a contradiction where it is at most α. */
  readonly adjusted: number;
  readonly verdict: 'agrees' | 'contradicts';
}

/** A statistic with a theory that was not tested, and why: a report must not promise more than was checked. */
export interface Skipped {
  readonly statistic: string;
  readonly reason: string;
  /** How many (ensemble, fan-in) pairs. */
  readonly count: number;
}

export interface VerifyReport {
  readonly alpha: number;
  /** Ascending by p. */
  readonly tests: readonly VerifyTest[];
  readonly failures: readonly VerifyTest[];
  readonly skipped: readonly Skipped[];
  readonly verdict: 'agrees' | 'contradicts';
}

export interface VerifyInput {
  /** Each distinct (ensemble, fan-in) once. */
  readonly ensembles: Iterable<EnsembleFanIn>;
  readonly cells: Iterable<CellEstimate>;
  readonly alpha?: number;
}

/** A finished run: its plan, the rows of its `tallies.arrow` in file order, its `estimates.arrow`. */
export interface FinishedRun {
  readonly plan: SweepPlan;
  readonly tallies: Iterable<TallyRow>;
  readonly estimates: Pick<EstimateTable, 'rows' | 'numbers'>;
}

/** Judges comparisons as one family. Ascending by p, ties in the order given. */
export function verifyTests(comparisons: readonly Comparison[], alpha = FAMILY_ALPHA): VerifyTest[] {
  const p = comparisons.map((c) => twoSidedP(c.zscore, c.blocks));
  const adjusted = holm(p);
  return comparisons
    .map((c, i): VerifyTest => {
      const level = adjusted[i] as number;
      return { ...c, p: p[i] as number, adjusted: level, verdict: level <= alpha ? 'contradicts' : 'agrees' };
    })
    .sort((a, b) => a.p - b.p);
}

/**
 * Holds what was simulated against its theory: every statistic of z with an exact theory where STATISTICS rule 5 lets its error
 * be trusted, and every cell whose theory is exact or as good as exact. Pure: reads nothing, prints nothing.
 */
export function verify({ ensembles, cells, alpha = FAMILY_ALPHA }: VerifyInput): VerifyReport {
  const skipped = new Map<string, Skipped>();
  const comparisons = ensembleComparisons(ensembles, (_ensemble, _fanIn, statistic, reason) => {
    const key = JSON.stringify([statistic, reason]);
    skipped.set(key, { statistic, reason, count: (skipped.get(key)?.count ?? 0) + 1 });
  });
  for (const comparison of cellComparisons(cells)) comparisons.push(comparison);
  const tests = verifyTests(comparisons, alpha);
  const failures = tests.filter((test) => test.verdict === 'contradicts');
  return {
    alpha,
    tests,
    failures,
    skipped: [...skipped.values()],
    verdict: failures.length > 0 ? 'contradicts' : 'agrees',
  };
}

/** {@link verify} for the tables of a run. */
export function verifyRun({ plan, tallies, estimates }: FinishedRun, alpha = FAMILY_ALPHA): VerifyReport {
  return verify({
    ensembles: ensembleParts(plan, tallies),
    cells: cellEstimates(plan, estimates, limitErrorOf(plan, estimates)),
    alpha,
  });
}
