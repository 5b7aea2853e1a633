import type { ClaimReport } from '../report/claims/claim-report.ts';
import { openRunWithTables } from '../run/run-directory.ts';
import { type RunVerifyReport, verifyDirectory } from '../run/verify-run.ts';
import { claimOfRun } from './claim-of-run.ts';

/** What `verify` finds in one run. */
export interface VerifiedRun {
  readonly run: string;
  /** Simulation against theory. */
  readonly theory: RunVerifyReport;
  /** The tables against what the config expects of them; null where it expects nothing. */
  readonly claim: ClaimReport | null;
  /** No contradiction, and everything as expected. */
  readonly passed: boolean;
}

/**
 * Verifies runs one after another, in the order given.
 * @param alpha chance of any false alarm in the theory of one run
 * @throws RunDirectoryError, UsageError as `verifyDirectory` and `claimOfRun`
 */
export function verifyAll(paths: readonly string[], alpha?: number): VerifiedRun[] {
  return paths.map((run) => {
    const theory = verifyDirectory(run, alpha);
    const claim = claimOfRun(openRunWithTables(run));
    const passed = theory.verdict === 'agrees' && claim?.verdict !== 'not as expected';
    return { run, theory, claim, passed };
  });
}
