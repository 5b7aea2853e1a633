import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepPlan } from '../sweep/plan.ts';
import { FILES } from './directory.ts';
import { sha256OfFile } from './file-digest.ts';
import type { Manifest, TableEntry } from './manifest.ts';
import { TableTallies } from './table-tallies.ts';

/** The tallies that a run's own table holds. */
export interface OwnTable {
  readonly tallies: TableTallies;
  readonly count: number;
  /** What a manifest says of that table. */
  readonly entry: TableEntry;
}

/**
 * The table of an earlier session (one that was extended, or had failed blocks), if it is byte for byte what that session wrote;
 * null when there is none or it is another, which is then simulated again.
 */
export async function ownTable(
  directory: string,
  plan: SweepPlan,
  previous: Manifest | null,
  signal?: AbortSignal,
): Promise<OwnTable | null> {
  const path = join(directory, FILES.tallies);
  const generations = [previous?.tables['tallies'], previous?.nextTables?.['tallies']];
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || !generations.some((entry) => entry?.bytes === size)) return null;
  const sha256 = await sha256OfFile(path, signal);
  const entry = generations.find((generation) => generation?.sha256 === sha256);
  if (entry === undefined) return null;
  const { readTallies, readTallyHeader } = await import('../tables/tally-reader.ts');
  const { metadata, rows } = readTallyHeader(path);
  if (metadata.get('draws') !== plan.draws) return null;
  const simulated = plan.shapes.filter(({ kind }) => kind !== 'zero').length / plan.shapes.length;
  return {
    tallies: new TableTallies(plan, { plan, rows: readTallies(path), name: path }),
    count: Math.round(rows * simulated),
    entry,
  };
}
