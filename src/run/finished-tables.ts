import { join } from 'node:path';
import { RunDirectoryError } from '../errors.ts';
import { type EstimateTable, readEstimates } from '../tables/estimate-reader.ts';
import { readTallies, readTallyHeader } from '../tables/tally-reader.ts';
import { FILES, type RunDirectory } from './directory.ts';
import type { TallyRow } from './ensemble-parts.ts';

/** The estimates of a finished run. @throws RunDirectoryError when they are missing, damaged, or another plan's */
export function estimatesOf({ path, sweep }: Pick<RunDirectory, 'path' | 'sweep'>): EstimateTable {
  const file = join(path, FILES.estimates);
  const table = readEstimates(file);
  requirePlan(file, table.metadata, sweep.plan);
  return table;
}

/** The tallies of a finished run, in file order, one batch in memory at a time. Throws like {@link estimatesOf}. */
export function talliesOf({ path, sweep, plan }: RunDirectory): Generator<TallyRow> {
  const file = join(path, FILES.tallies);
  const { metadata, rows } = readTallyHeader(file);
  requirePlan(file, metadata, sweep.plan);
  const expected = plan.inputs.length * plan.spec.fanIn.length * plan.shapes.length * plan.blocks;
  if (rows !== expected) {
    throw new RunDirectoryError({
      where: file,
      received: `${rows} tallies`,
      allowed: `${expected} tallies, one for each input, fan-in, weight shape and block`,
      remedy: 'run the sweep again with --fresh',
    });
  }
  return readTallies(file);
}

function requirePlan(file: string, metadata: ReadonlyMap<string, string>, plan: string): void {
  const found = metadata.get('plan');
  if (found === plan) return;
  throw new RunDirectoryError({
    where: file,
    received: `a table of plan ${found?.slice(0, 12) ?? 'unknown'}`,
    allowed: `plan ${plan.slice(0, 12)}, as the directory’s ${FILES.sweep} says`,
    remedy: 'put back the table that belongs here, or run the sweep again with --fresh',
  });
}
