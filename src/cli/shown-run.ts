import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROW_TABLES } from '../model/expect-spec.ts';
import type { EstimateRows } from '../report/estimate-rows.ts';
import { missingText } from '../run/faults.ts';

/**
 * The table that is asked for, or else the main one that is there.
 *
 * @throws RunDirectoryError as `openRunWithTables`, where `run` is a share of a run
 */
export async function tablePath(run: string, table: string | undefined): Promise<string> {
  if (statSync(run, { throwIfNoEntry: false })?.isFile() === true) return run;
  const main = Object.values(ROW_TABLES).map(([name]) => name);
  const path = join(run, `${table ?? main.find((name) => existsSync(join(run, `${name}.arrow`))) ?? main[0]}.arrow`);
  if (!existsSync(path)) await refuseShare(run);
  return path;
}

/** @throws RunDirectoryError as `openRunWithTables`, where `run` is a share of a run: it has no estimates */
async function refuseShare(run: string): Promise<void> {
  const [{ FILES }, { openRunWithTables }, { readSweepFile }] = await Promise.all([
    import('../run/run-files.ts'),
    import('../run/run-directory.ts'),
    import('../run/sweep-file.ts'),
  ]);
  const sweep = readSweepFile(join(run, FILES.sweep));
  if (sweep !== null && sweep.shard !== null) openRunWithTables(run);
}

/** What the rows of a depth or training run come to, by layer or by arm; null for other tables, and without the table of the arms. */
export async function summaryIn(path: string, table: EstimateRows): Promise<readonly string[] | null> {
  const main = basename(path, '.arrow');
  const arms = join(dirname(path), 'arms.arrow');
  if (main !== 'layers' && (main !== 'training' || !existsSync(arms))) return null;
  const [{ summaryOf }, { terminalOf }, { readRows }] = await Promise.all([
    import('./closing-table.ts'),
    import('../report/terminal.ts'),
    import('../tables/row-reader.ts'),
  ]);
  return summaryOf(main, table, () => readRows(arms), terminalOf(process.stdout));
}

/** What a run says that is missing in its tables, if anything. */
export async function missingIn(run: string): Promise<string | null> {
  const [{ FILES }, { manifestIn }] = await Promise.all([import('../run/run-files.ts'), import('../run/manifest.ts')]);
  return missingText(manifestIn(join(run, FILES.manifest))?.failures ?? []);
}
