import { experimentOf } from '../experiment/plan-of.ts';
import { isLayer, openRunWithTables } from './directory.ts';
import { estimatesOf, rowsOf, talliesOf } from './finished-tables.ts';
import { rowComparisons } from './row-comparisons.ts';
import { FAMILY_ALPHA, type VerifyReport, verify, verifyRun } from './verify.ts';

/**
 * Holds the tables of a finished run against theory (STATISTICS rule 6). Memory is one (ensemble, fan-in) and a few columns.
 *
 * @param path directory of the run
 * @param alpha chance of a single false alarm in the whole run
 * @throws RunDirectoryError when there is no finished run, or a table is damaged
 */
export function verifyDirectory(path: string, alpha = FAMILY_ALPHA): VerifyReport {
  const run = openRunWithTables(path);
  if (isLayer(run)) return verifyRun({ plan: run.plan, tallies: talliesOf(run), estimates: estimatesOf(run) }, alpha);
  const tables = experimentOf(run.plan).tables.map(({ name }) => rowsOf(run, name));
  return verify({ ensembles: [], cells: [], others: tables.flatMap((table) => [...rowComparisons(table)]), alpha });
}
