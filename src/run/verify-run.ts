import { openRunWithTables, requireLayer } from './directory.ts';
import { estimatesOf, talliesOf } from './finished-tables.ts';
import { FAMILY_ALPHA, type VerifyReport, verifyRun } from './verify.ts';

/**
 * Holds the tables of a finished run against theory (STATISTICS rule 6). Memory is one (ensemble, fan-in) and a few columns.
 *
 * @param path directory of the run
 * @param alpha chance of a single false alarm in the whole run
 * @throws RunDirectoryError when there is no finished run, or a table is damaged
 */
export function verifyDirectory(path: string, alpha = FAMILY_ALPHA): VerifyReport {
  const run = requireLayer(openRunWithTables(path), 'verify');
  return verifyRun({ plan: run.plan, tallies: talliesOf(run), estimates: estimatesOf(run) }, alpha);
}
