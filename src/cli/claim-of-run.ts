import { NO_EXPECTATIONS, ROW_TABLES } from '../model/expect-spec.ts';
import { type ClaimReport, reportClaim } from '../report/claims/claim-report.ts';
import { rowsOf } from '../run/finished-tables.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import type { RunVerifyReport } from '../run/verify-run.ts';

/**
 * Holds the tables of a finished run against what its config expects of them; null where it expects nothing.
 *
 * @param theory what `verifyDirectory` says of the run
 * @throws UsageError for an expectation that does not fit the tables, RunDirectoryError for a table that is missing or damaged
 */
export function claimOfRun(
  run: RunDirectory,
  { total, contradictions, missing }: Pick<RunVerifyReport, 'total' | 'contradictions' | 'missing'>,
): ClaimReport | null {
  const { spec, expectations = NO_EXPECTATIONS } = run.sweep;
  if (expectations.expect.length === 0) return null;
  const [main] = ROW_TABLES[spec.experiment];
  return reportClaim(expectations, (name) => ({ rows: rowsOf(run, name ?? main), blocks: run.plan.blocks }), {
    tests: total,
    contradictions,
    missing: missing.length,
  });
}
