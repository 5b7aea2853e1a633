import { join } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { experimentOf } from '../experiment/plan-of.ts';
import type { Plan } from '../sweep/plan.ts';
import { MADE_ANEW } from '../tables/disk-error.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { type RowTable, readRows } from '../tables/row-reader.ts';
import type { TallyRow } from '../tables/tally-batch.ts';
import { tallyBytes, tallyHeader } from '../tables/tally-bytes.ts';
import { readTallies } from '../tables/tally-reader.ts';
import { sha256OfFile } from './file-digest.ts';
import type { KnownTallies } from './known-tallies.ts';
import type { RunDirectory } from './run-directory.ts';
import { FILES } from './run-files.ts';
import { type TableSource, TableTallies } from './table-tallies.ts';

/** The estimates of a finished run. @throws RunDirectoryError when they are missing, damaged, or another plan's */
export function estimatesOf({ path, sweep }: Pick<RunDirectory, 'path' | 'sweep'>): EstimateTable {
  return rowsOf({ path, sweep }, 'estimates');
}

/** The main table of a finished run. Throws like {@link estimatesOf}. */
export function mainTableOf(run: Pick<RunDirectory, 'path' | 'sweep' | 'plan'>): RowTable {
  const [main] = experimentOf(run.plan).tables;
  return rowsOf(run, main?.name ?? '');
}

/** A table of rows of a finished run by its name: `estimates`, `layers`, `training` or `arms`. Throws like {@link estimatesOf}. */
export function rowsOf({ path, sweep }: Pick<RunDirectory, 'path' | 'sweep'>, name: string): RowTable {
  const file = join(path, `${name}.arrow`);
  const table = readRows(file);
  requirePlan(file, table.metadata, sweep.plan);
  return table;
}

/** The tallies of a finished run, in file order, one batch in memory at a time. Throws like {@link estimatesOf}. */
export function talliesOf(run: RunDirectory): Generator<TallyRow> {
  return readTallies(tallyFile(run));
}

/** The table of a run's tallies, if it is the run's. Throws like {@link estimatesOf}. */
function tallyFile({ path, plan, sweep, manifest }: RunDirectory): string {
  const file = join(path, FILES.tallies);
  const { metadata, rows } = tallyHeader(plan, file);
  requirePlan(file, metadata, sweep.plan);
  const expected = manifest.tables['tallies']?.rows;
  if (rows !== expected) {
    throw new RunDirectoryError({
      where: file,
      received: `${rows} tallies`,
      allowed: `${expected} tallies, as the run’s manifest says`,
      remedy: MADE_ANEW,
    });
  }
  return file;
}

/**
 * What is made of a run's tallies must not inherit a flaw of the disk.
 * @throws RunDirectoryError when they are not, byte for byte, those that the run wrote
 */
export async function requireIntactTallies({ path, manifest }: RunDirectory): Promise<void> {
  const file = join(path, FILES.tallies);
  const found = await sha256OfFile(file);
  const written = manifest.tables['tallies']?.sha256;
  if (found === written) return;
  throw new RunDirectoryError({
    where: file,
    received: `a table with SHA-256 ${found.slice(0, 12)}…`,
    allowed: `${written?.slice(0, 12)}…, as the run’s manifest says`,
    remedy: `put back the table as it was written, or ${MADE_ANEW}`,
  });
}

function requirePlan(file: string, metadata: ReadonlyMap<string, string>, plan: string): void {
  const found = metadata.get('plan');
  if (found === plan) return;
  throw new RunDirectoryError({
    where: file,
    received: `a table of plan ${found?.slice(0, 12) ?? 'unknown'}`,
    allowed: `plan ${plan.slice(0, 12)}, as the directory’s ${FILES.sweep} says`,
    remedy: `put back the table that belongs here, or ${MADE_ANEW}`,
  });
}

/** The tallies of a finished run as known ones of another plan with the same inputs, fan-ins and block size. */
export function knownRun(plan: Plan, run: RunDirectory, blockOf?: TableSource['blockOf']): KnownTallies {
  const name = join(run.path, FILES.tallies);
  return new TableTallies(plan, {
    plan: run.plan,
    rows: tallyBytes(run.plan, tallyFile(run)),
    name,
    ...(blockOf && { blockOf }),
  });
}
