import { InitsweepError } from '../errors.ts';
import { type ClaimReport, isAsExpected } from '../report/claims/claim-report.ts';
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
 * Verifies runs one after another, in the order given. One that cannot be verified is reported, and the others go on.
 *
 * @param alpha chance of any false alarm in the theory of one run
 * @param onError is told why a run cannot be verified: RunDirectoryError, UsageError as `verifyDirectory` and `claimOfRun`
 */
export function verifyAll(
  paths: readonly string[],
  alpha: number | undefined,
  onError: (error: InitsweepError) => void,
): VerifiedRun[] {
  return paths.flatMap((run) => {
    try {
      return [verifyOne(run, alpha)];
    } catch (error) {
      if (!(error instanceof InitsweepError)) throw error;
      onError(error);
      return [];
    }
  });
}

function verifyOne(run: string, alpha: number | undefined): VerifiedRun {
  const theory = verifyDirectory(run, alpha);
  const claim = claimOfRun(openRunWithTables(run), theory);
  const passed = theory.verdict === 'agrees' && (claim === null || isAsExpected(claim));
  return { run, theory, claim, passed };
}
