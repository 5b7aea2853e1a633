import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import { ROW_TABLES } from '../model/expect-spec.ts';
import type { EstimateRows } from '../report/estimate-rows.ts';
import { missingText } from '../run/faults.ts';

/**
 * The table that is asked for, or else the main one that is there.
 *
 * @throws RunDirectoryError where it is not there: as `openRunWithTables`, UsageError where runs of this experiment have none of that name
 */
export async function tablePath(run: string, table: string | undefined): Promise<string> {
  if (statSync(run, { throwIfNoEntry: false })?.isFile() === true) return run;
  const main = Object.values(ROW_TABLES).map(([name]) => name);
  const path = join(run, `${table ?? main.find((name) => existsSync(join(run, `${name}.arrow`))) ?? main[0]}.arrow`);
  if (!existsSync(path)) await refuseMissing(run, table);
  return path;
}

/** Says why a run lacks a table, unless it has lost it. Throws like {@link tablePath}. */
async function refuseMissing(run: string, table: string | undefined): Promise<void> {
  const { openRunWithTables } = await import('../run/run-directory.ts');
  const { experiment } = openRunWithTables(run).plan.spec;
  const tables: readonly string[] = ROW_TABLES[experiment];
  if (table === undefined || tables.includes(table)) return;
  throw new UsageError({
    where: '--table',
    received: JSON.stringify(table),
    allowed: `${tables.join(', ')}, the tables of a run of experiment ${experiment}`,
  });
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
