import type { SweepPlan } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { cellEstimates } from './cell-rows.ts';
import { type CellEstimate, cellComparisons } from './cell-tests.ts';
import type { Comparison } from './comparison.ts';
import { ensembleParts, type TallyRow } from './ensemble-parts.ts';
import { type EnsembleFanIn, ensembleComparisons } from './ensemble-tests.ts';
import { Family, type Judged, type VerifyTest } from './family.ts';
import { limitErrorOf } from './limit-error.ts';
import { zComparisons } from './z-rows.ts';

/** Chance of a single false alarm in the whole of a run. */
export const FAMILY_ALPHA = 1e-3;

/** A statistic with a theory that was not tested, and why: a report must not promise more than was checked. */
export interface Skipped {
  readonly statistic: string;
  readonly reason: string;
  /** How many (ensemble, fan-in) pairs. */
  readonly count: number;
}

export interface VerifyReport extends Judged {
  readonly alpha: number;
  /** The contradictions among `tests`. */
  readonly failures: readonly VerifyTest[];
  readonly skipped: readonly Skipped[];
  readonly verdict: 'agrees' | 'contradicts';
}

export interface VerifyInput {
  /** Each distinct (ensemble, fan-in) once. */
  readonly ensembles: Iterable<EnsembleFanIn>;
  readonly cells: Iterable<CellEstimate>;
  /** Further comparisons, such as the table's own columns of z. */
  readonly others?: Iterable<Comparison>;
  readonly alpha?: number;
}

/** A finished run: its plan, the rows of its `tallies.arrow` in file order, its `estimates.arrow`. */
export interface FinishedRun {
  readonly plan: SweepPlan;
  readonly tallies: Iterable<TallyRow>;
  readonly estimates: Pick<EstimateTable, 'rows' | 'numbers'>;
}

/**
 * Holds what was simulated against its theory: every statistic of z with an exact theory whose tails let its error
 * be trusted, and every cell whose theory is exact or as good as exact. Pure: reads nothing, prints nothing.
 */
export function verify({ ensembles, cells, others = [], alpha = FAMILY_ALPHA }: VerifyInput): VerifyReport {
  const skipped = new Map<string, Skipped>();
  const comparisons = ensembleComparisons(ensembles, (_ensemble, _fanIn, statistic, reason) => {
    const key = JSON.stringify([statistic, reason]);
    skipped.set(key, { statistic, reason, count: (skipped.get(key)?.count ?? 0) + 1 });
  });
  const family = new Family(alpha);
  for (const comparison of comparisons) family.add(comparison);
  for (const comparison of others) family.add(comparison);
  for (const comparison of cellComparisons(cells)) family.add(comparison);
  const judged = family.judge();
  return {
    alpha,
    ...judged,
    failures: judged.tests.filter((test) => test.verdict === 'contradicts'),
    skipped: [...skipped.values()],
    verdict: judged.contradictions > 0 ? 'contradicts' : 'agrees',
  };
}

/** {@link verify} for the tables of a run. */
export function verifyRun({ plan, tallies, estimates }: FinishedRun, alpha = FAMILY_ALPHA): VerifyReport {
  return verify({
    ensembles: ensembleParts(plan, tallies),
    others: zComparisons(plan, estimates),
    cells: cellEstimates(plan, estimates, limitErrorOf(plan, estimates)),
    alpha,
  });
}
