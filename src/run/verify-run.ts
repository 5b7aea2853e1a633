import { experimentOf } from '../experiment/plan-of.ts';
import type { Comparison } from './comparison.ts';
import type { FailedBlock } from './faults.ts';
import { estimatesOf, rowsOf, talliesOf } from './finished-tables.ts';
import { rowComparisons } from './row-comparisons.ts';
import { isLayer, openRunWithTables, type RunDirectory } from './run-directory.ts';
import { FAMILY_ALPHA, type VerifyReport, verify, verifyRun } from './verify.ts';

export interface RunVerifyReport extends VerifyReport {
  /** Blocks that failed: what is tested does without them. */
  readonly missing: readonly FailedBlock[];
}

/**
 * Holds the tables of a finished run against theory. Memory is one (ensemble, fan-in) and a few columns.
 *
 * @param path directory of the run
 * @param alpha chance of a single false alarm in the whole run
 * @throws RunDirectoryError when there is no finished run, or a table is damaged
 */
export function verifyDirectory(path: string, alpha = FAMILY_ALPHA): RunVerifyReport {
  const run = openRunWithTables(path);
  const report = isLayer(run)
    ? verifyRun({ plan: run.plan, tallies: talliesOf(run), estimates: estimatesOf(run) }, alpha)
    : verify({ ensembles: [], cells: [], others: comparisonsOf(run), alpha });
  return { ...report, missing: run.manifest.failures };
}

/** Every row with an exact theory, in the tables of any experiment. */
function* comparisonsOf(run: RunDirectory): Generator<Comparison> {
  for (const { name } of experimentOf(run.plan).tables) yield* rowComparisons(rowsOf(run, name));
}
